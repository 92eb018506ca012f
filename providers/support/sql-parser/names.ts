/** The names of a text that must stand in its syntax tree: a tree without one of them has not understood the text. */
import type { Dialect } from "../../../src/sql/dialect.ts";
import { scanSql } from "../../../src/sql/scan.ts";

/** One word, quoted name, string or mark of a text. */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly kind: "word" | "quoted" | "string" | "mark";
}

const parts = /[\p{L}_][\p{L}\p{N}_$@]*|\d[\p{L}\p{N}_.]*|\S/gu;
/** Words after FROM that begin a value, as in `trim(BOTH FROM NULL)`, or a query. */
const noNames =
  /^(null|true|false|case|not|row|only|select|values|with|current_\w+|localtime|localtimestamp|lateral|unnest)$/i;

/**
 * The 0-based place of a name that `known` has not: one that follows FROM or JOIN, that begins a name of several parts, or that names a
 * query in WITH; `null` if there is none. `known` and the place count code points.
 */
export function unknownName(sql: string, dialect: Dialect, known: ReadonlySet<number>): number | null {
  const tokens = tokensOf(sql, dialect);
  const place = placesIn(sql);
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== "word" && token.kind !== "quoted") continue;
    const [before, next, second] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]];
    const isSource = before?.kind === "word" && /^(from|join)$/i.test(before.text) && !isValue(token, next);
    const isPart = before?.text === "." && before.kind === "mark";
    const isChain = !isPart && next?.kind === "mark" && next.text === "." && second !== undefined && isNamed(second);
    const isQuery = /^as$/i.test(next?.text ?? "") && next?.kind === "word" && second?.text === "(";
    if ((isSource || isChain || isQuery) && !known.has(place(token.start))) return place(token.start);
  }
  return null;
}

const isNamed = ({ kind }: Token) => kind === "word" || kind === "quoted";

/** True for a function, a literal such as `DATE '2026-01-01'`, and a word that begins a value. */
const isValue = (token: Token, next: Token | undefined): boolean =>
  token.kind === "word" && (next?.text === "(" || next?.kind === "string" || noNames.test(token.text));

function tokensOf(sql: string, dialect: Dialect): readonly Token[] {
  return scanSql(sql, dialect).flatMap(({ kind, start, end }): readonly Token[] => {
    const text = sql.slice(start, end);
    if (kind === "comment") return [];
    if (kind === "identifier") return [{ text, start, kind: "quoted" }];
    if (kind === "string") return [{ text, start, kind: "string" }];
    return [...text.matchAll(parts)].map((match) => ({
      text: match[0],
      start: start + match.index,
      kind: /^[\p{L}_]/u.test(match[0]) ? "word" : "mark",
    }));
  });
}

/** The place in code points of a place in UTF-16 units; the places asked for rise. */
function placesIn(sql: string): (at: number) => number {
  if (!/[\ud800-\udbff]/.test(sql)) return (at) => at;
  let [from, sum] = [0, 0];
  return (at) => {
    sum += [...sql.slice(from, at)].length;
    from = at;
    return sum;
  };
}
