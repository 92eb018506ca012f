/** The tables that SQL of Trino and its relatives names, told by a parser of ours: the same answer with and without the engine. */
import type { SqlReferences } from "../../../src/engine/execution.ts";
import { isObject, type JsonObject } from "../../../src/json.ts";
import { type DialectName, dialects } from "../../../src/sql/dialect.ts";
import { unknownName } from "./names.ts";
import type { Parsed, SqlParser } from "./parser.ts";
import { readsOfTree } from "./tree.ts";

/** The tables of each statement, in order. A statement that is not understood as a whole is refused. */
export async function findReferences(
  parser: SqlParser,
  statements: readonly string[],
  dialect: DialectName,
): Promise<readonly SqlReferences[]> {
  const parsed = await parser.parse(statements, dialect);
  return statements.map((sql, at) => referencesOf(sql, parsed[at], dialect));
}

const queries = new Set(["select", "union", "except", "intersect", "subquery", "paren", "values"]);
/** Other statements that read tables. */
const readers = new Set(["insert", "create_table", "create_view", "update", "delete", "merge"]);

function referencesOf(sql: string, parsed: Parsed | undefined, dialect: DialectName): SqlReferences {
  if (parsed === undefined) return refused("The parser gave no answer.");
  if (!parsed.ok)
    return refused(sentence(parsed.message), parsed.place === undefined ? undefined : [sql, parsed.place]);
  const [statement, second] = parsed.statements;
  if (second !== undefined) return { ok: false, message: "The SQL has several statements. Write one." };
  if (!isObject(statement)) return { ok: false, message: "The SQL contains no statement. Write a SELECT." };
  const kind = kindOf(statement);
  if (kind === null) return { ok: true, kind: "other", tables: [] };
  const { tables, names, problem } = readsOfTree(statement);
  if (problem !== undefined) return refused(problem);
  const missed = unknownName(sql, dialects[dialect], names);
  if (missed !== null) return refused("The parser does not understand a part of it.", [sql, missed]);
  return { ok: true, kind, tables };
}

/** `null` for a statement that reads no table. */
function kindOf(statement: JsonObject): "select" | "other" | null {
  const [tag = ""] = Object.keys(statement);
  return queries.has(tag) ? "select" : readers.has(tag) ? "other" : null;
}

/** A text that the engine may still understand. */
function refused(reason: string, place?: readonly [sql: string, codePoints: number]): SqlReferences {
  return {
    ok: false,
    undecided: true,
    message: `${reason} Correct it; if it is right, put it into an operator whose "reads" names its tables.`,
    ...(place === undefined ? {} : { offset: [...place[0]].slice(0, place[1]).join("").length }),
  };
}

/** The parser's message as a sentence, without the place, which is told apart. */
function sentence(message: string): string {
  if (message.includes("E_GUARD")) return "The SQL is nested too deeply, or too large, for the parser.";
  const text = message.replace(/^Parse error at line \d+, column \d+: /, "").trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
