/** What Trino says of a query without running it: its columns, whether it is valid, and its plan. */
import type { Described } from "../../src/engine/execution.ts";
import { formatDataType } from "../../src/model/data-type.ts";
import { column } from "../../src/model/schema.ts";
import type { Table } from "../../src/model/table.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { dialects } from "../../src/sql/dialect.ts";
import { fromTrino, trinoType } from "../../src/sql/dialects/trino/types.ts";
import { quoteString } from "../../src/sql/quote.ts";
import type { Trino } from "../support/trino/client.ts";
import { type Failure, failureText } from "../support/trino/error.ts";

/** A table of a query, as it will be when the query runs. */
interface Named {
  readonly name: readonly string[];
  readonly table: Pick<Table, "columns" | "partitions">;
}

/** The statement is sent in a header, and servers take 8 KB of headers. */
const longest = 6000;

/** The columns of a query. It is undecided while a table of it is not yet as it will be, since Trino types what is there. */
export async function describeQuery(trino: Trino, sql: string, tables: readonly Named[]): Promise<Described> {
  const undecided = (message: string): Described => ({ ok: false, message, undecided: true });
  if (encodeURIComponent(sql).length > longest) return undecided("The query is too long for Trino to type.");
  for (const { name, table } of tables)
    if (!(await isAsItWillBe(trino, name, table)))
      return undecided(`The table "${name.join(".")}" is not yet as it will be.`);
  try {
    const { rows } = await trino.ask("DESCRIBE OUTPUT q", "type the query", sql);
    const columns = rows.map(([name, , , , type]) => column(String(name), fromTrino(String(type)).type));
    return { ok: true, columns };
  } catch (error) {
    const failure: Failure | null = failureIn(error);
    if (failure === null) throw error;
    const offset = offsetOf(sql, failure);
    return { ok: false, message: failureText(failure), ...(offset === null ? {} : { offset }) };
  }
}

/** The failure of the query itself, and not of the way to it. */
function failureIn(error: unknown): Failure | null {
  const cause = error instanceof ProviderError ? error.cause : undefined;
  const failure = Object(cause) as Partial<Failure>;
  return failure.name !== undefined && failure.message !== undefined ? (failure as Failure) : null;
}

/** The 0-based place of a failure in the text. */
function offsetOf(sql: string, { line, column: place }: Failure): number | null {
  if (line === undefined || place === undefined) return null;
  const before = sql.split("\n").slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + place - 1;
}

async function isAsItWillBe(trino: Trino, name: readonly string[], table: Named["table"]): Promise<boolean> {
  const [database = "", own = ""] = name.slice(-2).map((part) => quoteString(part.toLowerCase(), dialects.trino));
  const sql = `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ${database} AND table_name = ${own} ORDER BY ordinal_position`;
  const { rows } = await trino.ask(sql, `look up table "${name.join(".")}"`);
  const wanted = [...table.columns, ...table.partitions].map(
    ({ name, type }) => `${name.toLowerCase()} ${formatDataType(fromTrino(trinoType(type)).type)}`,
  );
  const found = rows.map(([name, type]) => `${name} ${formatDataType(fromTrino(String(type)).type)}`);
  return wanted.join("\n") === found.join("\n");
}

/** The plan of a query, as Trino prints it. */
export async function explainQuery(trino: Trino, sql: string): Promise<string> {
  // On a line of its own, so that the places of errors are those of the text, one line later.
  await trino.ask(`EXPLAIN (TYPE VALIDATE)\n${sql}`, "check the query");
  const { rows } = await trino.ask(`EXPLAIN\n${sql}`, "explain the query");
  return rows.map(([line]) => String(line)).join("\n");
}
