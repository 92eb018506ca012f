/** Changed attributes as indented lines: a short value as `before -> after`, a text of several lines as a unified diff. */
import type { Paint, Style } from "../../diagnostic/style.ts";
import { visible } from "../../diagnostic/visible.ts";
import type { Json } from "../../json.ts";
import type { FieldChange } from "../../plan/field-change.ts";
import { chop, cut, hang, head, pad, piecesOf, widthOf } from "../layout.ts";
import type { LineDiff } from "./line-diff.ts";
import { multiLine, shownDiff } from "./text-diff.ts";

/** How to draw lines. */
export interface Drawing {
  readonly width: number;
  readonly style: Style;
  readonly diff: LineDiff | null;
}

const indent = 6;
const longestPath = 30;
const outside = "(changed outside of Mason)";

/** The width of the column of names for these fields and for `next runs`. */
export const nameWidth = (names: readonly string[]): number =>
  names.reduce((most, name) => Math.max(most, Math.min(longestPath, widthOf(name))), 0) + 3;

/** The lines for some fields. */
export const fieldLines = (fields: readonly FieldChange[], names: number, drawing: Drawing): readonly string[] =>
  fields.flatMap((field) => {
    const texts = multiLine(field);
    return texts === null ? valueLines(field, names, drawing) : diffLines(field, texts, drawing);
  });

/** A value on one line, with quoted strings and shortened digests. */
export function valueText(value: Json): string {
  if (value === "(known after apply)") return value;
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12);
  return visible(JSON.stringify(value));
}

function signOf(field: FieldChange, style: Style): string {
  if (field.drift === true) return style.yellow("!");
  if (field.before === undefined) return style.green("+");
  return field.after === undefined ? style.red("-") : " ";
}

function valueLines(field: FieldChange, names: number, { width, style }: Drawing): readonly string[] {
  const path = cut(visible(field.path), width - indent);
  const start = `    ${signOf(field, style)} ${pad(path, names - 2)}  `;
  const used = indent + Math.max(names, widthOf(path) + 2);
  const drift = field.drift === true ? `   ${style.yellow(outside)}` : "";
  const { before, after } = field;
  // An added or removed value needs one side only; drift shows both.
  if ((before === undefined || after === undefined) && field.drift !== true)
    return oneSide(start, used, valueText(after ?? before ?? null), width);
  const sides = [before, after].map((side) => (side === undefined ? "(none)" : valueText(side))) as [string, string];
  const line = sides.join(" -> ");
  const whole = used + widthOf(line);
  if (whole <= width)
    return whole + outside.length + 3 <= width || drift === ""
      ? [start + line + drift]
      : [start + line, outsideLine(used, width, style)];
  return twoLines(start, used, sides, width, field.drift === true, style);
}

const outsideLine = (margin: number, width: number, style: Style): string =>
  " ".repeat(Math.min(margin, width - outside.length)) + style.yellow(outside);

function oneSide(start: string, used: number, text: string, width: number): readonly string[] {
  const room = width - used;
  if (room >= Math.min(16, widthOf(text))) return [start + cut(text, room)];
  return [start.trimEnd(), `        ${cut(text, width - 8)}`];
}

function twoLines(
  start: string,
  used: number,
  sides: readonly [string, string],
  width: number,
  isDrift: boolean,
  style: Style,
): readonly string[] {
  const isNarrow = width - used - 3 < 24;
  const margin = isNarrow ? 8 : used;
  const [before, after] = focus(sides, width - margin - 3);
  return [
    ...(isNarrow ? [start.trimEnd(), `${" ".repeat(margin)}   ${before}`] : [`${start}   ${before}`]),
    `${" ".repeat(margin)}-> ${after}`,
    ...(isDrift ? [outsideLine(margin + 3, width, style)] : []),
  ];
}

/** Two values, cut to a width that shows where they begin to differ. */
function focus([before, after]: readonly [string, string], width: number): readonly [string, string] {
  const [left, right] = [piecesOf(before), piecesOf(after)];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  const skipped = shared - Math.floor(width / 3);
  if (skipped <= 3) return [cut(before, width), cut(after, width)];
  const rest = (pieces: readonly string[]) => cut(`...${pieces.slice(skipped).join("")}`, width);
  return [rest(left), rest(right)];
}

function diffLines(
  field: FieldChange,
  [before, after]: readonly [string, string],
  { width, style, diff }: Drawing,
): readonly string[] {
  const shown = shownDiff(before, after, diff);
  const drift = field.drift === true ? ` ${outside}` : "";
  const title = hang(
    head(`      ${cut(visible(field.path), width - indent)}   `),
    `text changed: ${shown.added} added, ${shown.removed} removed${drift}`,
    8,
    width,
  );
  const sign = title.map((line, index) => (index === 0 ? `    ${signOf(field, style)} ${line.slice(6)}` : line));
  const more = shown.leftOut === 0 ? [] : [`        ... and ${shown.leftOut} more lines of this difference`];
  return [...sign, ...shown.lines.flatMap((line) => diffLine(line, width, paintOf(line, style))), ...more];
}

const paintOf = (line: string, style: Style): Paint =>
  line.startsWith("+") ? style.green : line.startsWith("-") ? style.red : style.dim;

/** One line of a diff, on up to three lines of the terminal. */
function diffLine(line: string, width: number, paint: Paint): readonly string[] {
  const sign = line.slice(0, 1);
  const text = visible(line.slice(1).replace(/\r$/, "").replaceAll("\t", "  ")).trimEnd();
  if (sign === "@" || sign === "\\") return [`        ${paint(cut(sign + text, width - 8))}`];
  const parts = chop(text, width - 10);
  const rows = parts.length <= 3 ? parts : [...parts.slice(0, 2), cut(parts.slice(2).join(""), width - 10)];
  return rows.map((row, index) => `        ${paint(`${index === 0 ? sign : " "} ${row}`.trimEnd())}`.trimEnd());
}
