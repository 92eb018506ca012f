/** Types a query in the world as it would be: over the tables and files that exist, and those that earlier steps would have made. */
import type { Engines } from "../../engine/engines.ts";
import type { SqlFile } from "../../engine/execution.ts";
import { digest, type Json, type JsonObject } from "../../json.ts";
import type { Cache } from "../../model/cache.ts";
import type { Table } from "../../model/table.ts";
import type { PreviewContext } from "../../operator/operator.ts";
import { pathFromRoot } from "../../operator/table/sql-files.ts";
import { isProviderError } from "../../provider/error.ts";
import { findDialect } from "../../sql/dialect.ts";
import { columnsFrom, columnsJson } from "./live-files.ts";
import { type MadeByPath, withMadeFiles } from "./sql-made-files.ts";

/** What a query is typed in. */
export interface Surroundings extends Pick<PreviewContext, "table"> {
  readonly engines: Engines;
  readonly cache: Cache;
  /** What earlier steps would have made where a file is read. */
  readonly made: MadeByPath;
}

type Execution = NonNullable<Engines["execution"]>;
type Shadow = Parameters<NonNullable<Execution["describe"]>>[1][number];
type Answer = Awaited<ReturnType<PreviewContext["describe"]>>;

/** The answer of the engine, and the tables that it was asked over. */
export interface Asked {
  readonly answer: Answer;
  readonly names: readonly (readonly string[])[];
  /** True if it reads files that an earlier step has yet to write. */
  readonly readsMade?: boolean;
}

const unanswered: Asked = { answer: null, names: [] };

/** Asks the engine for the columns of a query. */
export async function describe(
  around: Surroundings,
  sql: string,
  extra: Parameters<PreviewContext["describe"]>[1],
): Promise<Asked> {
  const { execution } = around.engines;
  if (execution?.describe === undefined || execution.references === undefined) return unanswered;
  const [references] = await execution.references([sql]);
  if (references === undefined) return unanswered;
  if (!references.ok) return { answer: references, names: [] };
  const shadows: Shadow[] = extra.map((item) => ({ name: [item.name], table: item.table }));
  for (const parts of references.tables) {
    const known = extra.some((item) => parts.length === 1 && item.name === parts[0]);
    if (known) continue;
    const found = parts.length < 2 ? null : await around.table(parts.at(-2) ?? "", parts.at(-1) ?? "");
    if (found === null || isOpen(found)) return unanswered;
    shadows.push({ name: parts.slice(-2), table: found });
  }
  const names = shadows.map(({ name }) => name);
  if (references.files === undefined) return { answer: await typed(around, { sql, shadows }), names };
  return { ...(await overFiles(around, { sql, shadows }, references.files)), names };
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
async function overFiles(
  around: Surroundings,
  { sql, shadows }: Question,
  files: readonly SqlFile[],
): Promise<Omit<Asked, "names">> {
  const { storage, execution } = around.engines;
  const dialect = findDialect(execution?.dialect ?? "");
  const replaced = dialect === null ? null : await withMadeFiles(sql, files, around.made, storage, dialect);
  if (storage === undefined || replaced === null) return { answer: null };
  try {
    const stats = await Promise.all(
      replaced.others.flatMap(({ path: text }) => {
        const found = text === null ? null : pathFromRoot(storage, text);
        // The preview reports a path that leaves the root.
        return found !== null && "path" in found ? [storage.expand(found.path)] : [];
      }),
    );
    const answer = await typed(around, {
      sql: replaced.sql,
      shadows: [...shadows, ...replaced.shadows],
      root: storage.uri(""),
      files: stats.flat().map((file) => [file.path, file.size, file.etag ?? null, file.modified]),
    });
    if (answer === null || answer.ok || replaced.shadows.length === 0)
      return { answer, readsMade: replaced.shadows.length > 0 };
    // Types that depend on values refuse nothing.
    if (replaced.shadows.some(({ table }) => table.isPredicted === true)) return { answer: null };
    // A place in the text with names in it is no place in the text as it is written.
    return { answer: { ok: false, message: answer.message } };
  } catch (thrown) {
    if (!isProviderError(thrown)) throw thrown;
    const isCertain = thrown.code === "invalid" || thrown.code === "denied";
    return { answer: isCertain ? { ok: false, message: thrown.message } : null };
  }
}

/** Rises when an engine would answer the same question in another way. */
const typingRevision = 2;

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
