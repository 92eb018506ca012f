/** The files that table functions of DuckDB read, from the functions' arguments in its syntax tree. */
import type { SqlFile } from "../../../engine/execution.ts";
import { isObject, type Json, type JsonObject } from "../../../json.ts";

/** Functions that read files or run SQL from a text. Extensions add readers with names like these. */
const readers = /^(read_\w+|\w+_scan|scan_\w+|parquet_\w+|glob|sniff_csv|st_read\w*|query|query_table)$/;

/** Functions whose text is SQL or a table's name, so it hides what is read, and what to write instead. */
const opaque: Readonly<Record<string, string>> = {
  query: "Write the SELECT in its place, in parentheses.",
  query_table: "Write the table's name after FROM.",
};

/** True for a table's name that DuckDB opens as a file. */
export const isFileName = (name: string): boolean =>
  name.includes("/") || name.includes("*") || /\.(csv|tsv|json|jsonl|ndjson|parquet)(\.(gz|zst|zip))?$/i.test(name);

/** The files that a table function reads; none for functions that read no files. */
export function filesOfFunction(node: JsonObject, offsetOf: (bytes: number) => number): readonly SqlFile[] {
  const name = String(node.function_name ?? "").toLowerCase();
  if (!readers.test(name)) return [];
  const [argument, ...options] = (node.children ?? []) as readonly Json[];
  const offset = offsetOf(Number(node.query_location));
  const call = { name, offset, options: options.map(optionName) };
  const instead = opaque[name];
  if (instead !== undefined)
    return [{ path: null, offset, call, problem: `The function "${name}" hides what the SQL reads. ${instead}` }];
  if (!isObject(argument)) return [{ path: null, offset, call }];
  return itemsOf(argument).map((item) => {
    const [first, ...rest] = partsOf(item);
    if (first?.text === undefined)
      return { path: null, offset, call, ...(isOpen(item) ? {} : { problem: computed(name) }) };
    const path = [first, ...rest].map((part) => part.text ?? "**").join("");
    return { path, offset: offsetOf(first.at), call };
  });
}

/** True for a null, which stands for a value that a plan does not know, and for a parameter. */
const isOpen = ({ class: kind, value }: JsonObject): boolean =>
  kind === "PARAMETER" || (kind === "CONSTANT" && isObject(value) && value.is_null === true);

const computed = (name: string): string =>
  `The function "${name}" gets a path whose beginning is computed, so nobody can tell which files it reads. Write the path, or its beginning, as text, such as ${name}('raw/' || ...), or declare a table over the files.`;

/** The name of an option: `name = value` is a comparison in the tree, `name := value` an alias. */
function optionName(node: Json): string {
  const { alias, left } = isObject(node) ? node : {};
  const [column] = isObject(left) && Array.isArray(left.column_names) ? left.column_names : [];
  return String(alias === undefined || alias === "" ? (column ?? "") : alias).toLowerCase();
}

/** The items of a list, or the expression itself. */
const itemsOf = (node: JsonObject): readonly JsonObject[] =>
  node.function_name === "list_value" ? ((node.children ?? []) as readonly Json[]).filter(isObject) : [node];

/** A part of a concatenation; without text it is known when the query runs. */
interface Part {
  readonly text?: string;
  readonly at: number;
}

/** The parts of `a || b || c`, or of `concat(a, b, c)`, in order. */
function partsOf(node: JsonObject): readonly Part[] {
  const at = Number(node.query_location);
  if ((node.function_name === "||" || node.function_name === "concat") && Array.isArray(node.children))
    return (node.children as readonly Json[]).filter(isObject).flatMap(partsOf);
  const { value } = node;
  const isText = node.class === "CONSTANT" && isObject(value) && typeof value.value === "string";
  return [isText ? { text: String(value.value), at } : { at }];
}
