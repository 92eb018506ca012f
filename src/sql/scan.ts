/**
 * A scanner that tells SQL code from strings, comments and quoted identifiers. It knows no grammar, but its result is enough to
 * replace `$name` safely and to find the end of a statement.
 */
import type { Dialect } from "./dialect.ts";

/** A stretch of SQL. All stretches together cover the text in order. `open`: its end is missing. */
export interface Stretch {
  readonly kind: "code" | "string" | "identifier" | "comment";
  readonly start: number;
  readonly end: number;
  readonly open?: boolean;
}

/** Splits SQL into stretches. */
export function scanSql(sql: string, dialect: Dialect): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let code = 0;
  let at = 0;
  while (at < sql.length) {
    const found = opening(sql, at, dialect);
    if (found === null) {
      at++;
      continue;
    }
    if (at > code) stretches.push({ kind: "code", start: code, end: at });
    stretches.push(found);
    at = found.end;
    code = at;
  }
  if (at > code) stretches.push({ kind: "code", start: code, end: at });
  return stretches;
}

function opening(sql: string, at: number, dialect: Dialect): Stretch | null {
  const character = sql[at] ?? "";
  if (character === "-" && sql[at + 1] === "-") return lineComment(sql, at);
  if (character === "/" && sql[at + 1] === "*") return blockComment(sql, at, dialect.nestedComments);
  if (dialect.stringQuotes.includes(character)) {
    return quoted(sql, at, "string", dialect.backslashEscapes || (dialect.escapeStrings && isEscapeString(sql, at)));
  }
  if (character === dialect.identifierQuote) return quoted(sql, at, "identifier", false);
  return character === "$" && dialect.dollarQuotes ? dollarQuoted(sql, at) : null;
}

const wordCharacter = /[A-Za-z0-9_$\u0080-\uffff]/;

/** True when the character before `at` belongs to a word, which then continues at `at`. */
export const insideWord = (sql: string, at: number): boolean => at > 0 && wordCharacter.test(sql[at - 1] ?? "");

const isEscapeString = (sql: string, at: number) => /[eE]/.test(sql[at - 1] ?? "") && !insideWord(sql, at - 1);

function lineComment(sql: string, start: number): Stretch {
  const end = sql.slice(start).search(/[\r\n]/);
  return { kind: "comment", start, end: end < 0 ? sql.length : start + end };
}

function blockComment(sql: string, start: number, nested: boolean): Stretch {
  let depth = 1;
  for (let at = start + 2; at < sql.length; at++) {
    if (sql[at] === "*" && sql[at + 1] === "/") {
      depth--;
      at++;
      if (depth === 0) return { kind: "comment", start, end: at + 1 };
    } else if (nested && sql[at] === "/" && sql[at + 1] === "*") {
      depth++;
      at++;
    }
  }
  return { kind: "comment", start, end: sql.length, open: true };
}

function quoted(sql: string, start: number, kind: "string" | "identifier", backslash: boolean): Stretch {
  const quote = sql[start];
  for (let at = start + 1; at < sql.length; at++) {
    if (backslash && sql[at] === "\\") at++;
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return { kind, start, end: at + 1 };
      at++;
    }
  }
  return { kind, start, end: sql.length, open: true };
}

/** A string in `$$...$$` or `$tag$...$tag$`. A `$name` that no `$` follows doesn't open one. */
function dollarQuoted(sql: string, start: number): Stretch | null {
  if (insideWord(sql, start)) return null;
  const tag = /^\$([A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/.exec(sql.slice(start, start + 130))?.[0];
  if (tag === undefined) return null;
  const close = sql.indexOf(tag, start + tag.length);
  if (close < 0) return { kind: "string", start, end: sql.length, open: true };
  return { kind: "string", start, end: close + tag.length };
}

/** The place behind the call that starts here, `name(...)`; `null` if it has no end. */
export function endOfCall(sql: string, start: number, dialect: Dialect): number | null {
  for (const [at, depth] of brackets(sql, start, dialect)) if (sql[at] === ")" && depth === 0) return at + 1;
  return null;
}

/** Where the arguments of the call that starts here begin and end; `null` if the call has no end. */
export function argumentsOfCall(
  sql: string,
  start: number,
  dialect: Dialect,
): readonly { readonly start: number; readonly end: number }[] | null {
  const found: { readonly start: number; readonly end: number }[] = [];
  let begin: number | null = null;
  for (const [at, depth] of brackets(sql, start, dialect)) {
    const isEnd = depth === 0;
    if (begin !== null && (isEnd || (sql[at] === "," && depth === 1))) found.push({ start: begin, end: at });
    if (isEnd) return found;
    if (begin === null || (sql[at] === "," && depth === 1)) begin = at + 1;
  }
  return null;
}

/** The brackets and commas from a place on, and how deep in brackets the text is behind each. */
function* brackets(sql: string, start: number, dialect: Dialect): Generator<readonly [at: number, depth: number]> {
  let depth = 0;
  for (const stretch of scanSql(sql, dialect)) {
    if (stretch.kind !== "code" || stretch.end <= start) continue;
    for (let at = Math.max(start, stretch.start); at < stretch.end; at++) {
      const character = sql[at] ?? "";
      if ("([{".includes(character)) depth++;
      else if (")]}".includes(character)) depth--;
      else if (character !== ",") continue;
      yield [at, depth];
    }
  }
}

/** True for SQL that ends all that it begins and has no second statement, so nothing around it changes what it means. */
export function isOneStatement(sql: string, dialect: Dialect): boolean {
  let depth = 0;
  for (const { kind, open, start, end } of scanSql(sql, dialect)) {
    if (open === true) return false;
    if (kind !== "code") continue;
    for (const letter of sql.slice(start, end)) {
      if (letter === ";") return false;
      if ("([{".includes(letter)) depth++;
      if (")]}".includes(letter) && --depth < 0) return false;
    }
  }
  return depth === 0;
}

/** One statement without the semicolons at its end. Comments stay. */
export function withoutSemicolon(sql: string, dialect: Dialect): string {
  let text = sql;
  for (const stretch of [...scanSql(sql, dialect)].reverse()) {
    if (stretch.kind === "comment") continue;
    if (stretch.kind !== "code") break;
    const code = sql.slice(stretch.start, stretch.end);
    const blanked = code.replace(/[;\s]+$/, (tail) => tail.replaceAll(";", " "));
    text = text.slice(0, stretch.start) + blanked + text.slice(stretch.end);
    if (blanked.trim() !== "") break;
  }
  return text;
}
