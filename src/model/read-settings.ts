/** The settings with which people say how files are read: `csv` and `files` of a table or of an operator, `on_mismatch` of a table. Their form is checked here. */
import { isObject, type Json, type JsonObject } from "../json.ts";

/** How delimited files are read. An absent setting is found in the file. */
export interface CsvSettings {
  readonly delimiter?: string;
  readonly header?: "auto" | boolean;
  /** Empty when no value is quoted. */
  readonly quote?: string;
  readonly escape?: string;
  /** The texts that mean null; default: the empty text. */
  readonly null?: readonly string[];
  readonly encoding?: CsvEncoding;
  /** Lines to leave out before the header; 0 keeps them all. */
  readonly skip?: number;
  readonly decimal?: "." | ",";
  readonly date_format?: string;
  readonly timestamp_format?: string;
}

/** The settings that files are written by. */
export type WrittenCsv = Pick<CsvSettings, "delimiter" | "quote" | "escape" | "date_format" | "timestamp_format">;

export const csvEncodings = ["utf-8", "utf-16", "latin-1"] as const;
export type CsvEncoding = (typeof csvEncodings)[number];

/** Which files below a path are data: globs relative to the path. */
export interface FileSettings {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** What becomes of a value that does not fit its column: the job fails, the value becomes null, or its row is left out. */
export const mismatchRules = ["fail", "null", "skip_row"] as const;
export type MismatchRule = (typeof mismatchRules)[number];

/** All settings. */
export interface ReadSettings {
  readonly csv?: CsvSettings;
  readonly files?: FileSettings;
  /** Of a table; never `fail`, which is the default. */
  readonly onMismatch?: Exclude<MismatchRule, "fail">;
}

/** The rule in the form in which settings keep it; nothing for the default, and for what is no rule. */
export const mismatchSetting = (value: Json | undefined): Pick<ReadSettings, "onMismatch"> =>
  value === "null" || value === "skip_row" ? { onMismatch: value } : {};

/** Settings, and how many files are read to find their schema. */
export interface Reading extends ReadSettings {
  readonly sampleSize?: number | "all";
}

/** A setting that was read, or what is wrong with it: clauses such as `"skip" must be a whole number`. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

type Rule = (value: Json) => Json | undefined;

/** Each rule returns the value in its exact form, or `undefined` when it does not fit. Words come from the command line as text. */
const csvRules: Readonly<Record<keyof CsvSettings, readonly [Rule, string]>> = {
  delimiter: [(value) => character(value === "\\t" ? "\t" : value), "one character"],
  header: [header, '"auto", true or false'],
  quote: [(value) => (value === "" ? "" : character(value)), "one character, or empty"],
  escape: [character, "one character"],
  null: [texts, "a text or a list of texts"],
  encoding: [(value) => csvEncodings.find((known) => known === value), `one of ${csvEncodings.join(", ")}`],
  skip: [whole, "a whole number of lines"],
  decimal: [(value) => (value === "." || value === "," ? value : undefined), '"." or ","'],
  date_format: [format, "a format of %Y, %y, %m, %d, %b and %B, such as %d.%m.%Y"],
  timestamp_format: [format, "a format of %Y, %y, %m, %d, %b, %B, %H, %M, %S and %f, such as %d.%m.%Y %H:%M"],
};

const fileRules: Readonly<Record<keyof FileSettings, readonly [Rule, string]>> = {
  include: [texts, "a glob or a list of globs"],
  exclude: [texts, "a glob or a list of globs"],
};

/** Reads the setting `csv`. */
export const readCsvSettings = (value: Json): Read<CsvSettings> => read<CsvSettings>("csv", value, csvRules, clash);

/** Reads the setting `files`. */
export const readFileSettings = (value: Json): Read<FileSettings> => read<FileSettings>("files", value, fileRules);

/** The names that `csv` and `files` may hold. */
export const csvNames: readonly string[] = Object.keys(csvRules);
export const fileNames: readonly string[] = Object.keys(fileRules);

function read<T extends object>(
  name: string,
  value: Json,
  rules: Readonly<Record<string, readonly [Rule, string]>>,
  clashes: (found: JsonObject) => readonly string[] = () => [],
): Read<T> {
  if (!isObject(value)) return { ok: false, problems: [`"${name}" must be a mapping`] };
  const problems: string[] = [];
  const found: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    const exact = item === undefined ? undefined : rule?.[0](item);
    if (rule === undefined) {
      const known = Object.keys(rules).map((one) => `"${one}"`);
      problems.push(`"${name}" has no setting "${key}" (it has ${known.join(", ")})`);
    } else if (exact === undefined) problems.push(`"${name}.${key}" must be ${rule[1]}`);
    else found[key] = exact;
  }
  problems.push(...clashes(found));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: found as T };
}

function clash({ delimiter, quote, decimal }: JsonObject): readonly string[] {
  return [
    ...(delimiter !== undefined && delimiter === quote ? ['"csv.delimiter" and "csv.quote" must differ'] : []),
    ...(delimiter === "," && decimal === "," ? ['"csv.delimiter" and "csv.decimal" must differ'] : []),
  ];
}

function character(value: Json): string | undefined {
  const isOne = typeof value === "string" && value.length === 1 && value !== "\n" && value !== "\r";
  return isOne ? value : undefined;
}

function header(value: Json): Json | undefined {
  if (value === "true") return true;
  if (value === "false") return false;
  return value === "auto" || typeof value === "boolean" ? value : undefined;
}

function whole(value: Json): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= 10_000 ? number : undefined;
}

function texts(value: Json): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")
    ? (value as readonly string[])
    : undefined;
}

function format(value: Json): string | undefined {
  return typeof value === "string" && value.includes("%") && formatPattern(value) !== null ? value : undefined;
}

const directives: Readonly<Record<string, string>> = {
  Y: "\\d{4}",
  y: "\\d{2}",
  m: "(?:0?[1-9]|1[0-2])",
  d: "(?:0?[1-9]|[12]\\d|3[01])",
  b: "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
  B: "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
  H: "(?:[01]?\\d|2[0-3])",
  M: "[0-5]?\\d",
  S: "[0-5]?\\d",
  f: "\\d{1,6}",
  "%": "%",
};

/** The pattern of the texts that have a format, or `null` when the format has a directive that Mason does not know. */
export function formatPattern(text: string): RegExp | null {
  let source = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (letter !== "%") source += letter.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    else {
      const part = directives[text[++at] ?? ""];
      if (part === undefined) return null;
      source += part;
    }
  }
  return new RegExp(`^${source}$`, "i");
}
