/** The tables that a query names, from DuckDB's own syntax tree (`json_serialize_sql`). Scopes tell CTEs from tables. */
import type { SqlReferences } from "../../../engine/execution.ts";
import { isObject, type Json, type JsonObject } from "../../../json.ts";

/** The SELECT that returns a statement's syntax tree as JSON text, in the column `tree`. */
export const serializeSql = (quotedSql: string): string => `SELECT json_serialize_sql(${quotedSql}) AS tree`;

/** Reads the answer to {@link serializeSql} for `sql`. */
export function referencesOf(tree: string, sql: string): SqlReferences {
  const answer = JSON.parse(tree) as JsonObject;
  if (answer.error === true) return refused(answer, sql);
  const statements = (answer.statements ?? []) as readonly Json[];
  if (statements.length === 0) return { ok: false, message: "The SQL contains no statement. Write a SELECT." };
  const tables = new Map<string, readonly string[]>();
  for (const statement of statements) walk(statement, new Set(), tables);
  return { ok: true, kind: statements.length === 1 ? "select" : "other", tables: [...tables.values()] };
}

function refused(answer: JsonObject, sql: string): SqlReferences {
  const message = String(answer.error_message ?? "The SQL can't be parsed. Correct it.");
  if (answer.error_type === "not implemented" && message.startsWith("Only SELECT")) {
    return { ok: true, kind: "other", tables: [] };
  }
  const position = Number(answer.position);
  const offset = answer.position === undefined || !Number.isInteger(position) ? undefined : offsetAt(sql, position);
  return { ok: false, message, ...(offset === undefined ? {} : { offset }) };
}

/** DuckDB's parser counts code points; JavaScript counts UTF-16 units. */
export const offsetAt = (sql: string, codePoints: number): number => [...sql].slice(0, codePoints).join("").length;

type Scope = ReadonlySet<string>;

function walk(node: Json | undefined, scope: Scope, tables: Map<string, readonly string[]>): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, scope, tables);
    return;
  }
  if (!isObject(node)) return;
  if (node.type === "BASE_TABLE") note(node, scope, tables);
  const inner = withCtes(node, scope, tables);
  for (const [key, value] of Object.entries(node)) if (key !== "cte_map") walk(value, inner, tables);
}

/** The scope below a node: its CTEs. Each CTE sees the ones before it, and itself when it is recursive. */
function withCtes(node: JsonObject, scope: Scope, tables: Map<string, readonly string[]>): Scope {
  const recursive = node.type === "RECURSIVE_CTE_NODE" && typeof node.cte_name === "string" ? [node.cte_name] : [];
  const map = isObject(node.cte_map) && Array.isArray(node.cte_map.map) ? (node.cte_map.map as readonly Json[]) : [];
  if (recursive.length === 0 && map.length === 0) return scope;
  const inner = new Set([...scope, ...recursive.map((cte) => cte.toLowerCase())]);
  for (const entry of map) {
    if (!isObject(entry)) continue;
    walk(entry.value, new Set(inner), tables);
    inner.add(String(entry.key).toLowerCase());
  }
  return inner;
}

function note(node: JsonObject, scope: Scope, tables: Map<string, readonly string[]>): void {
  const parts = [node.catalog_name, node.schema_name, node.table_name].map((part) => String(part ?? ""));
  const named = parts.filter((part) => part !== "");
  if (named.length === 1 && scope.has((named[0] ?? "").toLowerCase())) return;
  tables.set(JSON.stringify(named), named);
}
