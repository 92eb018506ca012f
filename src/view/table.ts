/** Tables of text: columns under their titles, numbers aligned to the right, cells cut to fit a terminal. */
import { createStyle, type Style } from "../diagnostic/style.ts";
import { visible } from "../diagnostic/visible.ts";
import { cut, widthOf } from "./layout.ts";
import type { TextOptions } from "./plan/plan-text.ts";

/** A column: its title, and whether it holds numbers. */
export interface TableColumn {
  readonly title: string;
  readonly numeric?: boolean;
}

/** The value of a cell; `null` is an absent value. */
export type Cell = string | null;

const gap = "  ";
/** The least width of a column that gives room to others. */
const narrowest = 6;

/**
 * The table with its titles and a final line feed. Columns without any room are left out and named below the table.
 */
export function tableText(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  options: TextOptions,
): string {
  const style = createStyle(options.color);
  const texts = rows.map((row) => columns.map((_, index) => shownText(row[index] ?? null)));
  const wanted = columns.map((column, index) =>
    texts.reduce((most, row) => Math.max(most, widthOf(row[index] ?? "")), widthOf(visible(column.title))),
  );
  const widths = fitWidths(wanted, options.width);
  const kept = columns.slice(0, widths.length);
  const line = (cells: readonly string[], paintOf: (index: number) => (text: string) => string) =>
    kept
      .map((column, index) => pad(cells[index] ?? "", widths[index] ?? 0, column.numeric === true, paintOf(index)))
      .join(gap)
      .trimEnd();
  const title = line(
    columns.map((column) => visible(column.title)),
    () => style.bold,
  );
  const body = texts.map((cells, row) => line(cells, (index) => paintOf(rows[row]?.[index], style)));
  return `${[title, ...body, ...leftOut(columns.slice(kept.length))].join("\n")}\n`;
}

const shownText = (cell: Cell): string => (cell === null ? "null" : visible(cell));
const same = (text: string): string => text;
const paintOf = (cell: Cell | undefined, style: Style) => (cell === null || cell === undefined ? style.dim : same);

const leftOut = (columns: readonly TableColumn[]): readonly string[] =>
  columns.length === 0
    ? []
    : [
        `(${columns.length} more ${columns.length === 1 ? "column" : "columns"}: ${columns.map((column) => visible(column.title)).join(", ")}; --json shows them)`,
      ];

function pad(text: string, width: number, right: boolean, paint: (text: string) => string): string {
  const shown = cut(text, width, "…");
  const blanks = " ".repeat(Math.max(0, width - widthOf(shown)));
  return right ? blanks + paint(shown) : paint(shown) + blanks;
}

/**
 * Widths that fit in a line. The widest columns shrink first, except the first column, which often names the row. If that is not
 * enough, trailing columns are left out.
 */
function fitWidths(wanted: readonly number[], width: number): readonly number[] {
  let widths = wanted;
  const least = () => widths.reduce((sum, each) => sum + Math.min(each, narrowest) + gap.length, -gap.length);
  while (widths.length > 1 && least() > width) widths = widths.slice(0, -1);
  const room = width - gap.length * (widths.length - 1);
  const [first = 0, ...rest] = widths;
  const leastOfRest = rest.reduce((sum, each) => sum + Math.min(each, narrowest), 0);
  const kept = rest.length === 0 || first <= room / 3 ? Math.min(first, room - leastOfRest) : 0;
  return kept > 0 ? [kept, ...shareRoom(rest, room - kept)] : shareRoom(widths, room);
}

/** Cuts the widest columns to one width; the first of them gets the remainder. */
function shareRoom(wanted: readonly number[], room: number): readonly number[] {
  const sum = (cap: number) => wanted.reduce((total, each) => total + Math.min(each, cap), 0);
  let cap = Math.max(narrowest, Math.min(room, Math.max(0, ...wanted)));
  while (cap > narrowest && sum(cap) > room) cap--;
  let spare = room - sum(cap);
  return wanted.map((each) => {
    const extra = each > cap && spare > 0 ? Math.min(spare, each - cap) : 0;
    spare -= extra;
    return Math.min(each, cap) + extra;
  });
}
