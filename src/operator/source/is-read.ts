/** Whether a query reads some columns, as far as its types tell. */
import type { DataType } from "../../model/data-type.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { scanSql } from "../../sql/scan.ts";
import type { PreviewContext } from "../operator.ts";

type Answer = Awaited<ReturnType<PreviewContext["describe"]>>;

/**
 * True if a query certainly reads one of the columns: it means something else, or nothing, without them. `over` types the query over changed
 * columns. What a query inside another one names is not read where nothing needs it, so there the columns have to reach the result.
 */
export async function isRead(
  sql: string,
  dialect: Dialect,
  names: readonly string[],
  over: (change: (columns: Schema) => Schema) => Promise<Answer>,
): Promise<boolean> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const isWanted = ({ name }: Schema[number]) => wanted.has(name.toLowerCase());
  const whole = await over((columns) => columns);
  const part = await over((columns) => columns.filter((column) => !isWanted(column)));
  if (whole?.ok !== true || part === null) return false;
  if (part.ok) return namesOf(whole.columns) !== namesOf(part.columns);
  // What a text leaves out by name is not read.
  if (/\bin EXCLUDE list\b/.test(part.message)) return false;
  if (!isNested(sql, dialect)) return true;
  const traced = await over((columns) =>
    columns.map((column) => (isWanted(column) ? { ...column, type: trace } : column)),
  );
  return traced?.ok === true && traced.columns.some(({ type }) => formatDataType(type).includes(mark));
}

const namesOf = (columns: Schema) => JSON.stringify(columns.map(({ name }) => name));

const mark = "mason_reads_this";

/** A type that no other column has, and that is seen wherever its column goes. */
const trace: DataType = { kind: "struct", fields: [{ name: mark, type: { kind: "boolean" } }] };

/** True if a text may have a query inside another one. */
function isNested(sql: string, dialect: Dialect): boolean {
  const code = scanSql(sql, dialect).map(({ kind, start, end }) => (kind === "code" ? sql.slice(start, end) : " "));
  const words =
    code
      .join("")
      .toLowerCase()
      .match(/\b(select|from)\b/g) ?? [];
  return new Set(words).size < words.length;
}
