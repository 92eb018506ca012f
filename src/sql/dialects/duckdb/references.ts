/** The tables and files that a query reads, from DuckDB's own syntax tree (`json_serialize_sql`). Scopes tell CTEs from tables. */
import type { SqlFile, SqlReferences } from "../../../engine/execution.ts";
import { isObject, type Json, type JsonObject } from "../../../json.ts";
import { filesOfFunction, isFileName } from "./file-functions.ts";

/** The SELECT that returns a statement's syntax tree as JSON text, in the column `tree`. */
export const serializeSql = (quotedSql: string): string => `SELECT json_serialize_sql(${quotedSql}) AS tree`;

/** Reads the answer to {@link serializeSql} for `sql`. */
export function referencesOf(tree: string, sql: string): SqlReferences {
  const answer = parsedTree(tree);
  if (answer.error === true) return refused(answer, sql);
  const statements = (answer.statements ?? []) as readonly Json[];
  if (statements.length === 0) return { ok: false, message: "The SQL contains no statement. Write a SELECT." };
  const found: Found = { tables: new Map(), files: [], offsetOf: (bytes) => offsetOfByte(sql, bytes) };
  for (const statement of statements) walk(statement, new Set(), found);
  return {
    ok: true,
    kind: statements.length === 1 ? "select" : "other",
    tables: [...found.tables.values()],
    ...(found.files.length === 0 ? {} : { files: found.files }),
  };
}

/** DuckDB writes constants beyond a double as `Infinity`, which is no JSON. */
function parsedTree(tree: string): JsonObject {
  try {
    return JSON.parse(tree) as JsonObject;
  } catch {
    const plain = tree.replace(/("(?:[^"\\]|\\.)*")|-?(?:Infinity|NaN)/g, (_, string?: string) => string ?? "null");
    return JSON.parse(plain) as JsonObject;
  }
}

/** What a walk through the tree finds. */
interface Found {
  readonly tables: Map<string, readonly string[]>;
  readonly files: SqlFile[];
  readonly offsetOf: (bytes: number) => number;
}

function refused(answer: JsonObject, sql: string): SqlReferences {
  const given = String(answer.error_message ?? "The SQL can't be parsed. Correct it.");
  const message = /[.!?]$/.test(given) ? given : `${given}.`;
  if (answer.error_type === "not implemented" && message.startsWith("Only SELECT")) {
    return { ok: true, kind: "other", tables: [] };
  }
  const position = Number(answer.position);
  const offset = answer.position === undefined || !Number.isInteger(position) ? undefined : offsetAt(sql, position);
  return { ok: false, message, ...(offset === undefined ? {} : { offset }) };
}

/** DuckDB's parser counts code points; JavaScript counts UTF-16 units. */
export const offsetAt = (sql: string, codePoints: number): number => [...sql].slice(0, codePoints).join("").length;

/** The places in DuckDB's tree count bytes of UTF-8. */
const offsetOfByte = (sql: string, bytes: number): number =>
  new TextDecoder().decode(new TextEncoder().encode(sql).subarray(0, bytes)).length;

type Scope = ReadonlySet<string>;

function walk(node: Json | undefined, scope: Scope, found: Found): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, scope, found);
    return;
  }
  if (!isObject(node)) return;
  if (node.type === "BASE_TABLE") note(node, scope, found);
  if (node.type === "TABLE_FUNCTION" && isObject(node.function))
    found.files.push(...filesOfFunction(node.function, found.offsetOf));
  const inner = withCtes(node, scope, found);
  for (const [key, value] of Object.entries(node)) if (key !== "cte_map") walk(value, inner, found);
}

/** The scope below a node: its CTEs. Each CTE sees the ones before it, and itself when it is recursive. */
function withCtes(node: JsonObject, scope: Scope, found: Found): Scope {
  const recursive = node.type === "RECURSIVE_CTE_NODE" && typeof node.cte_name === "string" ? [node.cte_name] : [];
  const map = isObject(node.cte_map) && Array.isArray(node.cte_map.map) ? (node.cte_map.map as readonly Json[]) : [];
  if (recursive.length === 0 && map.length === 0) return scope;
  const inner = new Set([...scope, ...recursive.map((cte) => cte.toLowerCase())]);
  for (const entry of map) {
    if (!isObject(entry)) continue;
    walk(entry.value, new Set(inner), found);
    inner.add(String(entry.key).toLowerCase());
  }
  return inner;
}

function note(node: JsonObject, scope: Scope, { tables, files, offsetOf }: Found): void {
  const parts = [node.catalog_name, node.schema_name, node.table_name].map((part) => String(part ?? ""));
  const named = parts.filter((part) => part !== "");
  if (named.length === 1 && scope.has((named[0] ?? "").toLowerCase())) return;
  const [name = ""] = named;
  if (named.length === 1 && isFileName(name)) files.push({ path: name, offset: offsetOf(Number(node.query_location)) });
  else tables.set(JSON.stringify(named), named);
}
