/** The text styles that Mason prints with, as terminal codes. */

/** Wraps text in a style, or returns it unchanged when colours are off. */
export type Paint = (text: string) => string;

/** All styles. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
}

const paint =
  (on: number, off: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;

/** The style that changes nothing. */
export const plain: Paint = (text) => text;

const noColors: Style = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, blue: plain, cyan: plain };
const colors: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  yellow: paint(33, 39),
  green: paint(32, 39),
  blue: paint(34, 39),
  cyan: paint(36, 39),
};

/** Coloured styles, or styles that change nothing. */
export const createStyle = (color: boolean): Style => (color ? colors : noColors);
