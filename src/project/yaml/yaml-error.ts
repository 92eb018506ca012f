/** Turns the errors of both YAML parsers into diagnostics. */
import { type Diagnostic, error, type Range } from "../../diagnostic/diagnostic.ts";

const details: Readonly<Record<string, readonly [code: string, summary: string, advice: string]>> = {
  DUPLICATE_KEY: ["yaml/duplicate-key", "Duplicate key", "Remove or rename one of the two."],
  TAG_RESOLVE_FAILED: [
    "yaml/unknown-tag",
    "Unknown YAML tag",
    "Remove the tag: Mason reads plain YAML and constructs nothing from it.",
  ],
};

/** Messages of the parsers that are hard to understand, and what is said in their place. */
const plainer: readonly (readonly [RegExp, string])[] = [
  [/^Missing closing "quote/, "The text that begins here in double quotes has no closing quote"],
  [/^Missing closing 'quote/, "The text that begins here in single quotes has no closing quote"],
  [
    /^Nested mappings are not allowed/,
    'A text with ": " in it must be in quotes, or the line below is indented too far',
  ],
  [/^Implicit map keys need to be followed/, 'A key must be followed by ":"'],
  [/^Implicit keys need to be on a single line/, "A key must be on one line, and a list can't stand beside keys"],
  [/^Unexpected scalar at node end/, "There is text after the end of a value"],
  [/^Unexpected block-seq-ind on same line/, "A list must begin on a line of its own"],
  [/^Plain value cannot start with .*character (.)/, "A text that begins with $1 must be in quotes"],
  [/^Flow (?:sequence|map) .* end with a (.)/, '"$1" is missing, or a line before it is not indented'],
  [/^Unexpected (?:flow-(?:seq|map)-end|comma) token.*: (".*")$/, "$1 closes nothing"],
  [/^object-based map does not support complex keys/, 'A key is a list or a map; write "{{NAME}}" in quotes'],
  [/^unidentified alias (".*")/, "The alias $1 has no anchor"],
];

const inPlainWords = (message: string): string =>
  plainer.reduce((text, [pattern, words]) => text.replace(new RegExp(`${pattern.source}.*`, "s"), words), message);

/** A YAML error as a diagnostic; `yamlCode` is a code of the package `yaml`, or empty. */
export function yamlError(file: string, yamlCode: string, message: string, place: Range): Diagnostic {
  const [code, summary, advice] = details[yamlCode] ?? ["yaml/syntax", "Invalid YAML", "Fix the YAML at this place."];
  return error({
    code,
    summary,
    detail: `"${file}" is not valid YAML: ${inPlainWords(message).replace(/\.?$/, ".")} ${advice}`,
    place,
  });
}

/** The diagnostic for an error thrown by the value parser (js-yaml), with its place. */
export function fromThrown(file: string, text: string, thrown: unknown): Diagnostic {
  const mark = (thrown as { mark?: { line?: number; column?: number } }).mark;
  const reason =
    (thrown as { reason?: string }).reason ?? (thrown instanceof Error ? firstLine(thrown.message) : String(thrown));
  const code = /tag/.test(reason) ? "TAG_RESOLVE_FAILED" : /duplicated/.test(reason) ? "DUPLICATE_KEY" : "";
  const lines = text.split("\n");
  // The parser tells no place of a key that is a map, such as a `{{NAME}}` without quotes.
  const braces = /complex keys/.test(reason) ? lines.findIndex((text) => /(^|[:\s[{,-])\{\{/.test(text)) : -1;
  if (braces >= 0) {
    const column = (lines[braces] ?? "").search(/(?<=^|[:\s[{,-])\{\{/) + 1;
    return yamlError(file, code, reason, { file, line: braces + 1, column, length: 2 });
  }
  const line = Math.min((mark?.line ?? 0) + 1, lines.length);
  return yamlError(file, code, reason, { file, line, column: (mark?.column ?? 0) + 1, length: 1 });
}

/** The first line of a message, without the place that the parser added. */
export const firstLine = (message: string) =>
  (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
