/** Lays out a line of a user's file for printing under a message: cells of known width, cut around the marked part. */
import { columnsOf, visible } from "./visible.ts";

/** One character as printed; `at` is its 0-based place in the source line. */
interface Cell {
  readonly at: number;
  readonly text: string;
  readonly columns: number;
}

/** A line ready to print, with the position of its marked part. */
export interface SourceLine {
  readonly text: string;
  /** Columns before the mark. */
  readonly indent: number;
  /** Columns of the mark, at least 1. */
  readonly mark: number;
}

const tabSize = 4;
const ellipsis = "...";

/**
 * Lays out one line in at most `width` columns (never fewer than 20) and marks `length` characters from the 1-based `column`. A
 * removed part becomes `...`.
 */
export function layOut(line: string, column: number, length: number, width: number): SourceLine {
  const start = Math.min(column - 1, line.length);
  const room = Math.max(20, width);
  // One line may hold megabytes: skip what can't be shown.
  const skipped = Math.max(0, start - 2 * room);
  const cells = cellsOf(line.slice(skipped, start + 4 * room));
  const first = indexAt(cells, start - skipped);
  const last = Math.max(first + 1, indexAt(cells, start - skipped + length));
  // The mark may follow the end of the line, where something is missing.
  const fits = widthOf(cells) + (first === cells.length ? 1 : 0) <= room;
  const [from, to] = fits ? [0, cells.length] : cut(cells, first, last, room);
  const before = from > 0 ? ellipsis : "";
  return {
    text: `${before}${textOf(cells.slice(from, to))}${to < cells.length ? ellipsis : ""}`,
    indent: before.length + widthOf(cells.slice(from, first)),
    mark: Math.max(1, widthOf(cells.slice(first, Math.min(last, to)))),
  };
}

function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let [at, columns] = [0, 0];
  for (const character of line) {
    const text = character === "\t" ? " ".repeat(tabSize - (columns % tabSize)) : visible(character);
    const taken = text === character ? columnsOf(character) : text.length;
    cells.push({ at, text, columns: taken });
    at += character.length;
    columns += taken;
  }
  return cells;
}

function indexAt(cells: readonly Cell[], at: number): number {
  const index = cells.findIndex((cell) => cell.at >= at);
  return index < 0 ? cells.length : index;
}

const widthOf = (cells: readonly Cell[]): number => cells.reduce((sum, cell) => sum + cell.columns, 0);
const textOf = (cells: readonly Cell[]): string => cells.map((cell) => cell.text).join("");

/** The range of cells to keep: as much of the mark as fits, then context on both sides. */
function cut(cells: readonly Cell[], first: number, last: number, width: number): readonly [from: number, to: number] {
  const room = width - 2 * ellipsis.length;
  let [from, to, used] = [first, first, first === cells.length ? 1 : 0];
  const take = (index: number): boolean => {
    const columns = cells[index]?.columns;
    if (columns === undefined || used + columns > room) return false;
    used += columns;
    return true;
  };
  while (to < last && take(to)) to++;
  for (let grown = true; grown; ) {
    grown = false;
    if (take(from - 1)) [from, grown] = [from - 1, true];
    if (take(to)) [to, grown] = [to + 1, true];
  }
  return [from, to];
}
