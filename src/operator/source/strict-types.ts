/** Finds the differences in types between files that `strict_types` refuses. */
import type { Layouts } from "../../catalog/schema/csv/alike.ts";
import { dataFiles } from "../../catalog/schema/data-files.ts";
import { detectSchema } from "../../catalog/schema/detect.ts";
import type { FileSchema } from "../../catalog/schema/file.ts";
import { forEachFile } from "../../catalog/schema/sampling.ts";
import type { Reading } from "../../model/read-settings.ts";
import type { OperatorContext } from "../operator.ts";
import { engineOf, type ResolvedSource } from "./source.ts";
import { type Part, uniteColumns } from "./unite.ts";

/** One clause for each column whose type differs. A catalogued table counts with its declared types. */
export async function differentTypes(
  context: OperatorContext,
  parts: readonly ResolvedSource[],
  reading: Reading,
): Promise<readonly string[]> {
  const files: FileSchema[] = [];
  for (const part of parts) if (part.table === undefined) files.push(...(await schemasOf(context, part, reading)));
  const declared = parts.filter((part) => part.table !== undefined || part.partitions.length > 0);
  const all: readonly Part[] = [
    ...files.map((file) => ({
      label: file.path,
      // A column of only nulls fits any type.
      columns: file.columns.filter((column) => column.type.kind !== "unknown"),
      partitions: [],
      isText: true,
    })),
    ...declared.map(({ label, columns, partitions, table }) => ({
      label,
      columns: table === undefined ? [] : columns,
      partitions,
      isText: true,
    })),
  ];
  const within = files.flatMap((file) =>
    file.widened.map(({ path, from }) => `"${path}" is ${from.join(" and ")} in "${file.path}"`),
  );
  return [...within, ...uniteColumns(all).widened.map((widened) => widened.sentence)];
}

async function schemasOf(
  { engines, signal }: OperatorContext,
  { inputs }: ResolvedSource,
  reading: Reading,
): Promise<readonly FileSchema[]> {
  const storage = engineOf(engines, "storage");
  const files = (
    await Promise.all(inputs.map(async (input) => dataFiles(await storage.expand(input), input, reading.files).files))
  ).flat();
  const layouts: Layouts = [];
  const read = await forEachFile(
    files,
    (file) => detectSchema(storage, file, { csv: reading.csv ?? {}, nullPadding: false, whole: true }, layouts),
    signal,
  );
  return read.flatMap((schema) => schema ?? []);
}
