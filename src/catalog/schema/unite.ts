/** Unites the schemas of several files: columns are united, types are widened, and conflicts are named with their files. */
import { type DataType, formatDataType, sameType, string } from "../../model/data-type.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { FileFormat } from "../../model/table.ts";
import { type Conflict, describeConflict } from "./conflict.ts";
import type { FileSchema } from "./file.ts";
import { kind, typeOfKinds } from "./infer-scalar.ts";
import { typeOfNulls, widen, withoutUnknown } from "./widen.ts";

/** The united schema. */
export interface United {
  readonly format: FileFormat;
  readonly columns: Schema;
  readonly schemas: readonly FileSchema[];
  /** The kinds of the values of all files, by path. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
  readonly conflict?: Conflict;
}

/** Unites the schemas of one or more files in name order. */
export function uniteSchemas(files: readonly FileSchema[], foldsCase: boolean): United {
  const schemas = asLines(files);
  const isMixed = new Set(schemas.map((schema) => schema.format)).size > 1;
  const lax = isMixed || schemas[0]?.format !== "parquet";
  const kinds = unitedKinds(schemas);
  const merged = mergeColumns(schemas, lax).map((item) => ({
    ...item,
    type: item.type === null ? null : withinReach(item.type, item.name, kinds),
  }));
  const irreconcilable = merged.filter((item) => item.type === null).map((item) => item.name);
  const folded = foldsCase ? namesThatFold(merged.map((item) => item.name)) : [];
  const conflict = describeConflict(schemas, { isMixed, irreconcilable, folded });
  return {
    format: schemas[0]?.format ?? "csv",
    columns: merged.map((item) => finished(item, schemas.length, typeOfNulls(schemas[0]?.format ?? "csv"))),
    schemas,
    kinds: kinds.size > mostKinds ? none : kinds,
    notes: isMixed ? [] : notesOf(merged, schemas),
    ...(conflict === null ? {} : { conflict }),
  };
}

/** Treats a single document in one line as JSON lines when another file is. */
function asLines(files: readonly FileSchema[]): readonly FileSchema[] {
  if (!files.some((file) => file.format === "jsonl")) return files;
  return files.map((file) => (file.alsoLines === true ? { ...file, format: "jsonl" } : file));
}

/** A united column. `type` is `null` when no type holds the values of all files. */
interface Merged {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: DataType | null;
  /** How many files have the column. */
  readonly files: number;
  /** The distinct types that the column has in the files. */
  readonly types: readonly DataType[];
}

function mergeColumns(schemas: readonly FileSchema[], lax: boolean): readonly Merged[] {
  const merged = new Map<string, Merged>();
  for (const item of schemas.flatMap((schema) => schema.columns)) {
    const known = merged.get(item.name);
    merged.set(item.name, known === undefined ? firstOf(item) : added(known, item, lax));
  }
  return [...merged.values()];
}

const firstOf = ({ name, type, nullable }: Column): Merged => ({ name, nullable, type, files: 1, types: [type] });

function added(known: Merged, item: Column, lax: boolean): Merged {
  const isNew = !known.types.some((type) => sameType(type, item.type));
  return {
    name: known.name,
    nullable: known.nullable || item.nullable,
    type: known.type === null || !isNew ? known.type : widen(known.type, item.type, lax),
    files: known.files + 1,
    types: isNew ? [...known.types, item.type] : known.types,
  };
}

/** Objects of more different keys hold data in them. */
const mostKinds = 5_000;

const none: ReadonlyMap<string, number> = new Map();

function unitedKinds(schemas: readonly FileSchema[]): ReadonlyMap<string, number> {
  const [first = none, ...others] = schemas.flatMap(({ kinds }) => kinds ?? []);
  if (others.length === 0) return first;
  const united = new Map(first);
  for (const kinds of others) for (const [path, own] of kinds) united.set(path, (united.get(path) ?? 0) | own);
  return united;
}

/**
 * The type that one file with all values would have: text in place of nanoseconds where another file has years that they do not reach, and
 * in place of doubles that would change integers of another file; numbers where "infinity" was alone in its file.
 */
function withinReach(type: DataType, path: string, kinds: ReadonlyMap<string, number>): DataType {
  const own = kinds.get(path) ?? 0;
  switch (type.kind) {
    case "timestamp":
      return type.precision === 9 && (own & kind.far) !== 0 ? typeOfKinds(own) : type;
    // Beside numbers of another file it is one.
    case "string":
      return (own & kind.endless) !== 0 ? typeOfKinds(own) : type;
    case "float":
      return (own & kind.inexact) !== 0 ? string : type;
    case "array":
      return { ...type, element: withinReach(type.element, `${path}[]`, kinds) };
    case "struct": {
      const fields = type.fields.map((field) => ({
        ...field,
        type: withinReach(field.type, `${path}.${field.name}`, kinds),
      }));
      return { ...type, fields };
    }
    default:
      return type;
  }
}

function finished({ name, type, nullable, files }: Merged, all: number, ofNulls: DataType): Column {
  return {
    name,
    type: type === null ? { kind: "unknown" } : withoutUnknown(type, ofNulls),
    nullable: nullable || files < all,
  };
}

function namesThatFold(names: readonly string[]): readonly string[] {
  const byFolded = new Map<string, string[]>();
  for (const name of names) byFolded.set(name.toLowerCase(), [...(byFolded.get(name.toLowerCase()) ?? []), name]);
  return [...byFolded.values()].filter((same) => same.length > 1).flat();
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

function notesOf(merged: readonly Merged[], schemas: readonly FileSchema[]): readonly string[] {
  return [
    ...new Set(schemas.flatMap((schema) => schema.notes)),
    ...new Set(schemas.flatMap((schema) => schema.losses ?? [])),
    ...widenedInFiles(merged, schemas),
    ...missingFields(schemas),
    ...merged.flatMap((item) => widenedAcross(item)),
    ...merged.flatMap((item) => missingInFiles(item, schemas)),
    ...onlyNulls(merged, typeOfNulls(schemas[0]?.format ?? "csv")),
  ];
}

function widenedInFiles(merged: readonly Merged[], schemas: readonly FileSchema[]): readonly string[] {
  const byPath = new Map<string, { readonly from: Set<string>; readonly to: string }>();
  for (const { path, from, to } of schemas.flatMap((schema) => schema.widened)) {
    const known = byPath.get(path) ?? { from: new Set<string>(), to };
    for (const name of from) known.from.add(name);
    byPath.set(path, known);
  }
  return [...byPath].map(([path, { from, to }]) => {
    const united = merged.find((item) => item.name === path)?.type;
    const type = united === null || united === undefined ? to : formatDataType(withoutUnknown(united));
    return `"${path}" holds ${[...from].join(" and ")}; it is read as ${type}.`;
  });
}

function missingFields(schemas: readonly FileSchema[]): readonly string[] {
  const paths = [...new Set(schemas.flatMap((schema) => schema.missing))];
  if (paths.length === 0) return [];
  const shown = paths.slice(0, 10);
  const rest = paths.length > shown.length ? ` and ${paths.length - shown.length} more` : "";
  return [`Some records lack ${quoted(shown)}${rest}; they are null there.`];
}

function widenedAcross({ name, types, type }: Merged): readonly string[] {
  const known = types.filter((item) => item.kind !== "unknown").map(formatDataType);
  if (known.length < 2 || type === null) return [];
  return [`Column "${name}" is ${known.join(" in some files and ")} in others; it is read as ${formatDataType(type)}.`];
}

function missingInFiles({ name, files }: Merged, schemas: readonly FileSchema[]): readonly string[] {
  const all = schemas.length;
  if (files === all) return [];
  const lacking = schemas.filter((schema) => !schema.columns.some((column) => column.name === name));
  const shown = quoted(lacking.slice(0, 3).map((schema) => schema.path));
  const rest = lacking.length > 3 ? ` and ${lacking.length - 3} more` : "";
  return [`Column "${name}" is missing in ${all - files} of ${all} files (${shown}${rest}); it is null there.`];
}

function onlyNulls(merged: readonly Merged[], ofNulls: DataType): readonly string[] {
  return merged.flatMap(({ name, type }) => {
    if (type === null || sameType(withoutUnknown(type), type)) return [];
    const what = type.kind === "unknown" ? `Column "${name}" holds` : `A part of column "${name}" holds`;
    return [`${what} only nulls; it is read as ${formatDataType(ofNulls)}.`];
  });
}
