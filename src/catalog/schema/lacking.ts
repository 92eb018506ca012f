/** Columns that a table is known to have and that some of its files lack. */
import type { FileSchema } from "./file.ts";

/** A column, the files that lack it, and how many files were looked at. */
export interface Lacking {
  readonly column: string;
  readonly files: readonly string[];
  readonly of: number;
}

/**
 * The known columns that some files lack. A file that has none of them is read by position, or another reader says so. A part of a JSON
 * file can't tell which fields its records have.
 */
export function lackingColumns(
  names: readonly string[],
  schemas: readonly FileSchema[],
  folders: readonly string[],
): readonly Lacking[] {
  const inPath = new Set(folders.map(fold));
  const wanted = names.filter((name) => !inPath.has(fold(name)));
  const files = schemas.flatMap((schema) => {
    const isJson = schema.format === "json" || schema.format === "jsonl";
    if (isJson && schema.isSampled === true) return [];
    // Engines find the keys of JSON by their exact names.
    const named = isJson ? (name: string) => name : fold;
    const own = new Set(schema.columns.map(({ name }) => named(name)));
    const has = (name: string) => own.has(named(name));
    return wanted.some(has) ? [{ path: schema.path, has }] : [];
  });
  return wanted.flatMap((column) => {
    const without = files.flatMap(({ path, has }) => (has(column) ? [] : [path]));
    return without.length === 0 ? [] : [{ column, files: without, of: files.length }];
  });
}

const fold = (name: string): string => name.toLowerCase();
