/** The tables that a syntax tree reads. Scopes tell common table expressions from tables; what a statement writes into is no read. */
import { isObject, type Json, type JsonObject } from "../../../src/json.ts";

/** What a walk through a tree finds. */
export interface TreeReads {
  /** Each table once, in order of its first place, in lower case: the engines of this parser keep no other names. */
  readonly tables: readonly (readonly string[])[];
  /** The places of all names, in code points. */
  readonly names: ReadonlySet<number>;
  /** Why the tables can't be told. */
  readonly problem?: string;
}

interface Found {
  readonly tables: Map<string, readonly string[]>;
  readonly names: Set<number>;
  readonly problems: string[];
}

type Scope = ReadonlySet<string>;

/** The reads of one statement, without the table that it writes into. */
export function readsOfTree(statement: JsonObject): TreeReads {
  const found: Found = { tables: new Map(), names: new Set(), problems: [] };
  walk(statement, new Set(), found);
  const [problem] = found.problems;
  return { tables: [...found.tables.values()], names: found.names, ...(problem === undefined ? {} : { problem }) };
}

/** Where statements name what they write into. */
const targets: Readonly<Record<string, string>> = {
  insert: "table",
  create_table: "name",
  create_view: "name",
  update: "table",
  delete: "table",
  merge: "this",
};

function walk(node: Json | undefined, scope: Scope, found: Found, target?: string): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, scope, found);
    return;
  }
  if (!isObject(node)) return;
  if (isObject(node.span) && typeof node.span.start === "number") found.names.add(node.span.start);
  if (isTable(node)) noteTable(node, scope, found);
  const inner = isObject(node.with) ? withCtes(node.with, scope, found) : scope;
  for (const [key, value] of Object.entries(node)) {
    if (key === "with" && isObject(value) && Array.isArray(value.ctes)) continue;
    if (key === target) {
      noteNames(value, found);
      continue;
    }
    if (key === "ctes" || key === "raw" || key === "command")
      if (value !== null && !(Array.isArray(value) && value.length === 0))
        found.problems.push("The parser does not understand a part of it.");
    if ((key === "function" || key === "method_call") && isObject(value)) noteFunction(key, value, scope, found);
    walk(value, inner, found, targets[key]);
  }
}

/** The names of a target count as understood. */
function noteNames(node: Json | undefined, found: Found): void {
  walk(node, new Set(), { ...found, tables: new Map() });
}

/** The scope below a WITH: each of its queries sees the ones before it, and itself when it is recursive. */
function withCtes({ ctes, recursive }: JsonObject, scope: Scope, found: Found): Scope {
  const inner = new Set(scope);
  for (const cte of Array.isArray(ctes) ? ctes : []) {
    if (!isObject(cte) || !isObject(cte.alias)) continue;
    const name = String(cte.alias.name).toLowerCase();
    walk(cte, recursive === true ? new Set([...inner, name]) : new Set(inner), found);
    inner.add(name);
  }
  return inner;
}

const isTable = (node: JsonObject): boolean => isObject(node.name) && "schema" in node && "catalog" in node;

function noteTable(node: JsonObject, scope: Scope, found: Found): void {
  const named = [node.catalog, node.schema, node.name].filter(isObject);
  if (named.some(({ name, quoted }) => quoted !== true && String(name).includes(".")))
    found.problems.push("It names a table in more than three parts. Name a table in one to three parts.");
  note(
    named.map(({ name }) => String(name)),
    scope,
    found,
  );
}

function note(parts: readonly string[], scope: Scope, { tables }: Found): void {
  const name = parts.map((part) => part.toLowerCase());
  if (name.length === 1 && scope.has(name[0] ?? "")) return;
  tables.set(JSON.stringify(name), name);
}

/** Functions that make rows of their arguments alone. */
const pure = new Set(["sequence", "exclude_columns", "unnest"]);

/** `TABLE(f(...))`: a table among its arguments is read. What another function reads, only the engine knows. */
function noteFunction(kind: string, { name, args }: JsonObject, scope: Scope, found: Found): void {
  if (kind !== "function" || String(name).toLowerCase() !== "table") return;
  for (const arg of Array.isArray(args) ? args : []) {
    const parts = partsOf(arg);
    if (parts !== null) note(parts, scope, found);
    const called = isObject(arg) && isObject(arg.function) ? String(arg.function.name).toLowerCase() : null;
    if (parts === null && (called === null || !pure.has(called)))
      found.problems.push("What its table function reads can't be told from the text.");
  }
}

/** The parts of a name that is written like a column: `s.t`, `c.s.t`. */
function partsOf(node: Json | undefined): readonly string[] | null {
  if (!isObject(node)) return null;
  if (isObject(node.column))
    return [node.column.table, node.column.name].filter(isObject).map(({ name }) => String(name));
  if (!isObject(node.dot) || !isObject(node.dot.field)) return null;
  const before = partsOf(node.dot.this);
  return before === null ? null : [...before, String(node.dot.field.name)];
}
