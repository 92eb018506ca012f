/** What DuckDB knows about SQL without running it: the tables that it names and the columns that it would return. Reaches no file. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Described, Execution, SqlReferences } from "../../../src/engine/execution.ts";
import { dialects } from "../../../src/sql/dialect.ts";
import { openFiles } from "../../../src/sql/dialects/duckdb/open-files.ts";
import { referencesOf, serializeSql } from "../../../src/sql/dialects/duckdb/references.ts";
import { selectNothing } from "../../../src/sql/dialects/duckdb/source.ts";
import { quoteIdentifier, quoteString } from "../../../src/sql/quote.ts";
import { boundColumns } from "./bound-columns.ts";
import { caretOffset, failureOf } from "./error.ts";

type Describe = NonNullable<Execution["describe"]>;
type ShadowTables = Parameters<Describe>[1];

const name = (text: string) => quoteIdentifier(text, dialects.duckdb);

/** The number of statements in one call. One call for each costs ten times as much. */
const atOnce = 500;

/** The tables of each statement, in order. */
export async function findReferences(
  connection: DuckDBConnection,
  statements: readonly string[],
): Promise<readonly SqlReferences[]> {
  const found: SqlReferences[] = [];
  for (let start = 0; start < statements.length; start += atOnce) {
    const chunk = statements.slice(start, start + atOnce);
    const values = chunk.map((sql, at) => `(${at}, ${quoteString(sql.replaceAll("\0", ""), dialects.duckdb)})`);
    const result = await connection.run(
      `${serializeSql("statement")} FROM (VALUES ${values.join(", ")}) AS given(place, statement) ORDER BY place`,
    );
    const rows = await result.getRows();
    chunk.forEach((sql, at) => {
      found.push(sql.includes("\0") ? nulCharacter(sql) : referencesOf(String(rows[at]?.[0]), sql));
    });
  }
  return found;
}

const nulCharacter = (sql: string): SqlReferences => ({
  ok: false,
  message: "The SQL contains a NUL character. Remove it.",
  offset: sql.indexOf("\0"),
});

/** The shadow tables of a connection. */
interface Shadows {
  /** By quoted name. */
  readonly all: Map<string, Shadow>;
  /** Quoted names by their last word; names without a single last word are under the empty text. */
  readonly byWord: Map<string, Set<string>>;
}

const shadowsOf = new WeakMap<DuckDBConnection, Shadows>();
const mostShadows = 2000;

interface Shadow {
  /** Views, as in the job: a table would have a "rowid". */
  readonly select: string;
  /** The parts of its name, each with its spellings in SQL, in lower case. */
  readonly words: readonly (readonly string[])[];
  /** Its last part if that is one word of SQL, else the empty text. */
  readonly word: string;
}

const wordsOfSql = /[\p{L}\p{N}_$]+/gu;

/**
 * Types a query over shadows of its tables: empty views that are kept for the next query, since making them costs as much as typing.
 * Shadows of earlier queries that this query may name, but that are not in `tables`, are dropped first.
 */
export async function describeSql(
  connection: DuckDBConnection,
  sql: string,
  tables: ShadowTables,
  directories: readonly string[] = [],
): Promise<Described> {
  const shadows: Shadows = shadowsOf.get(connection) ?? { all: new Map(), byWord: new Map() };
  shadowsOf.set(connection, shadows);
  const wanted = new Map(tables.map((shadow) => [shadowName(shadow), shadowOf(shadow)]));
  const fresh = [...wanted.keys()].filter((table) => !shadows.all.has(table)).length;
  // What the query needs stays: queries over the same thousands of tables would make them anew each time.
  const isFull = shadows.all.size + fresh > mostShadows;
  const others = isFull ? [...shadows.all.keys()] : namedBy(sql, shadows);
  const gone = others.filter((table) => !wanted.has(table));
  const before = gone.map((table) => [table, shadows.all.get(table)] as const);
  const statements = gone.map((table) => `DROP VIEW IF EXISTS ${table}`);
  for (const table of gone) forget(shadows, table);
  for (const [table, shadow] of wanted) {
    if (shadows.all.get(table)?.select === shadow.select) continue;
    const [schema] = table.split(/\.(?=")/);
    if (schema !== undefined && schema !== table) statements.push(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    statements.push(`CREATE OR REPLACE VIEW ${table} AS ${shadow.select}`);
    remember(shadows, table, shadow);
  }
  if (statements.length > 0 && !(await fits(connection, statements))) {
    // Which of them were made is not known, so each is made anew when it is next needed.
    for (const [table, shadow] of [...before, ...shadows.all])
      if (shadow !== undefined) remember(shadows, table, { ...shadow, select: "" });
    return tooMuch;
  }
  return prepare(connection, sql, directories);
}

/** False if the statements need more memory than typing may take. */
async function fits(connection: DuckDBConnection, statements: readonly string[]): Promise<boolean> {
  try {
    await connection.run(statements.join(";\n"));
    return true;
  } catch (error) {
    if (failureOf(error, []).code === "no_space") return false;
    throw error;
  }
}

/** The shadows that a text may name. */
function namedBy(sql: string, { all, byWord }: Shadows): readonly string[] {
  const text = sql.toLowerCase();
  return ["", ...new Set(text.match(wordsOfSql))].flatMap((word) =>
    [...(byWord.get(word) ?? [])].filter((table) =>
      all.get(table)?.words.every((part) => part.some((spelling) => text.includes(spelling))),
    ),
  );
}

function remember({ all, byWord }: Shadows, table: string, shadow: Shadow): void {
  all.set(table, shadow);
  const same = byWord.get(shadow.word);
  if (same === undefined) byWord.set(shadow.word, new Set([table]));
  else same.add(table);
}

function forget({ all, byWord }: Shadows, table: string): void {
  byWord.get(all.get(table)?.word ?? "")?.delete(table);
  all.delete(table);
}

function shadowOf(shadow: ShadowTables[number]): Shadow {
  const parts = shadow.name.slice(-2).map((part) => part.toLowerCase());
  const last = parts.at(-1) ?? "";
  return {
    select: selectNothing([...shadow.table.columns, ...shadow.table.partitions]),
    word: last.match(wordsOfSql)?.[0] === last ? last : "",
    words: parts.map((part) => [...new Set([part, part.replaceAll('"', '""')])]),
  };
}

const quoted = (parts: readonly string[]): string => parts.map(name).join(".");
const shadowName = (shadow: ShadowTables[number]): string => quoted(shadow.name.slice(-2));

/**
 * Types a query that names files. Those below the root, and below `directories`, are looked at as when it runs; a query over files that are
 * not there is undecided.
 */
export async function describeFiles(
  connection: DuckDBConnection,
  sql: string,
  tables: ShadowTables,
  { root, directories }: { readonly root: string; readonly directories: readonly string[] },
): Promise<Described> {
  const [found] = await findReferences(connection, [sql]);
  if (found === undefined || !found.ok) return describeSql(connection, sql, tables);
  if (!root.startsWith("file://")) return { ok: false, undecided: true, message: readsFiles };
  const opened = openFiles(sql, found.files ?? [], root);
  if (!opened.ok) return { ok: false, message: opened.problem };
  const described = await describeSql(connection, opened.sql, tables, directories);
  if (described.ok || described.offset === undefined) return described;
  return { ...described, offset: opened.placeOf(described.offset) };
}

async function prepare(connection: DuckDBConnection, sql: string, directories: readonly string[]): Promise<Described> {
  try {
    const prepared = await connection.prepare(sql);
    try {
      // The SDK throws when a column is an untyped parameter.
      if (prepared.parameterCount > 0) return unbound(prepared.parameterName(1), sql);
      return { ok: true, columns: await boundColumns(connection, sql, prepared) };
    } finally {
      prepared.destroySync();
    }
  } catch (error) {
    const failure = failureOf(error, directories);
    const text = error instanceof Error ? error.message : "";
    // A list of files that an earlier step has yet to give.
    const isOpenList = text.includes("cannot take NULL list as parameter");
    if (failure.code === "denied" || text.startsWith("IO Error") || isOpenList)
      return { ok: false, undecided: true, message: readsFiles };
    if (failure.code === "no_space") return tooMuch;
    const offset = caretOffset(text, sql);
    return { ok: false, message: failure.message, ...(offset === undefined ? {} : { offset }) };
  }
}

const readsFiles =
  "The SQL reads files that can't be looked at yet, so its columns are not known until it runs. Declare a table to see them in the plan.";

/** The memory limit of typing is not that of the run. */
const tooMuch: Described = {
  ok: false,
  undecided: true,
  message:
    "Typing the SQL needs more memory than a plan takes for it, so its columns are not known until it runs. Split the query into several.",
};

function unbound(parameter: string, sql: string): Described {
  const offset = sql.search(new RegExp(`\\$${parameter}(?!\\w)|\\?`));
  return {
    ok: false,
    message: `The SQL uses the parameter "$${parameter}", which has no value. Declare it, or remove it.`,
    ...(offset < 0 ? {} : { offset }),
  };
}
