/** Finds where the table of a delimited file starts: after a title, comments, empty lines, or a line that names the delimiter. */
import { kindOf, texts, typeOfKinds } from "../infer-scalar.ts";
import { findSeparators, forFirstRows, type Hints, type Separators, type Trial } from "./dialect.ts";
import { emptyRow, fieldText, rowRules, scanRow } from "./rows.ts";

/** The start of the table. */
export interface Start extends Separators {
  /** Lines before the header or first row. */
  readonly lines: number;
  /** Where the header or first row starts. */
  readonly at: number;
  readonly notes: readonly string[];
}

/** What is known before the start is sought. */
export interface StartHints extends Hints {
  /** The names that the columns are known to have. */
  readonly names?: readonly string[];
}

const mostLines = 20;

/** The start of the table in a text. With `csv.skip` nothing is searched for. */
export function findStart(text: string, hints: StartHints): Start {
  const { skip } = hints.csv;
  if (skip !== undefined) return startAt(text, skip, hints, []);
  const plain = hints.names === undefined ? null : findSeparators(text, hints);
  // Version 0.1.0 took titles for headers, and its tables are read as before.
  if (plain !== null && isKnownHeader(text, plain, hints)) return whole(plain);
  const named = /^"?sep=([^\r\n])"?\r?\n/i.exec(text.slice(0, 16));
  if (named !== null) {
    const delimiter = hints.csv.delimiter ?? named[1] ?? ",";
    const note = "The first line names the delimiter and is not read as data. Set csv.skip to 0 to read it.";
    return startAt(text, 1, { ...hints, csv: { ...hints.csv, delimiter } }, [note]);
  }
  const first = plain ?? findSeparators(text, hints);
  return isPlain(text, first) ? { ...first, lines: 0, at: 0, notes: [] } : (search(text, first, hints) ?? whole(first));
}

const whole = (separators: Separators): Start => ({ ...separators, lines: 0, at: 0, notes: [] });

/** True when the first line holds the names of the columns, and no other. */
function isKnownHeader(text: string, separators: Trial, { csv, names = [] }: StartHints): boolean {
  if (csv.header === false || separators.columns !== names.length) return false;
  const [rules, row] = [rowRules(separators.delimiter, separators.quote, csv.escape), emptyRow()];
  scanRow(text, 0, rules, row);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const given = names.map((_, field) => fieldText(text, row, field, rules).trim().toLowerCase());
  return given.some((name) => name !== "") && given.every((name) => name === "" || known.has(name));
}

function startAt(text: string, lines: number, hints: Hints, notes: readonly string[]): Start {
  const at = offsetOf(text, lines);
  return { ...findSeparators(text.slice(at), hints), lines, at, notes };
}

function offsetOf(text: string, lines: number): number {
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}

const comment = /^\s*(#|\/\/|--|%)/;

/** True when the first row looks like a header or a row of the table, so that nothing is searched for. */
const isPlain = (text: string, { columns, filled, fit, rows }: Trial): boolean =>
  columns > 1 && filled > 1 && (fit > 0.5 || rows < 3) && !/^\r?\n/.test(text) && !comment.test(text.slice(0, 200));

function search(text: string, first: Trial, hints: Hints): Start | null {
  let at = 0;
  for (let lines = 1; lines <= mostLines; lines++) {
    const end = text.indexOf("\n", at);
    if (end < 0) return null;
    at = end + 1;
    const rest = text.slice(at);
    if (/^\r?\n/.test(rest)) continue;
    const trial = findSeparators(rest, hints);
    if (isTableBelow(text.slice(0, at), rest, trial, first)) return { ...trial, lines, at, notes: [noteOf(lines)] };
  }
  return null;
}

function noteOf(lines: number): string {
  const what = lines === 1 ? "The first line is" : `The first ${lines} lines are`;
  const looks = lines === 1 ? "it looks like a title or comment" : "they look like a title or comments";
  return `${what} left out, since ${looks} above the table. Set csv.skip to 0 to read ${lines === 1 ? "it" : "them"}.`;
}

function isTableBelow(above: string, rest: string, trial: Trial, first: Trial): boolean {
  const { columns, filled, fit, rows } = trial;
  if (columns < 2 || filled < 2 || filled < columns - 1 || fit < 1 || rows < 2) return false;
  const lines = above.split("\n").map((line) => line.trim());
  const areTitles = lines.every((line) => comment.test(line) || filledFields(line, trial.delimiter) <= 1);
  if (!areTitles) return false;
  if (above.trim() === "") return true;
  const hasNames = namesTypes(rest, trial);
  if (comment.test(above) && columns <= first.columns) return hasNames;
  // One word alone may be the name of a single column.
  return hasNames || lines.some((line) => line !== "" && !/^\w+$/.test(withoutDelimiters(line, trial.delimiter)));
}

const filledFields = (line: string, delimiter: string): number =>
  line.split(delimiter).filter((field) => field.trim() !== "").length;

const withoutDelimiters = (line: string, delimiter: string): string => line.split(delimiter).join("").trim();

/** True when the first row is text alone and stands above a column of another type: it holds names. */
function namesTypes(text: string, trial: Trial): boolean {
  const kinds = new Array<number>(trial.columns).fill(0);
  let isText = true;
  let rows = 0;
  forFirstRows(text, trial, undefined, (row) => {
    const isFirst = rows++ === 0;
    for (let field = 0; field < trial.columns; field++) {
      const [from = 0, to = 0] = [row.starts[field], row.ends[field]];
      const found = field >= row.fields || from === to ? 0 : kindOf(text, from, to);
      if (isFirst) isText = isText && (found & ~texts) === 0;
      else kinds[field] = (kinds[field] ?? 0) | found;
    }
  });
  return isText && kinds.some((found) => found !== 0 && typeOfKinds(found).kind !== "string");
}
