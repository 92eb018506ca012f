/** The content of a file metastore's documents: tables, databases and partitions as JSON, with types as text. */
import type { TableInput } from "../../engine/metastore.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { formatDataType, parseDataType } from "../../model/data-type.ts";
import {
  csvEncodings,
  mismatchSetting,
  type ReadSettings,
  readCsvSettings,
  readFileSettings,
} from "../../model/read-settings.ts";
import type { Column } from "../../model/schema.ts";
import {
  type CsvDialect,
  type Database,
  fileFormats,
  type Owner,
  type Partition,
  type Table,
} from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";
import type { Head } from "./document.ts";

/** Who created an object, and when. */
export interface Created {
  readonly createdAt: string;
  readonly createdBy: string;
}

/** A table's content. `listed` are the partitions that the document lists. */
export function tableContent(table: TableInput, created: Created, listed: readonly Partition[] | null): JsonObject {
  return {
    kind: "table",
    format: table.format,
    columns: table.columns.map(columnContent),
    partitions: table.partitions.map(columnContent),
    location: table.location,
    csv: table.csv === undefined ? undefined : csvContent(table.csv),
    settings: table.settings === undefined ? undefined : settingsContent(table.settings),
    sampled: table.isSampled === true ? true : undefined,
    owner: ownerContent(table.owner),
    properties: table.properties,
    created_at: created.createdAt,
    created_by: created.createdBy,
    partition_list:
      listed === null ? undefined : listed.map((item) => ({ values: item.values, location: item.location })),
  };
}

const csvContent = ({ nulls, ...csv }: CsvDialect): JsonObject => ({
  ...csv,
  nulls: nulls === undefined ? undefined : [...nulls],
});

/** Settings as JSON, in the form in which people write them. */
export const settingsContent = ({ csv, files, onMismatch }: ReadSettings): JsonObject => ({
  csv: csv === undefined ? undefined : (csv as JsonObject),
  files: files === undefined ? undefined : (files as JsonObject),
  on_mismatch: onMismatch,
});

/** The content of a database's document. */
export function databaseContent(database: Database, created: Created): JsonObject {
  return {
    kind: "database",
    location: database.location,
    comment: database.comment,
    owner: ownerContent(database.owner),
    created_at: created.createdAt,
    created_by: created.createdBy,
  };
}

const columnContent = (column: Column): JsonObject => ({
  name: column.name,
  type: formatDataType(column.type),
  nullable: column.nullable,
  comment: column.comment,
});

const ownerContent = (owner: Owner | undefined): JsonObject | undefined =>
  owner === undefined ? undefined : { lineage: owner.lineage, address: owner.address };

/** The table in a live version. */
export function readTable(database: string, name: string, head: Head, content: JsonObject): Table {
  const csv = readCsv(content.csv);
  const owner = readOwner(content.owner);
  const settings = readSettings(content.settings);
  return {
    database,
    name,
    format: readFormat(content.format),
    columns: readColumns(name, content.columns),
    partitions: readColumns(name, content.partitions),
    location: text(content.location) ?? "",
    ...(csv === null ? {} : { csv }),
    ...(settings === null ? {} : { settings }),
    ...(content.sampled === true ? { isSampled: true } : {}),
    ...(owner === null ? {} : { owner }),
    ...(isObject(content.properties) ? { properties: content.properties } : {}),
    ...readCreated(content),
    catalogued: true,
    version: String(head.number),
  };
}

/** The database in a live version. */
export function readDatabase(name: string, content: JsonObject): Database {
  const [location, comment, owner] = [text(content.location), text(content.comment), readOwner(content.owner)];
  return {
    name,
    ...(location === null ? {} : { location }),
    ...(comment === null ? {} : { comment }),
    ...(owner === null ? {} : { owner }),
    catalogued: true,
  };
}

/** Who created the object and when, where the content says it. */
export function readCreated(content: JsonObject): Partial<Created> {
  const [createdAt, createdBy] = [text(content.created_at), text(content.created_by)];
  return { ...(createdAt === null ? {} : { createdAt }), ...(createdBy === null ? {} : { createdBy }) };
}

/** The partitions that the document lists, or `null` when the folders determine them. */
export function readListed(content: JsonObject): readonly Partition[] | null {
  if (!Array.isArray(content.partition_list)) return null;
  return content.partition_list.flatMap((item: Json) => {
    if (!isObject(item) || !isObject(item.values)) return [];
    const values = Object.entries(item.values).map(([key, value]): [string, string | null] => [key, text(value)]);
    return [{ values: Object.fromEntries(values), location: text(item.location) ?? "" }];
  });
}

const text = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

function readFormat(value: Json | undefined): Table["format"] {
  return value === "mixed" ? value : (fileFormats.find((format) => format === value) ?? "unknown");
}

function readOwner(value: Json | undefined): Owner | null {
  if (!isObject(value)) return null;
  const [lineage, address] = [text(value.lineage), text(value.address)];
  return lineage === null || address === null ? null : { lineage, address };
}

function readCsv(value: Json | undefined): CsvDialect | null {
  if (!isObject(value)) return null;
  return {
    delimiter: text(value.delimiter) ?? ",",
    quote: text(value.quote) ?? '"',
    header: value.header !== false,
    compression: value.compression === "gzip" ? "gzip" : "none",
    nullPadding: value.nullPadding === true,
    newline: value.newline === "\r\n" ? "\r\n" : "\n",
    ...readCsvOptions(value),
  };
}

function readCsvOptions(value: JsonObject): Partial<CsvDialect> {
  const { skip, escape: escaping, dateFormat, timestampFormat } = value;
  const encoding = csvEncodings.find((known) => known === value.encoding);
  const nulls = Array.isArray(value.nulls) ? value.nulls.map(String) : null;
  return {
    ...(typeof skip === "number" ? { skip } : {}),
    ...(typeof escaping === "string" ? { escape: escaping } : {}),
    ...(nulls === null ? {} : { nulls }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(value.decimal === "," ? { decimal: "," } : {}),
    ...(typeof dateFormat === "string" ? { dateFormat } : {}),
    ...(typeof timestampFormat === "string" ? { timestampFormat } : {}),
  };
}

/** The settings, or `null` when there are none. A setting of a newer version that is not known is left out. */
export function readSettings(value: Json | undefined): ReadSettings | null {
  if (!isObject(value)) return null;
  const csv = value.csv === undefined ? null : readCsvSettings(value.csv);
  const files = value.files === undefined ? null : readFileSettings(value.files);
  const found = {
    ...(csv?.ok === true ? { csv: csv.value } : {}),
    ...(files?.ok === true ? { files: files.value } : {}),
    ...mismatchSetting(value.on_mismatch),
  };
  return Object.keys(found).length === 0 ? null : found;
}

function readColumns(table: string, value: Json | undefined): readonly Column[] {
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  return items.map((item) => {
    const name = isObject(item) ? text(item.name) : null;
    const type = isObject(item) ? parseDataType(text(item.type) ?? "") : null;
    if (!isObject(item) || name === null || type === null) {
      throw new ProviderError(
        "invalid",
        `The document of table "${table}" holds a column that can't be read: ${JSON.stringify(item)}. Restore the document, or delete it and infer the table again.`,
      );
    }
    const comment = text(item.comment);
    return { name, type, nullable: item.nullable !== false, ...(comment === null ? {} : { comment }) };
  });
}
