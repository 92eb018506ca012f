/** Refuses partitions that a parameter names and that no file is in: an output of no rows would hide a wrong value. */
import { isFiles } from "../../job/relations.ts";
import type { DataType } from "../../model/data-type.ts";
import { nullPartition, partitionFolder } from "../../model/partition-folder.ts";
import type { Schema } from "../../model/schema.ts";
import { invalid } from "../parameters.ts";
import type { ResolvedSource } from "./source.ts";

/** The values of a partition, by the column names of the source. */
export type PartitionValues = Readonly<Record<string, string | null>>;

/** Throws `invalid` when no file is in one of the wanted partitions. A table that never had files has no rows in any of them. */
export function refuseAbsent(
  { sources, partitions, label }: Pick<ResolvedSource, "sources" | "partitions" | "label">,
  wanted: readonly PartitionValues[],
): void {
  const folders = new Set(
    sources.filter(isFiles).flatMap(({ files }) => files.map((file) => file.slice(0, file.lastIndexOf("/")))),
  );
  if (folders.size === 0) return;
  const there = [...folders].map((folder) => valuesOf(folder, partitions));
  const absent = wanted.find((values) => !there.some((own) => isIn(values, own, partitions)));
  if (absent === undefined) return;
  const shown = there.slice(0, 5).map((own) => `"${written(own)}"`);
  const more = there.length > shown.length ? ` and ${there.length - shown.length} more` : "";
  throw invalid(
    `"partitions" names "${written(absent)}", but no file of ${label} is in such a partition. It has ${shown.join(", ")}${more}. Correct the value, or set "on_empty" to "allow" to write no rows for it.`,
  );
}

/** As the folders are written, so that what is shown can be given. */
const written = (values: PartitionValues): string =>
  Object.entries(values)
    .map(([column, value]) => `${column}=${value ?? nullPartition}`)
    .join("/");

/** The nearest folder of a column counts, as for readers. */
function valuesOf(folder: string, partitions: Schema): PartitionValues {
  const found = folder.split("/").map(partitionFolder).reverse();
  const nearest = (name: string) =>
    found.find((part) => part?.column.toLowerCase() === name.toLowerCase())?.value ?? null;
  return Object.fromEntries(partitions.map(({ name }) => [name, nearest(name)]));
}

function isIn(wanted: PartitionValues, own: PartitionValues, partitions: Schema): boolean {
  return Object.entries(wanted).every(([column, value]) => {
    const type = partitions.find(({ name }) => name === column)?.type ?? { kind: "unknown" };
    return isSame(value, own[column] ?? null, type);
  });
}

/** Whether two texts are one value of a type. Where texts of a type have many forms, a doubt is left to the engine. */
function isSame(a: string | null, b: string | null, type: DataType): boolean {
  const isText = type.kind === "string" || type.kind === "varchar" || type.kind === "unknown";
  if (a === b) return true;
  // An empty folder value is a null of every type but text.
  if (a === null || b === null) return !isText && (a ?? "") === (b ?? "");
  switch (type.kind) {
    case "string":
    case "varchar":
    case "unknown":
      return false;
    case "int":
    case "float":
    case "decimal":
      return Number(a) === Number(b);
    case "date":
      return digitsOf(a).slice(0, 3).join() === digitsOf(b).slice(0, 3).join();
    default:
      return true;
  }
}

const digitsOf = (text: string): readonly number[] => text.split(/\D+/).filter(Boolean).map(Number);
