/** The SQL of a query with `$table` filled in, and the tables that it names. */
import type { Engines } from "../../engine/engines.ts";
import type { SqlFile } from "../../engine/execution.ts";
import type { Relation } from "../../job/job.ts";
import { type BindProblem, bindSql, parametersOf } from "../../sql/bind.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { nameInCatalog } from "../../sql/table-name.ts";
import type { OperatorContext, Parameters } from "../operator.ts";
import { invalid, requiredText, text } from "../parameters.ts";
import { refuseGone } from "../source/gone-files.ts";
import { asRelation } from "../source/one-source.ts";
import { engineOf, type ResolvedSource, resolveTable } from "../source/source.ts";

/** A table by database and name, and how the SQL names it. */
export interface NamedTable {
  readonly name: readonly string[];
  readonly database: string;
  readonly table: string;
}

/** `query_string` with `$table` as the quoted name of the table that the parameters name. */
export function boundSql(parameters: Parameters, dialect: Dialect): string {
  const sql = requiredText(parameters, "query_string");
  const [database, table] = [text(parameters, "database_name"), text(parameters, "table_name")];
  const isNamed = database !== undefined && table !== undefined;
  if (table !== undefined && database === undefined) {
    throw invalid('"table_name" is given without its database. Give "database_name" too.');
  }
  if (!isNamed && parametersOf(sql, dialect).has("table")) {
    throw invalid('The SQL uses "$table", but no table is named. Give "database_name" and "table_name".');
  }
  const value = isNamed ? [database, table].map((part) => `"${part.replaceAll('"', '""')}"`).join(".") : "";
  const bound = bindSql(sql, isNamed ? { table: { type: "table", value } } : {}, dialect);
  if (bound.ok) return bound.sql;
  throw invalid(bound.problems.map((problem) => problemText(problem, sql)).join(" "));
}

function problemText({ name, message, offset }: BindProblem, sql: string): string {
  const line = sql.slice(0, offset).split("\n").length;
  const place = `Line ${line} of "query_string":`;
  if (name === undefined) return `${place} ${message}`;
  return `${place} "$${name}" has no value: only "$table" is known here. Write the value into the SQL.`;
}

/** What a query reads: tables, and files that it opens itself. */
export interface QueryReads {
  readonly tables: readonly NamedTable[];
  readonly files: readonly SqlFile[];
  /** Tables of other catalogs than the client's. Nobody looks at them. */
  readonly elsewhere: readonly string[];
}

/** What a query reads; only one SELECT statement is accepted. If the engine can't tell, it is the table of `$table`. */
export async function readsOf(engines: Engines, parameters: Parameters, sql: string): Promise<QueryReads> {
  const execution = engineOf(engines, "execution");
  const [found] = (await execution.references?.([sql])) ?? [];
  const database = text(parameters, "database_name");
  if (found === undefined) {
    const table = text(parameters, "table_name");
    const tables = database === undefined || table === undefined ? [] : [{ name: [database, table], database, table }];
    return { tables, files: [], elsewhere: [] };
  }
  if (!found.ok) throw invalid(`The SQL can't be read: ${found.message}${placeOf(sql, found.offset)}`);
  if (found.kind === "other") {
    throw invalid(
      "The SQL is not one SELECT statement. Write one SELECT; with output_path, Mason writes its rows there.",
    );
  }
  const { files = [] } = found;
  const hidden = files.find(({ problem }) => problem !== undefined);
  if (hidden?.problem !== undefined) throw invalid(`${hidden.problem}${placeOf(sql, hidden.offset)}`);
  const own = found.tables.map((parts) => [parts, nameInCatalog(parts, execution.catalog)] as const);
  return {
    // The whole name is what the SQL names.
    tables: own.flatMap(([parts, name]) => (name === null ? [] : [{ ...named(name, database), name: parts }])),
    files,
    elsewhere: own.flatMap(([parts, name]) => (name === null ? [parts.join(".")] : [])),
  };
}

/** The end of a message, ` It is at line 1, column 8.`, or nothing. */
export function placeOf(sql: string, offset: number | undefined): string {
  if (offset === undefined) return "";
  const before = sql.slice(0, offset).split("\n");
  return ` It is at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
}

function named(name: readonly string[], database: string | undefined): NamedTable {
  const [first = "", second] = name;
  if (name.length === 2 && second !== undefined) return { name, database: first, table: second };
  if (name.length === 1 && database !== undefined) return { name, database, table: first };
  throw invalid(
    name.length === 1
      ? `The SQL names the table "${first}" without its database. Write it as "database.${first}", or give "database_name".`
      : `The SQL names the table "${name.join(".")}" in more than two parts. Write it as "database.table".`,
  );
}

/** The sources of a query and what was found about them. */
export interface QuerySources {
  readonly sources: readonly Relation[];
  readonly inputs: readonly string[];
  readonly notes: readonly string[];
}

/** The files of the tables that a query names. */
export async function querySources(context: OperatorContext, tables: readonly NamedTable[]): Promise<QuerySources> {
  const resolved: ResolvedSource[] = [];
  for (const { name, database, table } of tables) {
    const source = await resolveTable(context.engines, database, table, { name, signal: context.signal });
    await refuseGone(context, source);
    resolved.push(source);
  }
  return {
    sources: resolved.flatMap(asRelation),
    inputs: [...new Set(resolved.flatMap((source) => source.inputs))],
    notes: [...new Set(resolved.flatMap((source) => source.notes))],
  };
}
