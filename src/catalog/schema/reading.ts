/** The result of reading the schema of files. Types only. */
import type { FileStat } from "../../engine/storage.ts";
import type { CsvSettings, FileSettings } from "../../model/read-settings.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { CsvDialect, FileFormat, Partition } from "../../model/table.ts";
import type { FileSchema } from "./file.ts";
import type { Lacking } from "./lacking.ts";

export interface ReadSchemaOptions {
  /** How many text files to read: first, last and evenly spaced in name order. Default: all files of up to 64 MB together, otherwise 10. */
  readonly sampleSize?: number | "all";
  /** `all`: all values of each file; `ends`: the first and last ones. Default: all values of files of up to 64 MB together. */
  readonly values?: "all" | "ends";
  /** How delimited files are read, as people said. Without a header, columns are `col_0, col_1, ...`. */
  readonly csv?: CsvSettings;
  /** Which files are data, as people said. */
  readonly files?: FileSettings;
  /** The names that the columns are known to have, which tell a header from data. */
  readonly names?: readonly string[];
  /** Reads files as this format, whatever they look like. */
  readonly format?: FileFormat;
  readonly nullPadding?: boolean;
  /** True when the metastore folds case, so that names that differ only in case conflict. Default true. */
  readonly foldsCase?: boolean;
  /** Parquet: `all` footers are read, whatever the sample; a sample is enough where nothing is read by it. Default `all`. */
  readonly footers?: "all" | "sample";
  /** Reads the footer of a Parquet file, instead of the reader's own way, to keep what was read before. */
  readonly readFooter?: (file: FileStat) => Promise<FileSchema>;
  readonly signal?: AbortSignal;
}

/** A column of a file that a job can't read although its type is known. */
export interface Unreadable {
  readonly column: string;
  /** A sentence that names column and file. */
  readonly message: string;
}

/** A file, and the names of its columns. */
export interface Layout {
  readonly file: string;
  readonly names: readonly string[];
}

/** Files that have one schema and are read in one way. */
export interface FileGroup {
  readonly format: FileFormat;
  readonly columns: Schema;
  readonly csv?: CsvDialect;
  /** Columns other than text hold empty texts in quotes, which are nulls there. */
  readonly hasEmptyTexts?: boolean;
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
  /** Some files, or some values of a file, were not read. */
  readonly isSampled: boolean;
  /** The kinds of the values of text files, by path: a column, or a part of it such as `order.items[].id`. Empty: not known. */
  readonly kinds: ReadonlyMap<string, number>;
  /** The notes about the files themselves, which hold whatever types their columns are read as. */
  readonly fileNotes: readonly string[];
  /** Those of the notes that say that files or values were not read. */
  readonly samplingNotes: readonly string[];
  /** Sentences about sampling, empty files, widened fields, columns of only nulls and missing columns. */
  readonly notes: readonly string[];
  /** Columns that are known by `names`, and that some of the files that were read lack. */
  readonly lacking: readonly Lacking[];
  /** The first file of each set of names of columns, in name order; empty if all files that were read have the same. */
  readonly layouts: readonly Layout[];
  /** Columns that a job fails to read; `notes` and `fileNotes` say them too. */
  readonly unreadable: readonly Unreadable[];
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
