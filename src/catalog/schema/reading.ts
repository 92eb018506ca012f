/** The result of reading the schema of files. Types only. */
import type { FileStat } from "../../engine/storage.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { CsvDialect, FileFormat, Partition } from "../../model/table.ts";

export interface ReadSchemaOptions {
  /** How many files to read; default 10. The choice is deterministic: first, last and evenly spaced in name order. */
  readonly sampleSize?: number | "all";
  /** False: the first row of a delimited file is data, columns are `col_0, col_1, ...`. Default true. */
  readonly readHeaders?: boolean;
  /** Reads files as this format, whatever they look like. */
  readonly format?: FileFormat;
  readonly nullPadding?: boolean;
  /** True when the metastore folds case, so that names that differ only in case conflict. Default true. */
  readonly foldsCase?: boolean;
  readonly signal?: AbortSignal;
}

/** Files that have one schema and are read in one way. */
export interface FileGroup {
  readonly format: FileFormat;
  readonly columns: Schema;
  readonly csv?: CsvDialect;
  /** Paths in name order. A file that was not sampled belongs to the group of the nearest sampled file before it. */
  readonly files: readonly string[];
}

/** The schema of a set of files. The reader throws ProviderError `not_found` when there are no files, and `invalid` for a file that it can't read. */
export interface SchemaReading {
  readonly format: FileFormat;
  /** The united and widened columns of the files. */
  readonly columns: Schema;
  /** Columns from `key=value` folders, with inferred types. */
  readonly partitions: readonly Column[];
  readonly partitionValues: readonly Partition[];
  readonly csv?: CsvDialect;
  /** All data files, sampled or not, without the empty ones. */
  readonly files: readonly FileStat[];
  readonly groups: readonly FileGroup[];
  /** Sentences about sampling, empty files, widened fields, columns of only nulls and missing columns. */
  readonly notes: readonly string[];
  /** Set when the files can't be one table. Holds a sentence, and each distinct schema with its files and differing columns. */
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
