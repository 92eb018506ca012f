/** Groups of files that can be read together. Each group becomes one data source. */
import type { FileStat } from "../../engine/storage.ts";
import { canonical } from "../../json.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import type { FileSchema } from "./file.ts";
import { kind } from "./infer-scalar.ts";
import type { FileGroup } from "./reading.ts";
import { kindOfName } from "./sampling.ts";
import { typeOfNulls, withoutUnknown } from "./widen.ts";

/**
 * The groups of all files, sampled or not. Text files are read with the types of the whole. Delimited files are therefore grouped
 * by their dialect and order of columns. JSON files form one group, because their fields are found by name.
 */
export function groupFiles(
  files: readonly FileStat[],
  schemas: readonly FileSchema[],
  united: Schema,
): readonly FileGroup[] {
  const byPath = new Map(schemas.map((schema) => [schema.path, schema]));
  const nearest = new Map<string, FileSchema>();
  const groups = new Map<string, { group: Omit<FileGroup, "files">; readonly files: string[] }>();
  // Files before the first sampled file of their kind belong to its group too.
  for (const schema of [...schemas].reverse()) nearest.set(kindOfName(schema.path), schema);
  let last = schemas[0];
  for (const { path } of files) {
    const sampled = byPath.get(path);
    if (sampled !== undefined) nearest.set(kindOfName(path), sampled);
    last = sampled ?? nearest.get(kindOfName(path)) ?? last;
    if (last === undefined) continue;
    const key = keyOf(last);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { group: groupOf(last, united), files: [path] });
    else {
      known.files.push(path);
      if (hasEmptyTexts(last)) known.group = { ...known.group, hasEmptyTexts: true };
    }
  }
  return [...groups.values()].map(({ group, files }) => ({ ...group, files }));
}

function keyOf({ format, csv, columns }: FileSchema): string {
  if (format === "csv") return canonical([format, { ...csv }, columns.map((item) => item.name)]);
  if (format !== "parquet") return format;
  return canonical([format, ...columns.map((item) => `${item.name} ${formatDataType(item.type)}`).sort()]);
}

/** True when a column that is no text holds an empty text in quotes. */
const hasEmptyTexts = ({ format, columns, kinds }: FileSchema): boolean =>
  format === "csv" &&
  columns.some(({ name, type }) => type.kind !== "string" && ((kinds?.get(name) ?? 0) & kind.empty) !== 0);

function groupOf(schema: FileSchema, united: Schema): Omit<FileGroup, "files"> {
  const { format, csv, columns } = schema;
  if (format === "json" || format === "jsonl") return { format, columns: united };
  const types = new Map(united.map((item) => [item.name, item]));
  const isText = format === "csv";
  return {
    format,
    columns: columns.map((item) =>
      isText ? (types.get(item.name) ?? item) : { ...item, type: withoutUnknown(item.type, typeOfNulls(format)) },
    ),
    ...(csv === undefined ? {} : { csv }),
    ...(hasEmptyTexts(schema) ? { hasEmptyTexts: true } : {}),
  };
}
