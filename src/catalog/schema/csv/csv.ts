/** Reads the schema of a delimited file: its dialect, its header, and for each column the type that fits all values of the sample. */
import { formatDataType } from "../../../model/data-type.ts";
import type { CsvSettings } from "../../../model/read-settings.ts";
import { column } from "../../../model/schema.ts";
import type { CsvDialect } from "../../../model/table.ts";
import type { ProviderError } from "../../../provider/error.ts";
import { extensionOf, type FileSchema, type TextSample, unreadable, type Widened } from "../file.ts";
import { kind, lossNote, namesOfKinds, typeOfKinds } from "../infer-scalar.ts";
import { type Judgement, judgeFirstRow } from "./first-row.ts";
import { type Header, madeUpNames, readHeader } from "./header.ts";
import { oneColumnNotes } from "./one-column.ts";
import { emptyRow, fieldsOf, isBlankRow, lineAt, type Row, type RowRules, rowRules, scanRow } from "./rows.ts";
import { findStart, type Start } from "./start.ts";
import { type KindOfValue, kindsOfColumn, kindUnder } from "./values.ts";

/** Options for reading delimited files. */
export interface CsvOptions {
  readonly csv: CsvSettings;
  readonly nullPadding: boolean;
  /** The names that the columns are known to have, which tell a header from data. */
  readonly names?: readonly string[];
}

/** Reads the schema of a sample that holds at least one row. Throws `invalid`, with the line, for a row that does not fit. */
export function readCsvSchema(sample: TextSample, options: CsvOptions): FileSchema {
  const text = sample.whole ? sample.text : sample.text.slice(0, sample.text.lastIndexOf("\n") + 1);
  const { csv } = options;
  const start = findStart(text, { ...options, extension: extensionOf(sample.path) });
  const rules = rowRules(start.delimiter, start.quote, csv.escape);
  const head = { ...sample, text };
  const table = startTable(head, start.at, rules, options);
  readRows(head, rules, table, options);
  if (sample.tail !== "") readTail(sample.tail, rules, table);
  const first = judge(table, options);
  const kinds = first.isHeader ? table.kinds : table.kinds.map((below, index) => below | (table.first[index] ?? 0));
  const names = first.isHeader ? table.header.names : madeUpNames(kinds.length);
  const columns = columnsOfKinds(
    names,
    kinds.map((found) => kindsOfColumn(found, csv)),
  );
  return {
    path: sample.path,
    format: "csv",
    ...columns,
    csv: dialectOf(start, sample, table, { ...options, isHeader: first.isHeader }),
    missing: [],
    notes: [
      ...start.notes,
      ...quoteNotes(text, start, options),
      ...(kinds.length === 1 && csv.delimiter === undefined ? oneColumnNotes(text.slice(start.at)) : []),
      ...first.notes,
      ...(first.isHeader ? table.header.notes : []),
    ],
  };
}

/** Columns with these names and the types that hold the kinds of their values. */
export function columnsOfKinds(names: readonly string[], kinds: readonly number[]) {
  const types = kinds.map(typeOfKinds);
  return {
    columns: names.map((name, index) => column(name, types[index] ?? typeOfKinds(0))),
    widened: names.flatMap((name, index) => widenedColumn(name, kinds[index] ?? 0)),
    losses: names.flatMap((name, index) => lossNote(name, kinds[index] ?? 0)),
    kinds: new Map(names.map((name, index) => [name, kinds[index] ?? 0])),
  };
}

interface Table {
  /** The names in the first row, if it may be a header. */
  readonly header: Header;
  /** The kinds of the values in a first row that may be a header; empty when it is known. */
  readonly first: readonly number[];
  /** The set of kinds in each column. */
  readonly kinds: number[];
  readonly newline: Row["newline"];
  /** Where the first row of data starts. */
  readonly start: number;
  readonly kindOf: KindOfValue;
}

function startTable(sample: TextSample, at: number, rules: RowRules, options: CsvOptions): Table {
  const row = emptyRow();
  const kindOf = kindUnder(options.csv);
  scanRow(sample.text, at, rules, row);
  if (options.csv.header === false) {
    const kinds = firstWidth(sample.text, at, rules);
    return { header: { names: [], notes: [] }, first: [], kinds, newline: row.newline, start: at, kindOf };
  }
  if (isBlankRow(row)) {
    throw unreadable(
      sample.path,
      "starts with an empty line where its header should be",
      "Remove the line, or set csv.skip to the number of lines before the header, or csv.header to false.",
    );
  }
  checkQuotes(sample, at, row);
  const header = readHeader(sample.text, row, rules);
  const first = header.names.map((_, index) => kindOf(sample.text, row.starts[index] ?? 0, row.ends[index] ?? 0));
  return { header, first, kinds: header.names.map(() => 0), newline: row.newline, start: row.next, kindOf };
}

/** Decides whether the first row is a header, unless a setting says it. */
function judge({ header, first, kinds }: Table, { csv, names }: CsvOptions): Judgement {
  if (csv.header === true || csv.header === false) return { isHeader: csv.header, notes: [] };
  return judgeFirstRow({
    names: header.names,
    kinds: first,
    below: kinds.map((found) => found & ~kind.empty),
    ...(names === undefined ? {} : { known: names }),
  });
}

/** Says that single quotes count as quotes, or that quotes count as text because one of them is never closed. */
function quoteNotes(text: string, start: Start, { csv }: CsvOptions): readonly string[] {
  if (csv.quote !== undefined || start.quote === '"') return [];
  if (start.quote === "'") return [singleQuotes];
  const [rules, row] = [rowRules(start.delimiter, '"'), emptyRow()];
  for (let at = start.at; at < text.length; at = row.next) {
    scanRow(text, at, rules, row);
    if (row.state === "whole") continue;
    return [
      `Quotes are read as part of the values, since line ${lineAt(text, at)} has one that does not enclose a value. Set csv.quote if they enclose values.`,
    ];
  }
  return [];
}

const singleQuotes =
  "Single quotes enclose values, so they are left out. Set csv.quote to another character if they are a part of the values.";

/** Without a header, the first non-empty row determines the number of columns. */
function firstWidth(text: string, start: number, rules: RowRules): number[] {
  const row = emptyRow();
  for (let at = start; at < text.length; at = row.next) {
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
    addKinds(text, row, rules, table);
  }
}

const isFitting = (row: Row, width: number, options: CsvOptions) =>
  row.fields === width || (options.nullPadding && row.fields < width) || fieldsOf(row, width) === width;

function addKinds(text: string, row: Row, rules: RowRules, { kinds, kindOf }: Pick<Table, "kinds" | "kindOf">): void {
  const fields = Math.min(row.fields, kinds.length);
  for (let index = 0; index < fields; index++) {
    const known = kinds[index] ?? 0;
    if ((known & kind.string) !== 0) continue;
    const [start, end] = [row.starts[index] ?? 0, row.ends[index] ?? 0];
    const isEmptyText = start === end && row.quoted > 0 && text.charCodeAt(start - 1) === rules.quote;
    kinds[index] = known | kindOf(text, start, end) | (isEmptyText ? kind.empty : 0);
  }
}

/** Adds the kinds in the last lines. They may start within a quoted value, so the first place is sought after which all rows fit. */
function readTail(tail: string, rules: RowRules, table: Table): void {
  let start = 0;
  for (let tries = 0; tries < 20 && start < tail.length; tries++) {
    const found = [...table.kinds];
    if (readAligned(tail, start, rules, { kinds: found, kindOf: table.kindOf })) {
      for (const [index, kinds] of found.entries()) table.kinds[index] = kinds;
      return;
    }
    const next = tail.indexOf("\n", start);
    start = next < 0 ? tail.length : next + 1;
  }
}

function readAligned(tail: string, start: number, rules: RowRules, table: Pick<Table, "kinds" | "kindOf">): boolean {
  const width = table.kinds.length;
  const row = emptyRow();
  for (let at = start; at < tail.length; at = row.next) {
    scanRow(tail, at, rules, row);
    if (isBlankRow(row)) continue;
    if (row.state !== "whole" || fieldsOf(row, width) !== width) return false;
    addKinds(tail, row, rules, table);
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
  const expected = options.csv.header !== false ? `its header has ${width}` : `its first row has ${width}`;
  const delimiter = rules.delimiter === 9 ? "tab" : `"${String.fromCharCode(rules.delimiter)}"`;
  const problem = `has ${fields} in line ${lineAt(sample.text, at)}, but ${expected} (the delimiter is ${delimiter})`;
  const advice = row.fields > width ? "Fix the row, or quote the values that hold the delimiter." : shortAdvice;
  return unreadable(sample.path, problem, advice);
}

const shortAdvice = "Fix the row, or read the file in SQL: read_csv(..., null_padding = true) fills it with nulls.";

function dialectOf(
  { delimiter, quote, lines }: Start,
  sample: TextSample,
  { newline }: Table,
  { csv, nullPadding, isHeader }: CsvOptions & { readonly isHeader: boolean },
): CsvDialect {
  const { encoding, date_format: dateFormat, timestamp_format: timestampFormat } = csv;
  return {
    delimiter,
    quote,
    header: isHeader,
    compression: sample.compression,
    nullPadding,
    newline: newline === "\r\n" ? "\r\n" : "\n",
    ...(lines === 0 ? {} : { skip: lines }),
    ...(csv.escape === undefined ? {} : { escape: csv.escape }),
    ...(csv.null === undefined ? {} : { nulls: csv.null }),
    ...(encoding === undefined || encoding === "utf-8" ? {} : { encoding }),
    ...(csv.decimal === "," ? { decimal: "," } : {}),
    ...(dateFormat === undefined ? {} : { dateFormat }),
    ...(timestampFormat === undefined ? {} : { timestampFormat }),
  };
}

/** A note is due only when a column becomes text, not when integers become doubles. */
function widenedColumn(name: string, kinds: number): readonly Widened[] {
  const type = typeOfKinds(kinds);
  const from = namesOfKinds(kinds);
  const isText = type.kind === "string" && (from.length > 1 || (kinds & (kind.large | kind.overflow)) !== 0);
  return isText ? [{ path: name, from, to: formatDataType(type) }] : [];
}
