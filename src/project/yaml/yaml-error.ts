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

/** A YAML error as a diagnostic; `yamlCode` is a code of the package `yaml`, or empty. */
export function yamlError(file: string, yamlCode: string, message: string, place: Range): Diagnostic {
  const [code, summary, advice] = details[yamlCode] ?? ["yaml/syntax", "Invalid YAML", "Fix the YAML at this place."];
  return error({
    code,
    summary,
    detail: `"${file}" is not valid YAML: ${message.replace(/\.?$/, ".")} ${advice}`,
    place,
  });
}

/** The diagnostic for an error thrown by the value parser (js-yaml), with its place. */
export function fromThrown(file: string, text: string, thrown: unknown): Diagnostic {
  const mark = (thrown as { mark?: { line?: number; column?: number } }).mark;
  const reason =
    (thrown as { reason?: string }).reason ?? (thrown instanceof Error ? firstLine(thrown.message) : String(thrown));
  const code = /tag/.test(reason) ? "TAG_RESOLVE_FAILED" : /duplicated/.test(reason) ? "DUPLICATE_KEY" : "";
  const line = Math.min((mark?.line ?? 0) + 1, text.split("\n").length);
  return yamlError(file, code, reason, { file, line, column: (mark?.column ?? 0) + 1, length: 1 });
}

/** The first line of a message, without the place that the parser added. */
export const firstLine = (message: string) =>
  (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
