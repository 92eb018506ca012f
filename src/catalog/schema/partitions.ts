/** Finds partitions in the paths of files: the `key=value` folders between the named place and the files. */
import type { FileStat } from "../../engine/storage.ts";
import { canonical } from "../../json.ts";
import { partitionFolder } from "../../model/partition-folder.ts";
import { isGlob, isWithin, parentPath } from "../../model/path.ts";
import { type Column, column, type Schema } from "../../model/schema.ts";
import type { Partition } from "../../model/table.ts";
import { parseGlob } from "../glob.ts";
import type { FileSchema } from "./file.ts";
import { kind, kindOf, typeOfKinds } from "./infer-scalar.ts";

/** Partition columns and values. When folders have different keys, `differing` lists the files of each set of keys. */
export interface PathPartitions {
  readonly columns: readonly Column[];
  readonly values: readonly Partition[];
  readonly differing: readonly { readonly keys: readonly string[]; readonly files: readonly string[] }[];
}

/** The partitions of the files that match a pattern. */
export function findPartitions(pattern: string, files: readonly FileStat[]): PathPartitions {
  const base = baseOf(pattern, files);
  const byFolder = new Map<string, Partition>();
  const byKeys = new Map<string, { readonly keys: readonly string[]; readonly files: string[] }>();
  for (const { path } of files) {
    const partition = partitionOf(path, base);
    const keys = Object.keys(partition.values);
    const known = byKeys.get(canonical(keys));
    if (known === undefined) byKeys.set(canonical(keys), { keys, files: [path] });
    else known.files.push(path);
    if (keys.length > 0) byFolder.set(partition.location, partition);
  }
  const values = [...byFolder.values()].sort((a, b) => (a.location < b.location ? -1 : 1));
  if (byKeys.size > 1) return { columns: [], values: [], differing: [...byKeys.values()] };
  const [only] = byKeys.values();
  return { columns: (only?.keys ?? []).map((key) => column(key, typeOf(key, values))), values, differing: [] };
}

/** The directory above all files. An existing name with brackets in it is not a glob. */
function baseOf(pattern: string, files: readonly FileStat[]): string {
  const isLiteral = !isGlob(pattern) || files.every((file) => isWithin(file.path, pattern));
  return isLiteral ? pattern : parseGlob(pattern).base;
}

function partitionOf(path: string, base: string): Partition {
  const values: Record<string, string | null> = {};
  let location = base;
  for (let folder = parentPath(path); folder !== base && isWithin(folder, base) && folder !== ""; ) {
    const part = partitionFolder(folder.slice(folder.lastIndexOf("/") + 1));
    if (part !== null) {
      if (Object.keys(values).length === 0) location = folder;
      if (!Object.hasOwn(values, part.column)) values[part.column] = part.value;
    }
    folder = parentPath(folder);
  }
  return { values: Object.fromEntries(Object.entries(values).reverse()), location };
}

function typeOf(key: string, partitions: readonly Partition[]): Column["type"] {
  let kinds = 0;
  for (const value of new Set(partitions.map((partition) => partition.values[key]))) {
    if (typeof value === "string") kinds |= value === "" ? kind.string : kindOf(value, 0, value.length);
  }
  return typeOfKinds(kinds === 0 ? kind.string : kinds);
}

/** A file's schema without the columns that its folders provide, which win. A delimited file's columns are renamed instead, because they are found by position. */
export function withoutPartitions(schema: FileSchema, partitions: Schema): FileSchema {
  const keys = new Map(partitions.map((partition) => [partition.name.toLowerCase(), partition.name]));
  const repeated = schema.columns.filter((item) => keys.has(item.name.toLowerCase()));
  if (repeated.length === 0) return schema;
  const notes = repeated.map(
    ({ name }) => `Column "${name}" is in the files and in the names of their folders; the folders' values are used.`,
  );
  return { ...schema, columns: withoutKeys(schema, keys), notes: [...schema.notes, ...notes] };
}

function withoutKeys(schema: FileSchema, keys: ReadonlyMap<string, string>): Schema {
  if (schema.format !== "csv") return schema.columns.filter((item) => !keys.has(item.name.toLowerCase()));
  const taken = new Set([...keys.keys(), ...schema.columns.map((item) => item.name.toLowerCase())]);
  return schema.columns.map((item) => {
    if (!keys.has(item.name.toLowerCase())) return item;
    let name = `${item.name}_in_file`;
    while (taken.has(name.toLowerCase())) name = `${name}_in_file`;
    taken.add(name.toLowerCase());
    return { ...item, name };
  });
}
