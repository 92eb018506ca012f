/** Describes why files can't be one table: the distinct schemas, their files and the columns that differ. */
import { formatDataType, sameType } from "../../model/data-type.ts";
import type { FileSchema } from "./file.ts";
import type { SchemaReading } from "./reading.ts";
import { typeOfNulls, withoutUnknown } from "./widen.ts";

/** The description of files that can't be one table. */
export type Conflict = NonNullable<SchemaReading["conflict"]>;

/** The irreconcilable differences that were found. */
export interface Differences {
  readonly isMixed: boolean;
  /** Columns for which no type holds the values of all files. */
  readonly irreconcilable: readonly string[];
  /** Columns whose names differ only in case. */
  readonly folded: readonly string[];
}

/** The conflict, or `null` when there is none. */
export function describeConflict(files: readonly FileSchema[], found: Differences): Conflict | null {
  const { isMixed, irreconcilable, folded } = found;
  if (!isMixed && irreconcilable.length === 0 && folded.length === 0) return null;
  const schemas = distinct(files);
  const sentences = [
    ...(isMixed ? [`The files are of different formats: ${formats(files)}.`] : []),
    ...(isMixed ? [] : irreconcilable.map((name) => `Column "${name}" ${typesOf(name, schemas)}.`)),
    ...(isMixed ? [] : foldedSentences(folded, schemas)),
  ];
  const advice = isMixed ? "Read the files of each format separately." : "Change the files, or read them separately.";
  const differing = new Set([...irreconcilable, ...folded]);
  return {
    message: `${sentences.join(" ")} ${advice}`,
    schemas: schemas.map(({ first, paths }) => ({
      format: first.format,
      columns: first.columns.map((item) => ({ ...item, type: withoutUnknown(item.type, typeOfNulls(first.format)) })),
      files: paths,
      differs: first.columns
        .map((item) => item.name)
        .filter((name) => differing.has(name) || (isMixed && !isEverywhere(name, schemas))),
    })),
  };
}

/** The conflict of files whose folders have different keys. */
export function partitionConflict(
  files: readonly FileSchema[],
  differing: readonly { readonly keys: readonly string[]; readonly files: readonly string[] }[],
): Conflict {
  const parts = differing.map(({ keys, files }) => {
    const named = keys.length === 0 ? "no partition folder" : `folders of ${keys.map((key) => `"${key}"`).join(", ")}`;
    return `${someFiles(files)} in ${named}`;
  });
  const schemas = differing.map((part) => {
    const inside = new Set(part.files);
    const first = files.find((file) => inside.has(file.path));
    return {
      format: first?.format ?? files[0]?.format ?? "csv",
      columns: first?.columns ?? [],
      files: part.files,
      differs: part.keys,
    };
  });
  return {
    message: `The files are partitioned in different ways: ${parts.join("; ")}. Move them, or read them separately.`,
    schemas,
  };
}

interface Distinct {
  readonly first: FileSchema;
  readonly paths: string[];
}

function distinct(files: readonly FileSchema[]): readonly Distinct[] {
  const found = new Map<string, Distinct>();
  for (const file of files) {
    const columns = file.columns.map((item) => `${JSON.stringify(item.name)} ${formatDataType(item.type)}`).sort();
    const key = [file.format, ...columns].join("\n");
    const known = found.get(key);
    if (known === undefined) found.set(key, { first: file, paths: [file.path] });
    else known.paths.push(file.path);
  }
  return [...found.values()];
}

function isEverywhere(name: string, schemas: readonly Distinct[]): boolean {
  const types = schemas.map(({ first }) => first.columns.find((item) => item.name === name)?.type);
  const [known] = types;
  return known !== undefined && types.every((type) => type !== undefined && sameType(type, known));
}

function formats(files: readonly FileSchema[]): string {
  const names = [...new Set(files.map((file) => file.format))];
  return names
    .map((name) => `${name} (${someFiles(files.filter((file) => file.format === name).map((file) => file.path))})`)
    .join(", ");
}

function typesOf(name: string, schemas: readonly Distinct[]): string {
  const byType = new Map<string, string[]>();
  for (const { first, paths } of schemas) {
    const type = first.columns.find((item) => item.name === name)?.type;
    if (type !== undefined && type.kind !== "unknown") {
      byType.set(formatDataType(type), [...(byType.get(formatDataType(type)) ?? []), ...paths]);
    }
  }
  return `is ${[...byType].map(([type, paths]) => `${type} in ${someFiles(paths)}`).join(" and ")}`;
}

function foldedSentences(folded: readonly string[], schemas: readonly Distinct[]): readonly string[] {
  const byFolded = new Map<string, string[]>();
  for (const name of folded) byFolded.set(name.toLowerCase(), [...(byFolded.get(name.toLowerCase()) ?? []), name]);
  return [...byFolded.values()].map((names) => {
    const parts = names.map((name) => {
      const holders = schemas.filter(({ first }) => first.columns.some((item) => item.name === name));
      return `"${name}" (${someFiles(holders.flatMap(({ paths }) => paths))})`;
    });
    return `Column names differ only in case: ${parts.join(" and ")}.`;
  });
}

function someFiles(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map((path) => `"${path}"`);
  return paths.length > 3 ? `${shown.join(", ")} and ${paths.length - 3} more` : shown.join(", ");
}
