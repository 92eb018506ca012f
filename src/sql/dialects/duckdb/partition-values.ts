/**
 * The partition values of files, from their paths. DuckDB's own reading of `key=value` folders takes the text NULL for a null,
 * does not undo the escapes of keys and stumbles over a second "="; so each value is computed from the file's name, by the rule
 * that partitions are listed by. DuckDB evaluates that once for each file, and opens only the files that a filter leaves.
 */
import type { DataSource } from "../../../job/job.ts";
import { nullPartition, partitionFolder } from "../../../model/partition-folder.ts";
import type { Column } from "../../../model/schema.ts";
import { ProviderError } from "../../../provider/error.ts";
import { textAs } from "./fits.ts";
import { localPath, text } from "./names.ts";

/** Files whose partition folders are at the same places of their paths. */
export interface FolderGroup {
  readonly files: readonly string[];
  /** For each partition column, the place of its folder, counted from the end of the path: the file itself is 1. */
  readonly places: readonly number[];
}

/** The files by the places of their partition folders; nearly always one group. */
export function folderGroups(source: DataSource): readonly FolderGroup[] {
  const groups = new Map<string, { readonly files: string[]; readonly places: readonly number[] }>();
  for (const file of source.files) {
    const places = placesOf(source.partitions, file);
    const same = groups.get(places.join());
    if (same === undefined) groups.set(places.join(), { files: [file], places });
    else same.files.push(file);
  }
  return [...groups.values()];
}

function placesOf(partitions: readonly Column[], file: string): readonly number[] {
  if (partitions.length === 0) return [];
  const folders = localPath(file).split("/").reverse();
  return partitions.map((column) => {
    // Without the file itself; the nearest folder counts.
    const key = column.name.toLowerCase();
    const at = folders.findIndex((folder, index) => index > 0 && partitionFolder(folder)?.column.toLowerCase() === key);
    if (at > 0) return at + 1;
    throw new ProviderError(
      "invalid",
      `The file "${localPath(file)}" is in no folder "${column.name}=...", so it has no value for the partition column "${column.name}". Move it.`,
    );
  });
}

/** The value of a partition column, as an expression over the column `filename`. */
export function partitionValue(column: Column, at: number, group: FolderGroup, filename: string): string {
  const value = partitionText(column, at, group, filename);
  return isText(column) ? value : textAs(value, column.type, {});
}

const isText = ({ type }: Column) => ["string", "varchar", "unknown"].includes(type.kind);

/** The text of a partition column's value; null where the value is. */
export function partitionText(column: Column, at: number, group: FolderGroup, filename: string): string {
  const place = group.places[at] ?? 1;
  const folder = `split_part(${filename}, '/', -${place})`;
  const written = `substr(${folder}, instr(${folder}, '=') + 1)`;
  const values = new Set(group.files.map((file) => localPath(file).split("/").at(-place) ?? ""));
  // A value with an invalid escape was not encoded.
  const plain = [...values].map(valueText).filter((value) => value.includes("%") && !isEncoded(value));
  const literal = plain.length === 0 ? "" : ` WHEN ${written} IN (${plain.map(text).join(", ")}) THEN ${written}`;
  // An empty folder value is a text, and null for every other type.
  const nulls = isText(column) ? text(nullPartition) : `${text(nullPartition)}, ''`;
  return `(CASE WHEN ${written} IN (${nulls}) THEN NULL${literal} ELSE url_decode(${written}) END)`;
}

const valueText = (folder: string) => folder.slice(folder.indexOf("=") + 1);

function isEncoded(value: string): boolean {
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}
