/**
 * Numbers of any size. JavaScript numbers hold those up to 2^53 exactly; a larger one is the text of its decimal digits, from
 * the file or command line that states it to the engine that computes with it.
 */
import type { Json } from "../json.ts";

/** The decimal digits of a whole number: no plus sign, no leading zero. */
const digits = /^(?:0|-?[1-9]\d*)$/;

/** True for the text of a whole number that a JavaScript number can't hold exactly. */
export const isLargeWhole = (value: Json | undefined): value is string =>
  typeof value === "string" && digits.test(value) && !Number.isSafeInteger(Number(value));

/** True for the text of a decimal number with more digits than a JavaScript number keeps. */
export function isLongDecimal(value: Json | undefined): value is string {
  if (typeof value !== "string" || !/^-?(?:0|[1-9]\d*)\.\d+$/.test(value)) return false;
  return digitsOf(value) !== digitsOf(String(Number(value)));
}

/** The digits from the first to the last that is not zero. */
const digitsOf = (text: string): string =>
  text
    .replace(/e.*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");

/** True for a whole number of any size. */
export const isWhole = (value: Json | undefined): boolean => Number.isInteger(value) || isLargeWhole(value);

/** The whole number that a text states (`7`, `+7`, `007`, `0x1F`, `0o17`), as a number or as the text of its digits; else `null`. */
export function wholeNumber(text: string): number | string | null {
  const match = /^([-+]?)(0x[0-9a-f]+|0o[0-7]+|0b[01]+|\d+)$/i.exec(text.trim());
  if (match === null) return null;
  const size = BigInt((match[2] ?? "0").toLowerCase());
  const exact = match[1] === "-" ? -size : size;
  const short = Number(exact);
  return Number.isSafeInteger(short) ? short : String(exact);
}
