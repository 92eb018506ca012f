/** Databases, tables and partitions as every metastore gives them. */
import type { JsonObject } from "../json.ts";
import type { CsvEncoding, ReadSettings } from "./read-settings.ts";
import type { Column, Schema } from "./schema.ts";

/** A database of a metastore. */
export interface Database {
  readonly name: string;
  readonly location?: string;
  readonly comment?: string;
  readonly owner?: Owner;
  /** False for a directory that is no more than that: it can be read and listed, plan counts it as absent. */
  readonly catalogued?: boolean;
}

/** File formats that Mason reads and writes. */
export type FileFormat = "csv" | "json" | "jsonl" | "parquet";

export const fileFormats: readonly FileFormat[] = ["csv", "json", "jsonl", "parquet"];

/** How a delimited file is to be read; found by the schema reader or given by the user. */
export interface CsvDialect {
  /** One character. */
  readonly delimiter: string;
  /** One character, or empty when nothing is quoted. */
  readonly quote: string;
  readonly header: boolean;
  readonly compression: "none" | "gzip";
  /** Rows that are shorter than the header are filled with nulls in place of an error. */
  readonly nullPadding: boolean;
  /** `\r\n` or `\n`. */
  readonly newline: "\n" | "\r\n";
  /** Lines before the header, or before the first row. */
  readonly skip?: number;
  /** The character that escapes a quote within quotes; default: the quote itself. */
  readonly escape?: string;
  /** The texts that mean null; default: the empty text. */
  readonly nulls?: readonly string[];
  /** Default: UTF-8. */
  readonly encoding?: CsvEncoding;
  readonly decimal?: ",";
  readonly dateFormat?: string;
  readonly timestampFormat?: string;
}

/** Who made an object: the lineage of the state and the address in it. Absent: not made by Mason. */
export interface Owner {
  readonly lineage: string;
  readonly address: string;
}

/** A table of a metastore. `location` is a path of the storage client. */
export interface Table {
  readonly database: string;
  readonly name: string;
  readonly format: FileFormat | "mixed" | "unknown";
  readonly columns: Schema;
  readonly partitions: readonly Column[];
  readonly location: string;
  readonly csv?: CsvDialect;
  /** How people said that its files are read. */
  readonly settings?: ReadSettings;
  /** Its schema was inferred from a part of its values. Absent: from all of them, or this is not known. */
  readonly isSampled?: boolean;
  /** ISO 8601 instant, where the metastore keeps it. */
  readonly createdAt?: string;
  readonly createdBy?: string;
  /** False for a path that can be read as a table without being in the catalog. */
  readonly catalogued: boolean;
  /** The metastore's own version of the table, for `ifVersion`. */
  readonly version?: string;
  readonly owner?: Owner;
  /** Files that hold the data when they are fewer than all below `location` (a published manifest); paths. */
  readonly properties?: JsonObject;
}

/** One partition: its values by column name, and where its files are. */
export interface Partition {
  readonly values: Readonly<Record<string, string | null>>;
  readonly location: string;
}
