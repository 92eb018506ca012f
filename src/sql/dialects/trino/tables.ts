/** The statements that make and change tables, and what such a table is for Mason. Pure functions. */
import type { TableInput } from "../../../engine/metastore.ts";
import type { DataType } from "../../../model/data-type.ts";
import type { Column } from "../../../model/schema.ts";
import type { FileFormat, Owner, Table } from "../../../model/table.ts";
import { ProviderError } from "../../../provider/error.ts";
import { dialects } from "../../dialect.ts";
import { quoteIdentifier, quoteString, quoteTable } from "../../quote.ts";
import type { ShownTable } from "./show-create.ts";
import { fromTrino, trinoType } from "./types.ts";

/** What a catalog is: its name, whether its tables are files, and the URI at which it sees the storage's root, if it is known. */
export interface Catalog {
  readonly name: string;
  readonly hasFiles: boolean;
  readonly root: string | null;
}

const dialect = dialects.trino;
const text = (value: string): string => quoteString(value, dialect);
const list = (values: readonly string[]): string => `ARRAY[${values.map(text).join(", ")}]`;

/** The quoted name of a table, or of a database without `table`. */
export const nameIn = ({ name }: Catalog, database: string, table?: string): string =>
  quoteTable([name, database, ...(table === undefined ? [] : [table])], dialect);

const formats: Readonly<Record<FileFormat, string>> = { parquet: "PARQUET", csv: "CSV", json: "JSON", jsonl: "JSON" };

/** The location of a table for which nobody chose one. */
const usualLocation = ({ database, name }: Pick<Table, "database" | "name">): string => `${database}/${name}`;

/** The URI of a path of the storage. */
export function uriOf(root: string, path: string): string {
  return `${root.endsWith("/") ? root : `${root}/`}${path}`;
}

/** The path of a URI; the URI itself where it is not in the storage. */
export function pathOfUri(root: string | null, uri: string): string {
  const start = root === null ? null : uriOf(root, "");
  return start !== null && uri.startsWith(start) ? uri.slice(start.length).replace(/\/+$/, "") : uri;
}

/** The statement that creates a table. Throws for what the catalog can't keep. */
export function createTable(catalog: Catalog, table: TableInput): string {
  const { database, name, columns, partitions } = table;
  for (const part of [database, name, ...[...columns, ...partitions].flatMap((column) => namesIn(column, catalog))])
    refuseUpperCase(part);
  const properties = catalog.hasFiles ? fileProperties(catalog, table) : noFiles(catalog, table);
  const defined = [...columns, ...partitions].map(columnText).join(", ");
  const comment = commentWith("", table.owner);
  return [
    `CREATE TABLE ${nameIn(catalog, database, name)} (${defined})`,
    ...(comment === "" ? [] : [`COMMENT ${text(comment)}`]),
    ...(properties.length === 0 ? [] : [`WITH (${properties.join(", ")})`]),
  ].join(" ");
}

/** A column with its type, its comment, and whether it may be null. */
export function columnText({ name, type, nullable, comment }: Column): string {
  const rest = `${nullable ? "" : " NOT NULL"}${comment === undefined ? "" : ` COMMENT ${text(comment)}`}`;
  return `${quoteIdentifier(name, dialect)} ${trinoType(type)}${rest}`;
}

/** The name of a column, and those of its fields where the catalog changes them too. */
const namesIn = ({ name, type }: Column, { hasFiles }: Catalog): readonly string[] => [
  name,
  ...(hasFiles ? fieldNames(type) : []),
];

function fieldNames(type: DataType): readonly string[] {
  if (type.kind === "struct") return type.fields.flatMap((field) => [field.name, ...fieldNames(field.type)]);
  if (type.kind === "array") return fieldNames(type.element);
  return type.kind === "map" ? [...fieldNames(type.key), ...fieldNames(type.value)] : [];
}

/** Throws for a name that Trino would change without a word. */
export function refuseUpperCase(name: string): void {
  if (name === name.toLowerCase()) return;
  throw new ProviderError(
    "invalid",
    `Trino keeps names in lower case. Write "${name.toLowerCase()}" in place of "${name}".`,
  );
}

function fileProperties(catalog: Catalog, table: TableInput): readonly string[] {
  const { format, partitions, location } = table;
  if (format === "mixed" || format === "unknown")
    throw new ProviderError("unsupported", `Trino makes no table of the format "${format}". Choose another format.`);
  if (catalog.root === null && location !== usualLocation(table))
    throw new ProviderError(
      "unsupported",
      `The place of "${location}" in Trino is not known. Set "location" of the trino client, or give the config a storage that Trino reads.`,
    );
  return [
    `format = ${text(formats[format])}`,
    ...(catalog.root === null ? [] : [`external_location = ${text(uriOf(catalog.root, location))}`]),
    ...(partitions.length === 0 ? [] : [`partitioned_by = ${list(partitions.map(({ name }) => name))}`]),
  ];
}

function noFiles({ name }: Catalog, table: TableInput): readonly string[] {
  const fits = table.format === "parquet" && table.location === usualLocation(table) && table.partitions.length === 0;
  if (fits) return [];
  throw new ProviderError(
    "unsupported",
    `Tables of the catalog "${name}" are no files. Leave out format, location and partitions.`,
  );
}

const mark = /^(?:([\s\S]*)\s)?mason:([^:\s]+):(.+)$/;

/** A comment with the owner's mark at its end in place of an earlier one. */
export function commentWith(before: string, owner: Owner | undefined): string {
  const free = mark.exec(before) === null ? before : (mark.exec(before)?.[1] ?? "");
  return owner === undefined ? free : `${free === "" ? "" : `${free} `}mason:${owner.lineage}:${owner.address}`;
}

/** The owner of a comment. */
export function ownerIn(comment: string): Owner | undefined {
  const [, , lineage, address] = mark.exec(comment) ?? [];
  return lineage === undefined || address === undefined ? undefined : { lineage, address };
}

/** The table that Trino printed. */
export function tableOf(catalog: Catalog, database: string, name: string, shown: ShownTable): Table {
  const { format, partitioned_by: keys = [], external_location: location } = shown.properties;
  const columns = shown.columns.map(({ type, ...rest }): Column => ({ ...rest, type: fromTrino(type).type }));
  const known = Object.entries(formats).find(([ours, theirs]) => theirs === format && ours !== "json")?.[0];
  const owner = ownerIn(shown.comment ?? "");
  return {
    database,
    name,
    format: catalog.hasFiles || shown.isView ? ((known ?? "unknown") as Table["format"]) : "parquet",
    columns: columns.filter((column) => !keys.includes(column.name)),
    partitions: columns.filter((column) => keys.includes(column.name)),
    location: typeof location === "string" ? pathOfUri(catalog.root, location) : usualLocation({ database, name }),
    catalogued: true,
    ...(owner === undefined ? {} : { owner }),
  };
}

/** True for a table whose files stay when it is dropped. */
export const isExternal = ({ properties }: ShownTable): boolean => properties.external_location !== undefined;

/** A call of a procedure of the hive connector for one partition. */
export function partitionCall(
  catalog: Catalog,
  procedure: string,
  table: Pick<Table, "database" | "name" | "partitions">,
  values: readonly string[],
): string {
  const target = `${quoteIdentifier(catalog.name, dialect)}.system.${procedure}`;
  const names = table.partitions.map(({ name }) => name);
  return `CALL ${target}(${text(table.database)}, ${text(table.name)}, ${list(names)}, ${list(values)})`;
}

/** The call that looks for the partitions of a table in its files. */
export const syncCall = (catalog: Catalog, database: string, name: string): string =>
  `CALL ${quoteIdentifier(catalog.name, dialect)}.system.sync_partition_metadata(${text(database)}, ${text(name)}, 'FULL')`;
