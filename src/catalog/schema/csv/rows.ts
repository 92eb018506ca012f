/** Scans rows of delimited text without copying it. As in engines, a quote counts at the start of a field or after one blank. */

/** The delimiter and quote as character codes. `quote` is -1 when no value is quoted. */
export interface RowRules {
  readonly delimiter: number;
  readonly quote: number;
  /** The character before a quote that does not close the value; -1 when such quotes are doubled. */
  readonly escape: number;
}

/** One row. {@link scanRow} refills it, because an object for each row would cost more than the scan. */
export interface Row {
  /** How many of the entries below belong to the row. */
  fields: number;
  /** Where each value starts and ends, without its quotes. */
  readonly starts: number[];
  readonly ends: number[];
  quoted: number;
  /** `open`: a quote is never closed. `broken`: text follows a closing quote. */
  state: "whole" | "open" | "broken";
  newline: "\n" | "\r\n" | "\r" | "";
  /** Where the next row starts. */
  next: number;
}

/** The rules for a delimiter and a quote. The quote is empty when no value is quoted. */
export const rowRules = (delimiter: string, quote: string, escaping = quote): RowRules => ({
  delimiter: delimiter.charCodeAt(0),
  quote: quote === "" ? -1 : quote.charCodeAt(0),
  escape: escaping === quote ? -1 : escaping.charCodeAt(0),
});

/** An empty row to fill. */
export const emptyRow = (): Row => ({
  fields: 0,
  starts: [],
  ends: [],
  quoted: 0,
  state: "whole",
  newline: "",
  next: 0,
});

const lineFeed = 10;
const carriageReturn = 13;
const blank = 32;

/** Reads the row that starts at `at`. */
export function scanRow(text: string, at: number, rules: RowRules, row: Row): void {
  row.fields = 0;
  row.quoted = 0;
  row.state = "whole";
  let end = at - 1;
  do {
    const from = end + 1;
    const quote = openingQuote(text, from, rules.quote);
    end = quote < 0 ? scanPlain(text, from, rules, row) : scanQuoted(text, quote, rules, row);
    row.fields++;
  } while (text.charCodeAt(end) === rules.delimiter);
  endRow(text, end, row);
}

function openingQuote(text: string, from: number, quote: number): number {
  const code = text.charCodeAt(from);
  if (code === quote) return from;
  return code === blank && text.charCodeAt(from + 1) === quote ? from + 1 : -1;
}

function scanPlain(text: string, from: number, rules: RowRules, row: Row): number {
  const end = endOfPlain(text, from, rules.delimiter);
  row.starts[row.fields] = from;
  row.ends[row.fields] = end;
  return end;
}

function endOfPlain(text: string, from: number, delimiter: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === delimiter || code === lineFeed || code === carriageReturn) break;
  }
  return at;
}

function scanQuoted(text: string, quoteAt: number, rules: RowRules, row: Row): number {
  const close = rules.escape < 0 ? closingQuote(text, quoteAt + 1, rules.quote) : unescaped(text, quoteAt + 1, rules);
  row.starts[row.fields] = quoteAt + 1;
  row.ends[row.fields] = close;
  row.quoted++;
  if (close === text.length) {
    row.state = "open";
    return close;
  }
  let after = close + 1;
  while (text.charCodeAt(after) === blank) after++;
  const end = endOfPlain(text, after, rules.delimiter);
  if (end !== after && row.state === "whole") row.state = "broken";
  return end;
}

function closingQuote(text: string, from: number, quote: number): number {
  const character = String.fromCharCode(quote);
  for (let at = text.indexOf(character, from); at >= 0; at = text.indexOf(character, at + 2)) {
    if (text.charCodeAt(at + 1) !== quote) return at;
  }
  return text.length;
}

/** The first quote that no escape precedes. */
function unescaped(text: string, from: number, rules: RowRules): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === rules.escape) at++;
    else if (code === rules.quote) return at;
  }
  return text.length;
}

function endRow(text: string, end: number, row: Row): void {
  if (end >= text.length) {
    row.newline = "";
  } else if (text.charCodeAt(end) === lineFeed) {
    row.newline = "\n";
  } else {
    row.newline = text.charCodeAt(end + 1) === lineFeed ? "\r\n" : "\r";
  }
  row.next = end + row.newline.length;
}

/** True for an empty line. */
export const isBlankRow = (row: Row): boolean => row.fields === 1 && row.quoted === 0 && row.starts[0] === row.ends[0];

/** The number of fields without empty ones after the last column, which are only surplus delimiters. */
export function fieldsOf(row: Row, width: number): number {
  let fields = row.fields;
  while (fields > width && row.starts[fields - 1] === row.ends[fields - 1]) fields--;
  return fields;
}

/** The text of a field, with its quotes unescaped. */
export function fieldText(text: string, row: Row, index: number, rules: RowRules): string {
  const value = text.slice(row.starts[index], row.ends[index]);
  const quote = rules.quote < 0 ? "" : String.fromCharCode(rules.quote);
  const escaping = rules.escape < 0 ? quote : String.fromCharCode(rules.escape);
  return quote === "" ? value : value.replaceAll(escaping + quote, quote);
}

/** The line that holds an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) line++;
  }
  return line;
}
