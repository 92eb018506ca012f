/**
 * Layout of text on a terminal: measuring, cutting, wrapping, padding. Callers make texts `visible` first. A wide character, a character
 * with its combining marks, and an escape such as `\u{1b}` are never split.
 */
import { plain as asIs, type Paint } from "../diagnostic/style.ts";
import { columnsOf } from "../diagnostic/visible.ts";

const ascii = /^[\x20-\x7e]*$/;
const pieces = /\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}|\\[^u]|\P{M}\p{M}*|\p{M}+/gsu;
const ellipsis = "...";

/** The parts of a text that are never split. */
export const piecesOf = (text: string): readonly string[] => text.match(pieces) ?? [];

/** The width of a text in terminal columns. */
export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** The text, padded with blanks to a width. */
export const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));

/** The text, or its beginning and `...` if it is wider than `width`. */
export function cut(text: string, width: number, end: string = ellipsis): string {
  if (widthOf(text) <= width) return text;
  return `${takeColumns(text, Math.max(0, width - end.length))}${end}`;
}

function takeColumns(text: string, width: number): string {
  let taken = "";
  let used = 0;
  for (const piece of piecesOf(text)) {
    used += widthOf(piece);
    if (used > width) break;
    taken += piece;
  }
  return taken;
}

/** The text in lines of at most this width, broken between any two pieces; blanks are kept. */
export function chop(text: string, width: number): readonly string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const piece of piecesOf(text)) {
    const columns = widthOf(piece);
    if (used > 0 && used + columns > width) {
      lines.push(line);
      [line, used] = ["", 0];
    }
    line += piece;
    used += columns;
  }
  return [...lines, line];
}

/** The beginning of a line: its text, which may have colours, and its width without them. */
export interface Head {
  readonly text: string;
  readonly width: number;
}

/** A head without colours. */
export const head = (text: string): Head => ({ text, width: widthOf(text) });

/** A blank to break at: not within `18 B`, and not before `(18 B)`. */
const breaks = / (?!\([\d.]+ [kMGTP]?B\))(?!(?<=\d )[kMGTP]?B\b)/;

/**
 * A head followed by words, wrapped at blanks. Further lines start at `indent`; the words do too if not even the first one fits
 * behind the head. A word that is wider than a line is chopped.
 */
export function hang(
  start: Head,
  words: string,
  indent: number,
  width: number,
  paint: Paint = asIs,
): readonly string[] {
  if (words === "") return [start.text.trimEnd()];
  if (start.width + widthOf(words) <= width) return [start.text + paint(words)];
  const margin = " ".repeat(indent);
  const room = Math.max(8, width - indent);
  const lines: string[] = [];
  let [before, line, left] = [start.text, "", width - start.width];
  const next = () => {
    lines.push((before + paint(line)).trimEnd());
    [before, line, left] = [margin, "", room];
  };
  const add = (text: string) => {
    line += text;
    left -= widthOf(text);
  };
  for (const word of words.split(breaks).filter((part) => part !== "")) {
    const blank = line === "" ? "" : " ";
    const columns = widthOf(word);
    if (columns + blank.length <= left) {
      add(blank + word);
      continue;
    }
    // A word that fits on no line is chopped right here if there is some room.
    const isLong = columns > room;
    if ((line !== "" || before !== margin) && !(isLong && left > 12)) next();
    else add(blank);
    const [first = "", ...rest] = isLong ? chop(word, left) : [word];
    add(first);
    for (const part of chop(rest.join(""), room)) {
      if (part === "") break;
      next();
      add(part);
    }
  }
  next();
  return lines;
}

/** A head followed by a text without a place to break: it is chopped, and further lines start below its beginning. */
export const chopBehind = (start: Head, text: string, width: number): readonly string[] =>
  chop(text, width - start.width).map((part, index) => (index === 0 ? start.text : " ".repeat(start.width)) + part);
