/** A JSON value as indented lines for people: a name and its value on each line, nested values below. */
import { visible } from "../diagnostic/visible.ts";
import { isObject, type Json } from "../json.ts";

/** The lines for the content of an object or list, or for one value. Absent keys are left out. */
export function valueLines(value: Json, indent: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item as Json, indent));
  if (!isObject(value)) return [indent + scalarText(value)];
  const entries = Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  const width = entries.reduce((most, [name, item]) => (isNested(item) ? most : Math.max(most, name.length)), 0);
  return entries.flatMap(([name, item]) =>
    isNested(item)
      ? [indent + visible(name), ...valueLines(item, `${indent}  `)]
      : [`${indent}${visible(name).padEnd(width)}  ${scalarText(item)}`],
  );
}

function itemLines(item: Json, indent: string): readonly string[] {
  const [first = "", ...rest] = valueLines(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

/** Lists of short values stay on one line. */
const isNested = (value: Json): boolean =>
  Array.isArray(value)
    ? value.some((item) => typeof item === "object" && item !== null)
    : isObject(value) && Object.keys(value).length > 0;

function scalarText(value: Json): string {
  if (typeof value === "string") return value === "" ? '""' : visible(value);
  if (Array.isArray(value)) return value.length === 0 ? "(none)" : value.map((item) => scalarText(item)).join(", ");
  return isObject(value) ? "(none)" : String(value);
}
