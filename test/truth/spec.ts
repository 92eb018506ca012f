/** What a random project is made of: plain data, so that a part of it can be left out and the rest be tried again. */
import type { FileFormat } from "../../src/model/table.ts";

export interface RawColumn {
  readonly name: string;
  /** The name of a kind. */
  readonly kind: string;
}

/** Files that nobody but the test writes. */
export interface Raw {
  /** Below the storage root. */
  readonly path: string;
  readonly format: FileFormat;
  readonly layout: "file" | "files" | "subset" | "folders";
  readonly gzip: boolean;
  /** The first line names the columns; without it they are `col_0` and so on, and whoever reads the files must say so. */
  readonly header: boolean;
  readonly delimiter: string;
  /** Rows without a value leave the field out, in place of a null. */
  readonly sparse: boolean;
  /** The first one is the id. */
  readonly columns: readonly RawColumn[];
  /** Columns in the names of folders. */
  readonly folders: readonly RawColumn[];
  readonly files: number;
  readonly rows: number;
  /** The last rows repeat the first ones. */
  readonly repeats: number;
  readonly seed: number;
}

/** A table declared over raw files. */
export interface Declared {
  readonly database: string;
  readonly name: string;
  /** Which raw files. */
  readonly raw: number;
}

/** What an operation reads: files by their path, or a table. Numbers count within the spec. */
export type Source =
  | { readonly by: "path"; readonly raw: number; readonly glob?: boolean }
  | { readonly by: "path"; readonly op: number }
  | { readonly by: "table"; readonly declared: number }
  /** The table that an `infer` makes. */
  | { readonly by: "table"; readonly op: number };

/** Where an operation writes. */
export interface Target {
  readonly path: string;
  readonly format: FileFormat;
  /** Columns of the result, by number. */
  readonly partitions: readonly number[];
}

export type QueryShape =
  | "star"
  | "pick"
  | "group"
  | "join"
  | "cte"
  | "empty"
  | "expression"
  | "dollar"
  | "window"
  /** Its text has a value that only the run knows. */
  | "hole"
  /** Names files in place of a table. */
  | "files"
  | "union";

export type Op =
  | {
      readonly kind: "infer";
      readonly source: Source;
      readonly database: string;
      readonly table: string;
      readonly named: boolean;
    }
  | {
      readonly kind: "query";
      readonly sources: readonly Source[];
      readonly shape: QueryShape;
      readonly picks: readonly number[];
      /** The number of an expression; of the rare ones for `expression`. */
      readonly expression: number;
      readonly exotic: boolean;
      /** Raised by an edit. */
      readonly salt: number;
      readonly limit: boolean;
      readonly target: Target;
    }
  | {
      readonly kind: "format";
      readonly source: Source;
      readonly keep: readonly number[] | null;
      /** Keeps one partition of a source that has some. */
      readonly onePartition: boolean;
      readonly target: Target;
    }
  | { readonly kind: "merge"; readonly sources: readonly Source[]; readonly target: Target }
  | { readonly kind: "dedupe"; readonly source: Source; readonly keys: readonly number[]; readonly target: Target }
  | { readonly kind: "summarize"; readonly source: Source; readonly target: Target }
  | { readonly kind: "fake"; readonly source: Source | null; readonly size: number; readonly target: Target }
  | { readonly kind: "get"; readonly source: Source; readonly limit: number; readonly target: Target }
  /** Of the table that an `infer` of the same deployment made. */
  | { readonly kind: "refresh" | "delete"; readonly source: Source };

/** A deployment: operations that follow each other; more than one make a workflow. */
export interface Group {
  readonly name: string;
  readonly movedFrom?: string;
  readonly ops: readonly number[];
  /** Parameters are pulled from earlier steps where they can be. */
  readonly pulls: boolean;
}

export type Edit =
  | { readonly kind: "add_file" | "change_value" | "remove_file"; readonly raw: number }
  | { readonly kind: "rename_column"; readonly raw: number; readonly column: number }
  | { readonly kind: "change_query"; readonly op: number }
  | { readonly kind: "rename_deployment"; readonly group: number };

export interface Spec {
  readonly seed: number;
  readonly raws: readonly Raw[];
  readonly declared: readonly Declared[];
  /** `null`: left out. */
  readonly ops: readonly (Op | null)[];
  readonly groups: readonly Group[];
  readonly edits: readonly Edit[];
}

/** What an operation is called where faults are counted. */
export function labelOf(op: Op): string {
  if (op.kind !== "query") return op.kind;
  return op.shape === "files" || op.shape === "hole" ? `query of ${op.shape}` : op.kind;
}

/** The sources of an operation. */
export function sourcesOf(op: Op): readonly Source[] {
  if ("sources" in op) return op.sources;
  return op.source === null ? [] : [op.source];
}

/** The target of an operation that writes files. */
export const targetOf = (op: Op): Target | null => ("target" in op ? op.target : null);
