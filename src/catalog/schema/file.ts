/** The schema of one file, before files are united, and the error for a file that can't be read. */
import type { Schema } from "../../model/schema.ts";
import type { CsvDialect, FileFormat } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";

/** A column, or a part of one such as `order.items[].id`, that holds values of several kinds. */
export interface Widened {
  readonly path: string;
  readonly from: readonly string[];
  readonly to: string;
}

/** A column of a file that a job can't read, and why: `it is encrypted`. */
export interface UnreadableColumn {
  readonly column: string;
  readonly why: string;
}

/** The schema of one file. The type `unknown` means that only nulls were seen. */
export interface FileSchema {
  readonly path: string;
  readonly format: FileFormat;
  readonly columns: Schema;
  readonly csv?: CsvDialect;
  /** True for one JSON document in one line, which is `jsonl` when the other files are. */
  readonly alsoLines?: boolean;
  /** True when only the first and last values of the file were read. */
  readonly isSampled?: boolean;
  readonly widened: readonly Widened[];
  /** Fields that are missing in some records of the file. */
  readonly missing: readonly string[];
  /** Sentences about the file that don't name it. */
  readonly notes: readonly string[];
  /** Sentences about columns whose type loses a part of their values. */
  readonly losses?: readonly string[];
  /** The kinds of the values, by path as in {@link Widened}; absent in formats that declare their types. */
  readonly kinds?: ReadonlyMap<string, number>;
  /** Columns that have a type and yet can't be read. */
  readonly unreadable?: readonly UnreadableColumn[];
}

/** A part of a text file: the whole file when it is small, otherwise its first and last lines. */
export interface TextSample {
  readonly path: string;
  readonly text: string;
  /** True when `text` is the whole file. */
  readonly whole: boolean;
  /** The last lines of the file when `text` is only its start; empty when they were not read. */
  readonly tail: string;
  /** The last character other than white space; empty when the end was not read. */
  readonly closing: string;
  readonly compression: "none" | "gzip";
  /** True when a byte order mark preceded `text`. */
  readonly mark: boolean;
}

/** The error for a file that can't be read. `problem` follows the file's name; `advice` says what to do. */
export const unreadable = (path: string, problem: string, advice: string, cause?: unknown): ProviderError =>
  new ProviderError("invalid", `"${path}" ${problem}. ${advice}`, cause === undefined ? {} : { cause });

/** The extension of a path in lower case, with any `.gz` removed first. */
export const extensionOf = (path: string): string =>
  /\.([^./]+)$/.exec(path.replace(/\.gz$/i, ""))?.[1]?.toLowerCase() ?? "";
