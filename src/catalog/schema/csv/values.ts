/** The kinds of a delimited file's values under the settings that people gave: nulls, decimal comma, formats of dates. */
import { type CsvSettings, formatPattern } from "../../../model/read-settings.ts";
import { kind, kindOf } from "../infer-scalar.ts";

/** The kind of the value in `text` from `start` to `end`; 0 for a null. */
export type KindOfValue = (text: string, start: number, end: number) => number;

/** The kinds of values without settings: the empty text is null. */
export const plainKind: KindOfValue = (text, start, end) => (start === end ? 0 : kindOf(text, start, end));

/** The kinds of values under some settings. */
export function kindUnder(settings: CsvSettings): KindOfValue {
  const { null: nulls, decimal, date_format: dates, timestamp_format: timestamps } = settings;
  if (nulls === undefined && decimal !== "," && dates === undefined && timestamps === undefined) return plainKind;
  const isNull = new Set(nulls ?? [""]);
  const date = patternOf(dates);
  const timestamp = patternOf(timestamps);
  return (text, start, end) => {
    const value = text.slice(start, end);
    if (isNull.has(value)) return 0;
    if (value === "") return kind.string;
    if (date?.test(value) === true) return kind.date;
    if (timestamp?.test(value) === true) return kind.timestamp;
    const found = decimal === "," ? kindWithComma(value) : kindOf(value, 0, value.length);
    return isForeign(found, date !== null, timestamp !== null) ? kind.string : found;
  };
}

const patternOf = (format: string | undefined) => (format === undefined ? null : formatPattern(format));

function kindWithComma(value: string): number {
  if (!value.includes(",")) {
    const found = kindOf(value, 0, value.length);
    return value.includes(".") && (found & kind.double) !== 0 ? kind.string : found;
  }
  return value.includes(".") ? kind.string : kindOf(value.replace(",", "."), 0, value.length);
}

/** A date of another format than the given one is text. */
const isForeign = (found: number, hasDate: boolean, hasTimestamp: boolean): boolean =>
  (hasDate && (found & kind.date) !== 0) || (hasTimestamp && (found & (kind.timestamp | kind.instant)) !== 0);

/** The kinds of a column. A column of both dates and timestamps is text when one of them has a format of its own. */
export function kindsOfColumn(kinds: number, { date_format, timestamp_format }: CsvSettings): number {
  if (date_format === undefined && timestamp_format === undefined) return kinds;
  const times = kinds & (kind.date | kind.timestamp);
  return times === (kind.date | kind.timestamp) ? kinds | kind.string : kinds;
}
