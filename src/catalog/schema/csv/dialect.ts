/** Finds the delimiter and quote of a delimited file by how well the first rows fit the header. */
import type { CsvSettings } from "../../../model/read-settings.ts";
import { kindOf, texts } from "../infer-scalar.ts";
import { emptyRow, fieldsOf, isBlankRow, type Row, rowRules, scanRow } from "./rows.ts";

/** A delimiter and a quote. The quote is empty when no value is quoted. */
export interface Separators {
  readonly delimiter: string;
  readonly quote: string;
}

/** Separators, and how well they fit the first rows of a text. */
export interface Trial extends Separators {
  /** The number of fields in the first row. */
  readonly columns: number;
  /** The number of them that are not empty. */
  readonly filled: number;
  /** The number of rows, the first row included. */
  readonly rows: number;
  /** The share of the rows that are well formed and have as many fields as the first. */
  readonly fit: number;
  readonly quoted: number;
  readonly broken: number;
  /** Fields that start and end with a double quote. */
  readonly enclosed: number;
}

/** What is known before a text is tried. */
export interface Hints {
  readonly csv: CsvSettings;
  readonly nullPadding: boolean;
  readonly extension: string;
}

const mostRows = 300;
const mostText = 1 << 16;

// The first of two that fit equally well wins: commas and semicolons are often part of a text, tabs hardly ever.
const delimiters = ["\t", "|", ";", ","];

const byExtension: Readonly<Record<string, string>> = { csv: ",", tsv: "\t", tab: "\t", psv: "|" };

/** The separators that fit a text best. The extension decides when each row is one field with every delimiter. */
export function findSeparators(text: string, hints: Hints): Trial {
  const tryAll = (some: readonly string[]) => some.map((delimiter) => tryDelimiter(text, delimiter, hints));
  if (hints.csv.delimiter !== undefined) return tryDelimiter(text, hints.csv.delimiter, hints);
  const wide = tryAll(delimiters.filter((delimiter) => text.includes(delimiter))).filter((trial) => trial.columns > 1);
  if (wide.length > 0) return best(text, wide);
  const trials = tryAll(delimiters);
  const named = trials.find((trial) => trial.delimiter === byExtension[hints.extension]);
  return named ?? best(text, [...trials].reverse());
}

function best(text: string, trials: readonly Trial[]): Trial {
  return trials.reduce((known, trial) => (compare(text, trial, known) > 0 ? trial : known));
}

// The first two decide most often, and the last is expensive.
function compare(text: string, a: Trial, b: Trial): number {
  return a.fit - b.fit || a.columns - b.columns || typedShare(text, a) - typedShare(text, b);
}

function tryDelimiter(text: string, delimiter: string, hints: Hints): Trial {
  const { quote } = hints.csv;
  if (quote !== undefined) return tryRows(text, { delimiter, quote }, hints);
  const double = tryRows(text, { delimiter, quote: '"' }, hints);
  if (double.broken > 0) {
    const none = tryRows(text, { delimiter, quote: "" }, hints);
    // A file that encloses a value means its quotes, so that a broken one is an error.
    if (none.enclosed === 0 && none.fit > double.fit) return none;
  }
  if (double.quoted > 0 || !text.includes("'")) return double;
  const single = tryRows(text, { delimiter, quote: "'" }, hints);
  return isQuotedBy(single, double) ? single : double;
}

// Single quotes around some values may be a part of them. They enclose values that need it, or all fields, the names included.
const isQuotedBy = (single: Trial, none: Trial) =>
  single.broken === 0 &&
  single.quoted > 0 &&
  (single.fit > none.fit || (single.fit === 1 && single.quoted === single.rows * single.columns));

function tryRows(text: string, separators: Separators, { nullPadding, csv }: Hints): Trial {
  let [columns, filled, rows, fitting, quoted, broken, enclosed] = [0, 0, 0, 0, 0, 0, 0];
  forFirstRows(text, separators, csv.escape, (row) => {
    if (rows++ === 0) {
      columns = row.fields;
      filled = filledIn(row);
    }
    const fields = fieldsOf(row, columns);
    if (row.state !== "whole") broken++;
    else if (fields === columns || (nullPadding && fields < columns)) fitting++;
    quoted += row.quoted;
    if (separators.quote === "") enclosed += enclosedIn(text, row);
  });
  return { ...separators, columns, filled, rows, fit: share(fitting, rows), quoted, broken, enclosed };
}

function filledIn(row: Row): number {
  let filled = 0;
  for (let field = 0; field < row.fields; field++) if (row.starts[field] !== row.ends[field]) filled++;
  return filled;
}

const doubleQuote = 34;

function enclosedIn(text: string, row: Row): number {
  let enclosed = 0;
  for (let field = 0; field < row.fields; field++) {
    const [from = 0, to = 0] = [row.starts[field], row.ends[field]];
    const isEnclosed =
      to - from > 1 && text.charCodeAt(from) === doubleQuote && text.charCodeAt(to - 1) === doubleQuote;
    if (isEnclosed) enclosed++;
  }
  return enclosed;
}

/** The share of the values that have a type other than string. */
function typedShare(text: string, separators: Separators): number {
  let [typed, values] = [0, 0];
  forFirstRows(text, separators, undefined, (row) => {
    values += row.fields;
    for (let field = 0; field < row.fields; field++) {
      const [from = 0, to = 0] = [row.starts[field], row.ends[field]];
      if (from < to && (kindOf(text, from, to) & ~texts) !== 0) typed++;
    }
  });
  return share(typed, values);
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** Visits the first rows of a text that are not empty. */
export function forFirstRows(
  text: string,
  { delimiter, quote }: Separators,
  escaping: string | undefined,
  visit: (row: Row) => void,
): void {
  const [rules, row] = [rowRules(delimiter, quote, escaping), emptyRow()];
  const end = Math.min(text.length, mostText);
  let rows = 0;
  for (let at = 0; at < end && rows < mostRows; at = row.next) {
    scanRow(text, at, rules, row);
    if (isBlankRow(row)) continue;
    rows++;
    visit(row);
  }
}
