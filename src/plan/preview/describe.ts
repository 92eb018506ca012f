/** Types a query in the world as it would be: over the tables and files that exist, and those that earlier steps would have made. */
import type { Engines } from "../../engine/engines.ts";
import type { SqlFile } from "../../engine/execution.ts";
import { digest, type Json, type JsonObject } from "../../json.ts";
import type { Cache } from "../../model/cache.ts";
import { bigint, type DataType, string } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import type { Table } from "../../model/table.ts";
import type { PreviewContext } from "../../operator/operator.ts";
import { pathFromRoot } from "../../operator/table/sql-files.ts";
import { isProviderError } from "../../provider/error.ts";
import { findDialect } from "../../sql/dialect.ts";
import { nameInCatalog } from "../../sql/table-name.ts";
import { columnsFrom, columnsJson } from "./live-files.ts";
import { type MadeByPath, withMadeFiles } from "./sql-made-files.ts";

/** What a query is typed in. */
export interface Surroundings extends Pick<PreviewContext, "table"> {
  readonly engines: Engines;
  readonly cache: Cache;
  /** True for a table whose types depend on values that are not written yet. */
  readonly isPredicted: (database: string, name: string) => boolean;
  /** What earlier steps would have made where a file is read. */
  readonly made: MadeByPath;
}

type Execution = NonNullable<Engines["execution"]>;
type Shadow = Parameters<NonNullable<Execution["describe"]>>[1][number] & { readonly isPredicted?: boolean };
type Answer = Awaited<ReturnType<PreviewContext["describe"]>>;

/** Asks the engine for the columns of a query; `null` if it can't tell. */
export async function describe(
  around: Surroundings,
  sql: string,
  extra: Parameters<PreviewContext["describe"]>[1],
): Promise<Answer> {
  const { execution } = around.engines;
  if (execution?.describe === undefined || execution.references === undefined) return null;
  const [references] = await execution.references([sql]);
  if (references === undefined) return null;
  if (!references.ok) return references;
  const { isPredicted } = around;
  const shadows: Shadow[] = extra.map(({ name, table }) => ({
    name: [name],
    table,
    isPredicted: isPredicted(table.database ?? "", table.name ?? ""),
  }));
  for (const parts of references.tables) {
    const known = extra.some((item) => parts.length === 1 && item.name === parts[0]);
    if (known) continue;
    const own = nameInCatalog(parts, execution.catalog) ?? [];
    const [database = "", name = ""] = own.slice(-2);
    const found = own.length < 2 ? null : await around.table(database, name);
    if (found === null || isOpen(found)) return null;
    shadows.push({ name: [database, name], table: found, isPredicted: isPredicted(database, name) });
  }
  return references.files === undefined
    ? certain(around, { sql, shadows })
    : overFiles(around, { sql, shadows }, references.files);
}

/** The types that tell whether a failure depends on types: it does if one of them gives another one. */
const otherTypes: readonly DataType[] = [
  string,
  bigint,
  { kind: "array", element: string },
  { kind: "struct", fields: [{ name: "mason", type: string }] },
];

/**
 * The engine's answer. A type that depends on values may be another one when the query runs, so a failure over such types counts only if
 * it is the same with all others: that of a name, for example.
 */
async function certain(around: Surroundings, question: Question): Promise<Answer> {
  const answer = await typed(around, question);
  if (answer === null || !question.shadows.some(({ isPredicted }) => isPredicted)) return answer;
  if (answer.ok) return { ...answer, isPredicted: true };
  for (const type of otherTypes) {
    const retyped = (columns: Schema) => columns.map((column) => ({ ...column, type }));
    const shadows = question.shadows.map((shadow) => {
      const { columns, partitions } = shadow.table;
      return shadow.isPredicted
        ? { ...shadow, table: { columns: retyped(columns), partitions: retyped(partitions) } }
        : shadow;
    });
    const other = await typed(around, { ...question, shadows });
    if (other === null || other.ok || other.message !== answer.message) return null;
  }
  return answer;
}

/** A table whose columns are not known yet can't type anything. */
const isOpen = (table: Table) =>
  table.columns.length === 0 || table.columns.some((column) => column.type.kind === "unknown");

/** One question to the engine. */
interface Question {
  readonly sql: string;
  readonly shadows: readonly Shadow[];
  readonly root?: string;
  /** What the files are that it would look at. */
  readonly files?: Json;
}

/** Types a query that names files: earlier steps would have made some of them, and the engine looks at the others. */
async function overFiles(around: Surroundings, { sql, shadows }: Question, files: readonly SqlFile[]): Promise<Answer> {
  const { storage, execution } = around.engines;
  const dialect = findDialect(execution?.dialect ?? "");
  const replaced = dialect === null ? null : await withMadeFiles(sql, files, around.made, storage, dialect);
  if (storage === undefined || replaced === null) return null;
  try {
    const stats = await Promise.all(
      replaced.others.flatMap(({ path: text }) => {
        const found = text === null ? null : pathFromRoot(storage, text);
        // The preview reports a path that leaves the root.
        return found !== null && "path" in found ? [storage.expand(found.path)] : [];
      }),
    );
    const made = replaced.shadows.map((shadow) => ({ ...shadow, isPredicted: shadow.table.isPredicted === true }));
    const answer = await certain(around, {
      sql: replaced.sql,
      shadows: [...shadows, ...made],
      root: storage.uri(""),
      files: stats.flat().map((file) => [file.path, file.size, file.etag ?? null, file.modified]),
    });
    if (answer === null || made.length === 0) return answer;
    // A place in the text with names in it is no place in the text as it is written.
    return answer.ok ? { ...answer, isPredicted: true } : { ok: false, message: answer.message };
  } catch (thrown) {
    if (!isProviderError(thrown)) throw thrown;
    const isCertain = thrown.code === "invalid" || thrown.code === "denied";
    return isCertain ? { ok: false, message: thrown.message } : null;
  }
}

/** Rises when an engine would answer the same question in another way. */
const typingRevision = 5;

async function typed({ engines, cache }: Surroundings, { sql, shadows, root, files }: Question): Promise<Answer> {
  const { execution } = engines;
  const key = digest([
    "describe",
    typingRevision,
    execution?.dialect ?? "",
    sql,
    shadows.map((item) => [[...item.name], columnsJson([...item.table.columns, ...item.table.partitions])]),
    ...(root === undefined ? [] : [root, files ?? null]),
  ] as Json);
  const known = cache.get(key) as JsonObject | undefined;
  if (known !== undefined)
    return "columns" in known ? { ok: true, columns: columnsFrom(known.columns as Json) } : (known as never);
  const answer = await execution?.describe?.(sql, shadows, root === undefined ? {} : { root });
  if (answer === undefined || (!answer.ok && answer.undecided === true)) return null;
  cache.put(
    key,
    answer.ok
      ? { columns: columnsJson(answer.columns) }
      : { ok: false, message: answer.message, ...(answer.offset === undefined ? {} : { offset: answer.offset }) },
  );
  return answer;
}
