/** Renders diagnostics: as text with summary, place, code frame, detail and related places, and as JSON for `--json`. */
import type { JsonObject } from "../json.ts";
import type { Diagnostic, Place, Range } from "./diagnostic.ts";
import { fewWarnings } from "./few-warnings.ts";
import { type RedactedLine, redactedLines } from "./redact.ts";
import { layOut } from "./source.ts";
import { createStyle, type Paint, type Style } from "./style.ts";
import { visible, visibleLines } from "./visible.ts";

/** Options for printing diagnostics. */
export interface RenderOptions {
  /** Returns the text of a file, or `null`; without the text, only the place is printed. */
  readonly textOf: (file: string) => string | null;
  /** Columns to wrap at. */
  readonly width: number;
  readonly color: boolean;
}

/**
 * The text of diagnostics, separated by blank lines and ended by a newline; empty for none. Of many warnings of one code it shows
 * the first ones. Locate places first: a place that is still a path shows only its file.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const style = createStyle(options.color);
  const linesOf = rememberLines(options.textOf);
  return fewWarnings(diagnostics)
    .map((diagnostic) => `${renderOne(diagnostic, { style, linesOf, width: options.width }).join("\n")}\n`)
    .join("\n");
}

interface Context {
  readonly style: Style;
  readonly linesOf: (file: string) => readonly RedactedLine[];
  readonly width: number;
}

function rememberLines(textOf: RenderOptions["textOf"]): Context["linesOf"] {
  const known = new Map<string, readonly RedactedLine[]>();
  return (file) => {
    const lines = known.get(file) ?? redactedLines(textOf(file) ?? "");
    known.set(file, lines);
    return lines;
  };
}

function renderOne(diagnostic: Diagnostic, context: Context): readonly string[] {
  const { style, width } = context;
  const paint = diagnostic.severity === "error" ? style.red : style.yellow;
  const word = diagnostic.severity === "error" ? "Error" : "Warning";
  return [
    `${style.bold(paint(`${word}:`))} ${style.bold(visible(diagnostic.summary))}`,
    "",
    ...(diagnostic.place === undefined ? [] : renderPlace(diagnostic.place, paint, context)),
    ...wrapDetail(diagnostic.detail, width),
    ...(diagnostic.related ?? []).flatMap(({ label, place }) => [
      `  ${visible(label)}:`,
      ...renderPlace(place, style.dim, context),
    ]),
  ];
}

function renderPlace(place: Place, paint: Paint, context: Context): readonly string[] {
  if (!isRange(place)) return [`    ${visible(place.file)}`];
  return [`    ${visible(place.file)}:${place.line}:${place.column}`, ...renderFrame(place, paint, context)];
}

const isRange = (place: Place): place is Range => "line" in place;

/** The marked line with carets below it, and the line before it for context. */
function renderFrame({ file, line, column, length }: Range, paint: Paint, context: Context): readonly string[] {
  const lines = context.linesOf(file);
  const source = lines[line - 1];
  if (source === undefined) return [];
  const gutter = String(line).length;
  const room = context.width - gutter - "     | ".length;
  const place = source.at(column, length);
  const { text, indent, mark } = layOut(source.text, place.column, place.length, room);
  const before = line > 1 ? (lines[line - 2]?.text ?? "") : "";
  const prefix = (number: string) => `    ${context.style.dim(`${number.padStart(gutter)} |`)}`;
  return [
    ...(before.trim() === "" ? [] : [`${prefix(String(line - 1))} ${layOut(before, 1, 1, room).text}`]),
    `${prefix(String(line))} ${text}`.trimEnd(),
    `${prefix("")} ${" ".repeat(indent)}${paint("^".repeat(mark))}`,
  ];
}

/** The detail, wrapped and indented by two blanks; a line that is already indented (a command to copy) is not wrapped. */
function wrapDetail(detail: string, width: number): readonly string[] {
  return visibleLines(detail).flatMap((line) => {
    if (line.trim() === "") return [""];
    return line.startsWith(" ") ? [`  ${line.trimEnd()}`] : wrap(line, width - 2).map((part) => `  ${part}`);
  });
}

/** Breaks a line at blanks; a word longer than the width stays whole, so that a path can be copied. */
function wrap(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/ +/).filter((part) => part !== "")) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current !== "" && longer.length > width) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}

/** A diagnostic as JSON: its own fields; places have `file` and, where known, `line`, `column` and `length`. */
export function diagnosticJson(diagnostic: Diagnostic): JsonObject {
  const { severity, code, summary, detail, place, related, address } = diagnostic;
  return {
    severity,
    code,
    summary,
    detail,
    ...(address === undefined ? {} : { address }),
    ...(place === undefined ? {} : { place: placeJson(place) }),
    ...(related === undefined
      ? {}
      : { related: related.map((other) => ({ label: other.label, place: placeJson(other.place) })) }),
  };
}

function placeJson(place: Place): JsonObject {
  if (!isRange(place)) return { file: place.file };
  return { file: place.file, line: place.line, column: place.column, length: place.length };
}
