/** What reading the schema of some files gives (behaviour: formats, sampling, widening, conflicts). Types only. */
import type { FileStat } from "../../engine/storage.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { CsvDialect, FileFormat, Partition } from "../../model/table.ts";

export interface ReadSchemaOptions {
  /** Files whose schema is read; default 10. Deterministic: first, last and evenly spaced in name order. */
  readonly sampleSize?: number | "all";
  /** False: the first row of a delimited file is data, columns are `col_0, col_1, ...`. Default true. */
  readonly readHeaders?: boolean;
  /** Reads files as this format whatever they look like. */
  readonly format?: FileFormat;
  readonly nullPadding?: boolean;
  /** The metastore folds case: names that differ only in case are a conflict. Default true. */
  readonly foldsCase?: boolean;
  readonly signal?: AbortSignal;
}

/** Files that share one schema and one way to be read. */
export interface FileGroup {
  readonly format: FileFormat;
  readonly columns: Schema;
  readonly csv?: CsvDialect;
  /** Paths in name order; files that were not sampled are in the group of the nearest sampled one before them. */
  readonly files: readonly string[];
}

/** What was found. Thrown instead: ProviderError `not_found` (nothing there), `invalid` (a file that can't be read, named; a row too long, with its line). */
export interface SchemaReading {
  readonly format: FileFormat;
  /** Columns of the files, united and widened. */
  readonly columns: Schema;
  /** Columns from `key=value` folders, with inferred types. */
  readonly partitions: readonly Column[];
  readonly partitionValues: readonly Partition[];
  readonly csv?: CsvDialect;
  /** All data files, sampled or not; empty ones left out. */
  readonly files: readonly FileStat[];
  readonly groups: readonly FileGroup[];
  /** Sentences: sampling, empty files, widened fields, columns of only nulls, missing columns. */
  readonly notes: readonly string[];
  /** Set when files can't be one table: a sentence, and each distinct schema with its files and the columns that differ. */
  readonly conflict?: {
    readonly message: string;
    readonly schemas: readonly {
      readonly format: FileFormat;
      readonly columns: Schema;
      readonly files: readonly string[];
      readonly differs: readonly string[];
    }[];
  };
}
