/** What was found in one file, before files are united. Types, and the errors about a file that can't be read. */
import type { Schema } from "../../model/schema.ts";
import type { CsvDialect, FileFormat } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";

/** A column or a part of one, `order.items[].id`, that values of several kinds were seen of. */
export interface Widened {
  readonly path: string;
  readonly from: readonly string[];
  readonly to: string;
}

/** The schema of one file. A type of kind `unknown` is one that only nulls were seen of. */
export interface FileSchema {
  readonly path: string;
  readonly format: FileFormat;
  readonly columns: Schema;
  readonly csv?: CsvDialect;
  /** One JSON document in one line: as good as `jsonl`, when the other files are. */
  readonly alsoLines?: boolean;
  readonly widened: readonly Widened[];
  /** Fields that some records of the file lack. */
  readonly missing: readonly string[];
  /** Sentences that don't name the file. */
  readonly notes: readonly string[];
}

/** Part of a text file: all of it when it is small, else its first and last lines. */
export interface TextSample {
  readonly path: string;
  readonly text: string;
  /** True when `text` is the whole file. */
  readonly whole: boolean;
  /** The last lines of a file that `text` is only the start of; empty when they were not read. */
  readonly tail: string;
  /** The last character that is no white space; empty when the end was not read. */
  readonly closing: string;
  readonly compression: "none" | "gzip";
  /** A byte order mark was in front of `text`. */
  readonly mark: boolean;
}

/** The error for a file that can't be read as what it is. `problem` follows the name of the file, `advice` says what to do. */
export const unreadable = (path: string, problem: string, advice: string, cause?: unknown): ProviderError =>
  new ProviderError("invalid", `"${path}" ${problem}. ${advice}`, cause === undefined ? {} : { cause });

/** The extension of a path in lower case, without the `.gz` behind it. */
export const extensionOf = (path: string): string =>
  /\.([^./]+)$/.exec(path.replace(/\.gz$/i, ""))?.[1]?.toLowerCase() ?? "";
