/** The data of a result as text: rows as a table, and a nested object as its fields with tables in it. */
import { createStyle } from "../../diagnostic/style.ts";
import { visible, visibleLines } from "../../diagnostic/visible.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { widthOf } from "../layout.ts";
import type { TextOptions } from "../plan/plan-text.ts";
import { type Cell, tableText } from "../table.ts";

/** The text of data; empty if there are none. */
export function dataText(data: readonly Json[], options: TextOptions): string {
  const [only] = data;
  if (data.length === 1 && isObject(only) && isNested(only)) return fieldsText(only, options);
  return data.length === 0 ? "" : rowsText(data, options);
}

const isNested = (object: JsonObject): boolean =>
  Object.values(object).some((value) => typeof value === "object" && value !== null);

/** Rows as a table whose columns are the fields of all rows in order of first appearance. */
export function rowsText(rows: readonly Json[], options: TextOptions): string {
  const objects = rows.map((row) => (isObject(row) ? row : { value: row }));
  const titles = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  const columns = titles.map((title) => ({ title, numeric: objects.every((row) => isNumeric(row[title])) }));
  return tableText(
    columns,
    objects.map((row) => titles.map((title) => cellOf(row[title]))),
    options,
  );
}

/** True for a number; decimals and large integers arrive as text. */
const isNumeric = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  typeof value === "number" ||
  (typeof value === "string" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value));

function cellOf(value: Json | undefined): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** An object as lines `name  value`. Lists of objects in it are tables, and other objects appear below their names. */
export function fieldsText(object: JsonObject, options: TextOptions): string {
  return `${fieldLines(object, options).join("\n")}\n`;
}

function fieldLines(object: JsonObject, options: TextOptions): readonly string[] {
  const style = createStyle(options.color);
  const fields = Object.entries(object).filter((field): field is [string, Json] => field[1] !== undefined);
  const longest = fields.reduce((most, [name]) => Math.max(most, widthOf(visible(name))), 0);
  return fields.flatMap(([name, value]) => {
    const label = visible(name);
    const short = shortText(value, options.width - longest - 2);
    if (short !== null) {
      const text = value === null ? style.dim(short) : short;
      return [`${style.bold(label)}${" ".repeat(longest - widthOf(label))}  ${text}`.trimEnd()];
    }
    const inner = { ...options, width: Math.max(20, options.width - 2) };
    return [style.bold(label), ...longLines(value, inner).map((line) => `  ${line}`)];
  });
}

/** The text of a value on the line of its name, or `null` if it needs lines of its own. */
function shortText(value: Json, room: number): string | null {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    if (value.length === 0) return "none";
    if (value.some((item) => typeof item === "object" && item !== null)) return null;
    const text = value.map((item) => visible(String(item))).join(", ");
    return widthOf(text) <= room ? text : null;
  }
  if (isObject(value)) return Object.keys(value).length === 0 ? "none" : null;
  const text = String(value);
  return text.includes("\n") ? null : visible(text);
}

function longLines(value: Json, options: TextOptions): readonly string[] {
  if (isObject(value)) return fieldLines(value, options);
  if (!Array.isArray(value)) return visibleLines(String(value).trimEnd());
  if (value.some(isObject))
    return rowsText(value as readonly Json[], options)
      .trimEnd()
      .split("\n");
  return value.flatMap((item) =>
    visibleLines(typeof item === "object" && item !== null ? JSON.stringify(item) : String(item)),
  );
}

// Characters that move the cursor or change the direction of text; JSON.stringify escapes only some of them.
const unsafe = /[\u007f-\u009f]|(?![\n])[\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON for people, indented by two blanks and without characters that control a terminal. */
export const jsonText = (value: Json): string =>
  `${JSON.stringify(value, null, 2).replace(unsafe, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  )}\n`;
