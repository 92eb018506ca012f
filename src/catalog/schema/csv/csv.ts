/** Reads the schema of a delimited file: its dialect, its header, and for each column the type that fits all values of the sample. */
import { formatDataType } from "../../../model/data-type.ts";
import { column } from "../../../model/schema.ts";
import type { CsvDialect } from "../../../model/table.ts";
import type { ProviderError } from "../../../provider/error.ts";
import { extensionOf, type FileSchema, type TextSample, unreadable, type Widened } from "../file.ts";
import { kind, kindOf, namesOfKinds, typeOfKinds } from "../infer-scalar.ts";
import { findSeparators } from "./dialect.ts";
import { type Header, madeUpNames, readHeader } from "./header.ts";
import { emptyRow, fieldsOf, isBlankRow, lineAt, type Row, type RowRules, rowRules, scanRow } from "./rows.ts";

/** Options for reading delimited files. */
export interface CsvOptions {
  readonly readHeaders: boolean;
  readonly nullPadding: boolean;
}

/** Reads the schema of a sample that holds at least one row. Throws `invalid`, with the line, for a row that does not fit. */
export function readCsvSchema(sample: TextSample, options: CsvOptions): FileSchema {
  const text = sample.whole ? sample.text : sample.text.slice(0, sample.text.lastIndexOf("\n") + 1);
  const separators = findSeparators(text, extensionOf(sample.path), options.nullPadding);
  const rules = rowRules(separators.delimiter, separators.quote);
  const head = { ...sample, text };
  const table = startTable(head, rules, options);
  readRows(head, rules, table, options);
  if (sample.tail !== "") readTail(sample.tail, rules, table);
  const names = options.readHeaders ? table.header.names : madeUpNames(table.kinds.length);
  return {
    path: sample.path,
    format: "csv",
    ...columnsOfKinds(names, table.kinds),
    csv: dialectOf(separators, sample, table.newline, options),
    missing: [],
    notes: table.header.notes,
  };
}

/** Columns with these names and the types that hold the kinds of their values. */
export function columnsOfKinds(names: readonly string[], kinds: readonly number[]) {
  const types = kinds.map(typeOfKinds);
  return {
    columns: names.map((name, index) => column(name, types[index] ?? typeOfKinds(0))),
    widened: names.flatMap((name, index) => widenedColumn(name, kinds[index] ?? 0)),
  };
}

interface Table {
  readonly header: Header;
  /** The set of kinds in each column. */
  readonly kinds: number[];
  readonly newline: Row["newline"];
  /** Where the first row of data starts. */
  readonly start: number;
}

function startTable(sample: TextSample, rules: RowRules, options: CsvOptions): Table {
  const row = emptyRow();
  scanRow(sample.text, 0, rules, row);
  if (!options.readHeaders) {
    return { header: { names: [], notes: [] }, kinds: firstWidth(sample.text, rules), newline: row.newline, start: 0 };
  }
  if (isBlankRow(row)) {
    throw unreadable(
      sample.path,
      "starts with an empty line where its header should be",
      "Remove the line, or set read_headers to false.",
    );
  }
  checkQuotes(sample, 0, row);
  const header = readHeader(sample.text, row, rules);
  return { header, kinds: header.names.map(() => 0), newline: row.newline, start: row.next };
}

/** Without a header, the first non-empty row determines the number of columns. */
function firstWidth(text: string, rules: RowRules): number[] {
  const row = emptyRow();
  for (let at = 0; at < text.length; at = row.next) {
    scanRow(text, at, rules, row);
    if (!isBlankRow(row)) break;
  }
  return new Array<number>(row.fields).fill(0);
}

function readRows(sample: TextSample, rules: RowRules, table: Table, options: CsvOptions): void {
  const { text } = sample;
  const width = table.kinds.length;
  const row = emptyRow();
  for (let at = table.start; at < text.length; at = row.next) {
    scanRow(text, at, rules, row);
    // The sample may end within a value with line breaks. A value that takes up most of the sample is an unclosed quote.
    if (row.state === "open" && !sample.whole && at > text.length / 2) return;
    checkQuotes(sample, at, row);
    if (row.newline !== "" && row.newline !== table.newline) throw mixedLineEnds(sample, at);
    if (isBlankRow(row)) continue;
    if (!isFitting(row, width, options)) throw wrongWidth(sample, at, row, width, options, rules);
    addKinds(text, row, table.kinds);
  }
}

const isFitting = (row: Row, width: number, options: CsvOptions) =>
  row.fields === width || (options.nullPadding && row.fields < width) || fieldsOf(row, width) === width;

function addKinds(text: string, row: Row, kinds: number[]): void {
  const fields = Math.min(row.fields, kinds.length);
  for (let index = 0; index < fields; index++) {
    const known = kinds[index] ?? 0;
    const [start = 0, end = 0] = [row.starts[index], row.ends[index]];
    if (start !== end && (known & kind.string) === 0) kinds[index] = known | kindOf(text, start, end);
  }
}

/** Adds the kinds in the last lines. They may start within a quoted value, so the first place is sought after which all rows fit. */
function readTail(tail: string, rules: RowRules, table: Table): void {
  let start = 0;
  for (let tries = 0; tries < 20 && start < tail.length; tries++) {
    const found = [...table.kinds];
    if (readAligned(tail, start, rules, found)) {
      for (const [index, kinds] of found.entries()) table.kinds[index] = kinds;
      return;
    }
    const next = tail.indexOf("\n", start);
    start = next < 0 ? tail.length : next + 1;
  }
}

function readAligned(tail: string, start: number, rules: RowRules, kinds: number[]): boolean {
  const row = emptyRow();
  for (let at = start; at < tail.length; at = row.next) {
    scanRow(tail, at, rules, row);
    if (isBlankRow(row)) continue;
    if (row.state !== "whole" || fieldsOf(row, kinds.length) !== kinds.length) return false;
    addKinds(tail, row, kinds);
  }
  return true;
}

function checkQuotes(sample: TextSample, at: number, row: Row): void {
  if (row.state === "whole") return;
  const line = lineAt(sample.text, at);
  const problem = row.state === "open" ? "opens a quote that is never closed" : "has text after a closing quote";
  throw unreadable(
    sample.path,
    `${problem}, in the row of line ${line}`,
    "Double the quotes that are a part of the text.",
  );
}

function mixedLineEnds(sample: TextSample, at: number): ProviderError {
  const problem = `mixes line ends: line ${lineAt(sample.text, at)} does not end like the first line`;
  return unreadable(sample.path, problem, "Write all of them as LF, or all as CRLF.");
}

function wrongWidth(
  sample: TextSample,
  at: number,
  row: Row,
  width: number,
  options: CsvOptions,
  rules: RowRules,
): ProviderError {
  const fields = row.fields === 1 ? "1 field" : `${row.fields} fields`;
  const expected = options.readHeaders ? `its header has ${width}` : `its first row has ${width}`;
  const delimiter = rules.delimiter === 9 ? "tab" : `"${String.fromCharCode(rules.delimiter)}"`;
  const problem = `has ${fields} in line ${lineAt(sample.text, at)}, but ${expected} (the delimiter is ${delimiter})`;
  const advice = row.fields > width ? "Fix the row, or quote the values that hold the delimiter." : shortAdvice;
  return unreadable(sample.path, problem, advice);
}

const shortAdvice = "Fix the row, or set null_padding to true to fill it with nulls.";

function dialectOf(
  separators: { readonly delimiter: string; readonly quote: string },
  sample: TextSample,
  newline: Row["newline"],
  options: CsvOptions,
): CsvDialect {
  return {
    delimiter: separators.delimiter,
    quote: separators.quote,
    header: options.readHeaders,
    compression: sample.compression,
    nullPadding: options.nullPadding,
    newline: newline === "\r\n" ? "\r\n" : "\n",
  };
}

/** A note is due only when a column becomes text, not when integers become doubles. */
function widenedColumn(name: string, kinds: number): readonly Widened[] {
  const type = typeOfKinds(kinds);
  const from = namesOfKinds(kinds);
  const isText = type.kind === "string" && (from.length > 1 || (kinds & kind.large) !== 0);
  return isText ? [{ path: name, from, to: formatDataType(type) }] : [];
}
