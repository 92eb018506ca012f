/** DuckDB's errors for people: the first sentence, without lists of candidates and without paths of the machine. */
import type { ProviderErrorCode } from "../../../src/model/provider-error-code.ts";
import { literalGlob } from "../../../src/sql/dialects/duckdb/names.ts";

/** A failure with its code. */
export interface Failure {
  readonly code: ProviderErrorCode;
  readonly message: string;
}

const kinds: Readonly<Record<string, ProviderErrorCode>> = {
  "Permission Error": "denied",
  "Out of Memory Error": "no_space",
  "INTERRUPT Error": "cancelled",
  "Parser Error": "invalid",
  "Binder Error": "invalid",
  "Catalog Error": "invalid",
  "Conversion Error": "invalid",
  "Invalid Input Error": "invalid",
  "Invalid Error": "invalid",
  "Out of Range Error": "invalid",
};

/** True when DuckDB gives up: it refuses every later statement of the instance, on every connection. */
export const isFatal = (message: string): boolean =>
  /^FATAL Error|database has been invalidated|^INTERNAL Error/.test(message);

/** True for the error that a fatal one leaves behind for all others. */
export const isAftermath = (message: string): boolean => message.includes("database has been invalidated");

/** The failure behind an error of DuckDB or of the file system. `directories` are removed from the front of paths. */
export function failureOf(error: unknown, directories: readonly string[]): Failure {
  const full = error instanceof Error ? error.message : String(error);
  const kind = /^([A-Z][A-Za-z ]*Error): /.exec(full)?.[1] ?? "";
  const message = shorten(full.slice(kind === "" ? 0 : kind.length + 2), directories);
  if (isFatal(full)) {
    return {
      code: "failed",
      message: `DuckDB failed while it read or computed: ${message} Check the data of this job; other jobs continue.`,
    };
  }
  if (/No space left on device|ENOSPC|max_temp_directory_size/.test(full)) {
    return {
      code: "no_space",
      message: `The disk is full or its limit is reached: ${message} Free some space, or raise "max_temp_directory_size".`,
    };
  }
  const code = kinds[kind] ?? (/^No files found/.test(message) ? "not_found" : "failed");
  if (code === "no_space")
    return { code, message: `The memory limit was reached: ${message} Raise the setting "memory_limit".` };
  if (code === "denied") {
    return {
      code,
      message: `${message} SQL may use only files below the roots of its config's clients. Use a path below a root.`,
    };
  }
  return { code, message };
}

/** What introduces DuckDB's advice about its own settings, or a long list. */
const endings =
  /\n\s*(Candidate functions|Stack Trace|This error signals an assertion failure|Original error|Possible fixes|Possible [Ss]olutions?|LINE \d+:|Try setting)/;

/** DuckDB suggests its own tables and functions, which nobody means who does not write such a name. */
const ownName = / Did you mean "(?:duckdb|pg|sqlite|pragma|information_schema|test_all)[^"]*"\?/g;

function shorten(message: string, directories: readonly string[]): string {
  const file = /\n\s*file = (.*)/.exec(message)?.[1];
  const end = message.search(endings);
  const lines = (end < 0 ? message : message.slice(0, end)).split("\n").map((line) => excerpt(line.trim()));
  const text = lines
    .filter((line) => line !== "" && !line.startsWith("file = "))
    .join(". ")
    .replaceAll(/([.:!?])\. /g, "$1 ");
  const named = file === undefined || text.includes(file) ? text : `${text}, in "${file}"`;
  const short = withoutDirectories(named.slice(0, 1000), directories).replace(ownName, "");
  return /[.!?]$/.test(short) ? short : `${short}.`;
}

/** DuckDB quotes whole lines of data, which may be megabytes. */
const excerpt = (line: string) =>
  line.length > 300 && !line.startsWith("file = ") ? `${line.slice(0, 120)}...` : line;

/** A message without the directories that only this machine has. */
export function withoutDirectories(text: string, directories: readonly string[]): string {
  // A path that DuckDB got as a pattern is shown as one.
  const shown = directories.flatMap((directory) => [...new Set([directory, literalGlob(directory)])]);
  const longestFirst = shown.sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, directory) => rest.replaceAll(`${directory.replace(/\/$/, "")}/`, ""), text);
}

/** The 0-based offset in `sql` that the caret of a message points at, or `undefined`. */
export function caretOffset(message: string, sql: string): number | undefined {
  const match = /\nLINE (\d+): (.*)\n( *)\^/.exec(message);
  if (match === null) return undefined;
  const [, number = "1", shown = "", blanks = ""] = match;
  const lines = sql.split("\n");
  const line = Number(number) - 1;
  const start = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
  const column = unitsAt(shown, blanks.length - `LINE ${number}: `.length);
  // DuckDB shows part of a long line, between dots.
  const part = shown.replace(/^\.\.\./, "").replace(/\.\.\.$/, "");
  const shift = shown.startsWith("...") ? (lines[line] ?? "").indexOf(part) - 3 : 0;
  return start + column + Math.max(shift, 0);
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** The caret counts terminal columns, and some characters take two. */
function unitsAt(shown: string, column: number): number {
  let width = 0;
  let units = 0;
  for (const character of shown) {
    if (width >= column) break;
    width += wide.test(character) ? 2 : 1;
    units += character.length;
  }
  return units;
}
