/**
 * Canonical jobs: what built-in operators ask of an execution engine, free of any SQL dialect. src/sql compiles them; engines
 * without SQL take them as they are. Every value here is plain data, so that a job can be shown in a plan and kept in a journal.
 */
import type { Column, Schema } from "../model/schema.ts";
import type { CsvDialect, FileFormat } from "../model/table.ts";

/** Files of one schema that a job reads. `files` are URIs as storage gives them, in name order. */
export interface DataSource {
  /** How SQL names it: `[database, table]`; one part for `$table` over a path. */
  readonly name: readonly string[];
  readonly files: readonly string[];
  readonly format: FileFormat;
  readonly csv?: CsvDialect;
  /** Columns in the order of the files, partition columns not among them. */
  readonly columns: Schema;
  /** `key=value` folders of the files' paths become columns after the others. */
  readonly partitions: readonly Column[];
}

/** Where a job writes: a URI that does not exist yet (the operator publishes it afterwards). */
export interface DataTarget {
  readonly uri: string;
  /** A directory of part files, or one file. */
  readonly shape: "directory" | "file";
  readonly format: FileFormat;
  readonly partitionBy: readonly string[];
}

/** A column to make up: a name, a type, and a hint from the name about what is plausible. */
export interface FakeColumn {
  readonly name: string;
  readonly type: Column["type"];
}

/** One canonical job. A job without `target` gives rows. */
export type CanonicalJob =
  | {
      readonly kind: "query";
      readonly sql: string;
      readonly sources: readonly DataSource[];
      readonly limit?: number;
      readonly target?: DataTarget;
    }
  | {
      readonly kind: "format";
      readonly source: DataSource;
      /** Columns to keep in this order, partition columns too; absent: all. */
      readonly columns?: readonly string[];
      /** Only rows whose partition values are among these. */
      readonly partitions?: readonly Readonly<Record<string, string | null>>[];
      readonly target: DataTarget;
    }
  /** Many schemas into one: each source's columns are cast to `columns`, absent ones are null. */
  | {
      readonly kind: "merge";
      readonly sources: readonly DataSource[];
      readonly columns: Schema;
      readonly target: DataTarget;
    }
  | {
      readonly kind: "dedupe";
      readonly source: DataSource;
      /** Empty: whole rows. */
      readonly keys: readonly string[];
      readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[];
      readonly keep: "first" | "last";
      readonly target: DataTarget;
    }
  | {
      readonly kind: "summarize";
      readonly source: DataSource;
      readonly columns: readonly Column[];
      readonly target?: DataTarget;
    }
  | { readonly kind: "preview"; readonly source: DataSource; readonly limit: number; readonly target?: DataTarget }
  | {
      readonly kind: "fake";
      readonly columns: readonly FakeColumn[];
      readonly size: number;
      readonly seed: number;
      readonly target?: DataTarget;
    };

/** What an engine is given: a canonical job. A statement of the user's is a job of kind `query`. */
export type Work = CanonicalJob;
