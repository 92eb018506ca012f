/** The columns that `table:fake` makes up. */
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { FakeColumn } from "../../job/job.ts";
import { isObject, type Json } from "../../json.ts";
import { parseDataType, string, typeNames } from "../../model/data-type.ts";
import { invalid } from "../parameters.ts";

/** Columns from `{ name, type }` maps or `name:type` texts. A text without a type is a string column. */
export function fakeColumns(items: readonly Json[]): readonly FakeColumn[] {
  const columns = rejoined(items).map(fakeColumn);
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name.toLowerCase())) throw invalid(`"columns" names "${name}" twice. Name each column once.`);
    names.add(name.toLowerCase());
  }
  if (columns.length === 0) throw invalid('"columns" is empty. Name at least one column, like "id:bigint".');
  return columns;
}

/** Joins what a command line split at the comma in `decimal(18,2)`. */
function rejoined(items: readonly Json[]): readonly Json[] {
  const whole: Json[] = [];
  for (const item of items) {
    const last = whole.at(-1);
    if (typeof last === "string" && typeof item === "string" && isOpen(last))
      whole[whole.length - 1] = `${last},${item}`;
    else whole.push(item);
  }
  return whole;
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
const isOpen = (text: string) => count(text, /[(<]/g) > count(text, /[)>]/g);

function fakeColumn(item: Json): FakeColumn {
  const [name, type] = nameAndType(item);
  if (name === "") throw invalid(`${JSON.stringify(item)} in "columns" has no name. Write it as "name:type".`);
  if (type === "") return { name, type: string };
  const parsed = parseDataType(type);
  if (parsed !== null) return { name, type: parsed };
  throw invalid(
    `The column "${name}" in "columns" has the unknown type "${type}". Use one like "bigint" or "string".${didYouMean(type, typeNames)}`,
  );
}

function nameAndType(item: Json): readonly [string, string] {
  if (typeof item === "string") {
    const at = item.indexOf(":");
    return at < 0 ? [item.trim(), ""] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
  }
  if (isObject(item) && typeof item.name === "string") {
    return [item.name, typeof item.type === "string" ? item.type : ""];
  }
  throw invalid(
    `${JSON.stringify(item)} in "columns" is not a column. Write it as a map of name and type, or as "name:type".`,
  );
}
