/** The few text styles that Mason prints with, as terminal codes. */

/** Wraps a text in a style, or gives it back as it is when colours are off. */
export type Paint = (text: string) => string;

/** The styles there are. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
}

const paint =
  (on: number, off: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;

const plain: Paint = (text) => text;

/** Real styles, or ones that change nothing. */
export function createStyle(color: boolean): Style {
  if (!color) return { bold: plain, dim: plain, red: plain, yellow: plain };
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), yellow: paint(33, 39) };
}
