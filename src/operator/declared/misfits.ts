/**
 * Holds what a writer would leave at a path against the declared tables that the path belongs to. The plan asks before anything runs,
 * and each writer asks again before it writes.
 */
import { widenedTypes } from "../../job/held.ts";
import { formatDataType } from "../../model/data-type.ts";
import { globRoot } from "../../model/path.ts";
import type { Schema } from "../../model/schema.ts";
import type { FileFormat } from "../../model/table.ts";
import { differencesFromDeclared, type Words } from "../register/differences.ts";
import { type DeclaredTable, type DeclaredTables, locationOfDeclared } from "./declared-tables.ts";
import { heldAt } from "./held.ts";
import { unreadWhenWritten } from "./written-csv.ts";

/** What a writer would leave at a path. */
export interface WrittenShape {
  readonly path: string;
  readonly format: FileFormat;
  /** All columns, including those that become folders; `null` when they are not known. */
  readonly columns: Schema | null;
  readonly partitionBy: readonly string[];
}

/** Sentences, one for each declared table that would not fit what is written. */
export function declaredMisfits(declared: DeclaredTables, written: WrittenShape): readonly string[] {
  const into = heldAt(declared, written.path);
  if (into === undefined) return [];
  const { columns } = written;
  const cast = { ...written, columns: columns === null ? null : widenedTypes(columns, { ...written, into }) };
  return declared.at(written.path).flatMap((table) => {
    const differences = [...misfits(table, cast), ...unreadWhenWritten(table, written)];
    if (differences.length === 0) return [];
    return [
      `The output "${written.path}" becomes data of table "${table.database}.${table.name}", declared as "${table.address}", but does not fit it: ${differences.join("; ")}. Change what is written (a type with CAST in the query), the declaration, or output_path.`,
    ];
  });
}

function misfits(table: DeclaredTable, written: WrittenShape): readonly string[] {
  const { path, format, columns, partitionBy } = written;
  const folders = foldersBelow(table, path);
  const partitions = [...folders, ...partitionBy];
  const wanted = table.partitions.map((column) => column.name);
  // Readers find folders by their exact names.
  const isApart = partitions.join("\0") !== wanted.join("\0");
  const format_ = differencesFromDeclared(
    { ...table, columns: [], partitions: [] },
    { ...emptyOf(table), format },
    words,
  );
  const layout = isApart
    ? [`it is declared with ${listOf(wanted)}, but would be written with ${listOf(partitions)}`]
    : [];
  if (columns === null) return [...format_, ...layout];
  // A folder above the output gives the value of its column, so files need not hold it.
  const inPath = new Set(lower(folders));
  const asFolders = new Set(lower(partitionBy));
  const isFolder = ({ name }: { readonly name: string }) => asFolders.has(name.toLowerCase());
  const found = isApart
    ? { columns, partitions: [] }
    : { columns: columns.filter((column) => !isFolder(column)), partitions: columns.filter(isFolder) };
  const own = (schema: Schema) => schema.filter((column) => !inPath.has(column.name.toLowerCase()));
  const expected = isApart
    ? { columns: own([...table.columns, ...table.partitions]), partitions: [] }
    : { columns: table.columns, partitions: own(table.partitions) };
  return [
    ...format_,
    ...layout,
    ...differencesFromDeclared({ ...table, ...expected, format }, { ...emptyOf(table), ...found, format }, words),
    ...lostZones(table, written),
  ];
}

/**
 * Instants written as text into a column without a zone: a reader would take the clock of UTC for the local one. Text that people wrote may
 * hold such values, so only writers are held to this; of Parquet the types say it.
 */
function lostZones(table: DeclaredTable, { format, columns, partitionBy }: WrittenShape): readonly string[] {
  const declared = new Map([...table.columns, ...table.partitions].map(({ name, type }) => [name.toLowerCase(), type]));
  return (columns ?? []).flatMap(({ name, type }) => {
    const isText = format !== "parquet" || partitionBy.includes(name);
    const wanted = declared.get(name.toLowerCase());
    if (!isText || type.kind !== "timestamp" || !type.zone || wanted?.kind !== "timestamp" || wanted.zone) return [];
    return [`column "${name}" is declared as ${formatDataType(wanted)}, ${words.type} ${formatDataType(type)}`];
  });
}

/** The partition columns whose values stand in the path itself, from the table's location down. */
function foldersBelow(table: DeclaredTable, path: string): readonly string[] {
  const directory = globRoot(locationOfDeclared(table));
  const rest = directory === "" ? path : path.slice(directory.length + 1);
  return rest.split("/").flatMap((part) => (part.indexOf("=") > 0 ? [part.slice(0, part.indexOf("="))] : []));
}

const words: Words = {
  lacking: "is declared, but would not be written",
  extra: "would be written, but is not declared",
  type: "but would be written as",
  format: "but would be written as",
};

const emptyOf = ({ location }: DeclaredTable) => ({ location, columns: [], partitions: [] });
const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase());
const listOf = (names: readonly string[]) =>
  names.length === 0 ? "no partitions" : `the partitions ${names.map((name) => `"${name}"`).join(", ")}`;
