/**
 * Canonical jobs: what built-in operators ask of an execution engine, in no SQL dialect. src/sql compiles them; engines without SQL
 * take them as they are. Every value here is plain data, so a plan can show a job and a journal can keep it.
 */
import type { ReadSettings, WrittenCsv } from "../model/read-settings.ts";
import type { Column, Schema } from "../model/schema.ts";
import type { CsvDialect, FileFormat } from "../model/table.ts";

/** What becomes of a value that does not fit its column, other than a failure, and the table that says so. */
export interface OnMismatch {
  readonly rule: NonNullable<ReadSettings["onMismatch"]>;
  /** `sales.orders`. */
  readonly table: string;
}

/** Files of one schema that a job reads. `files` are URIs as storage gives them, in name order. */
export interface DataSource {
  /** The name in SQL: `[database, table]`, or one part for `$table` over a path. */
  readonly name: readonly string[];
  readonly files: readonly string[];
  readonly format: FileFormat;
  readonly csv?: CsvDialect;
  /** Columns other than text are known to hold empty texts in quotes, which are nulls there. */
  readonly hasEmptyTexts?: boolean;
  /** The columns that the source gives, in their order, without partition columns. */
  readonly columns: Schema;
  /** The columns of the files in their order; absent when these are `columns`. Names match in any case. A column that is not among them is null. */
  readonly layout?: Schema;
  /** Columns read from the `key=value` folders of the paths; they follow the others. */
  readonly partitions: readonly Column[];
  /**
   * The types were inferred: from all values, from a sample, or before these files were there (a table of the catalogue that no resource
   * declares). Absent: they were declared. Except after "all", each value is checked, and what is no plain number is none.
   */
  readonly inferred?: "all" | "sample" | "before";
  /** What becomes of a value that does not fit; absent: the job fails. */
  readonly onMismatch?: OnMismatch;
  /** Whether there are such values, where the engine looked. */
  readonly hasMisfits?: boolean;
  /** The engine's own types of the files' columns, by name, in its own notation. The engine adds them before it compiles the job. */
  readonly stored?: Readonly<Record<string, string>>;
}

/** Where a job writes: a URI that does not exist yet (the operator publishes it afterwards), unless `published` says otherwise. */
export interface DataTarget {
  readonly uri: string;
  /** How the files take their place beside or over older ones, on a storage that renames nothing. */
  readonly published?: PublishedByWriting;
  /** A directory of part files, or one file. */
  readonly shape: "directory" | "file";
  readonly format: FileFormat;
  readonly partitionBy: readonly string[];
  /** The declared table whose data is written. */
  readonly into?: HeldTable;
}

/** Files that are written where they stay. */
export type PublishedByWriting =
  /** Part files beside those of other tries: each name carries the number and token. They are not live until a manifest names them. */
  | { readonly kind: "parts"; readonly number: number; readonly token: string }
  /** One file: writing it is publishing it, so it is the last act of the job, under a condition. `etag`: of the file that it replaces; `null`: there is none. */
  | { readonly kind: "file"; readonly etag: string | null };

/** A declared table that what is written must fit. */
export interface HeldTable {
  /** `sales.orders`. */
  readonly name: string;
  /** Partition columns included. Names match in any case. */
  readonly columns: Schema;
  /** What becomes of a value that does not fit; absent: the job fails. */
  readonly onMismatch?: OnMismatch["rule"];
  /** How its CSV files are written. */
  readonly csv?: WrittenCsv;
}

/** A table that a job reads by name: the engine finds its data through the metastore, and no file is listed. */
export interface TableRelation {
  readonly kind: "table";
  /** The name in SQL: `[database, table]`, or one part for `$table`. */
  readonly name: readonly string[];
  /** The parts of its name in the engine: `["lake", "sales", "orders"]`. */
  readonly table: readonly string[];
  /** The columns that the relation gives, in their order, without partition columns. */
  readonly columns: Schema;
  /** They follow the others. */
  readonly partitions: readonly Column[];
}

/** A table of the engine that a job writes. */
export interface TableSink {
  readonly kind: "table";
  /** The parts of its name in the engine. It must not exist for `create`, and must exist for `append`. */
  readonly table: readonly string[];
  readonly mode: "create" | "append";
  /** Absent: the engine's own. */
  readonly format?: FileFormat;
  readonly partitionBy: readonly string[];
  /** The URI of its data; absent: the engine chooses. */
  readonly location?: string;
  /** The declared table whose data is written. */
  readonly into?: HeldTable;
}

/** What a job reads. */
export type Relation = DataSource | TableRelation;

/** Where a job writes. */
export type Sink = DataTarget | TableSink;

/** A column to make up. Its name hints at plausible values. */
export interface FakeColumn {
  readonly name: string;
  readonly type: Column["type"];
}

/** One canonical job. A job without `target` returns rows. `R` is what it reads, `S` where it writes: by default files. */
export type CanonicalJob<R = DataSource, S = DataTarget> =
  | {
      readonly kind: "query";
      readonly sql: string;
      /** The URI of the directory in which relative paths of the SQL begin; absent: it names no files. */
      readonly root?: string;
      readonly sources: readonly R[];
      readonly limit?: number;
      readonly target?: S;
    }
  | {
      readonly kind: "format";
      readonly source: R;
      /** Columns to keep, in this order, partition columns included; absent: all. */
      readonly columns?: readonly string[];
      /** Keeps only rows with one of these sets of partition values. */
      readonly partitions?: readonly Readonly<Record<string, string | null>>[];
      readonly target: S;
    }
  /** Unites many schemas: each source's columns are cast to `columns`; a missing column is null. */
  | {
      readonly kind: "merge";
      readonly sources: readonly R[];
      readonly columns: Schema;
      readonly target: S;
    }
  | {
      readonly kind: "dedupe";
      readonly source: R;
      /** Empty: whole rows. */
      readonly keys: readonly string[];
      readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[];
      readonly keep: "first" | "last";
      readonly target: S;
    }
  | {
      readonly kind: "summarize";
      readonly source: R;
      readonly columns: readonly Column[];
      readonly target?: S;
    }
  | { readonly kind: "preview"; readonly source: R; readonly limit: number; readonly target?: S }
  | {
      readonly kind: "fake";
      readonly columns: readonly FakeColumn[];
      readonly size: number;
      readonly seed: number;
      readonly target?: S;
    };

/** A canonical job over whatever relations and sinks there are, before an engine is chosen for it. */
export type AnyJob = CanonicalJob<Relation, Sink>;

/** One statement in the dialect of the engine, for engines that take no canonical jobs. */
export interface Statement {
  readonly kind: "statement";
  readonly sql: string;
}

/** What an engine receives: a canonical job, or one statement, as its manifest says. */
export type Work = CanonicalJob | Statement;
