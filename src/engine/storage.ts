/**
 * The storage role: files below a root. Types only. Paths are those of src/model/path.ts. Every verb fails with a ProviderError
 * (src/provider/error.ts); lists are complete or fail.
 */

/** A file as storage gives it. */
export interface FileStat {
  readonly path: string;
  readonly kind: "file" | "directory";
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Version of the content where storage has one; for `ifMatch`. */
  readonly etag?: string;
}

/** What stands for the content of some files: changes when a file is added, removed or its content changes. */
export interface Fingerprint {
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
}

export interface WriteOptions {
  /** Fail with code `exists` when the path exists; the file appears whole or not at all. */
  readonly ifAbsent?: boolean;
  /** Fail with code `conflict` when the content is not the one with this etag. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** Files. `fingerprint`, `copy`, `move` and `ifMatch` may be absent from a manifest's verbs. */
export interface Storage {
  /** Files directly in `path` (with directories), or all files below it when `recursive`; sorted by path, hidden ones (`.` or `_` first) too. An absent path gives none. */
  list(
    path: string,
    options?: { readonly recursive?: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly FileStat[]>;
  /** The file or directory, or `null`. */
  stat(path: string): Promise<FileStat | null>;
  /** Data files that a file, directory or glob means, sorted by path; parts that start with `.` or `_` are left out. */
  expand(pattern: string): Promise<readonly FileStat[]>;
  /** The bytes of a file, or of `[start, end)`; past the end gives what there is. */
  read(path: string, range?: { readonly start: number; readonly end: number }): Promise<Uint8Array>;
  write(path: string, body: Uint8Array | string, options?: WriteOptions): Promise<void>;
  /** Deletes a file, or a directory with all below it; an absent one is fine. `ifEmpty`: only a directory with nothing in it, else nothing happens. */
  delete(path: string, options?: { readonly ifMatch?: string; readonly ifEmpty?: boolean }): Promise<void>;
  copy?(from: string, to: string): Promise<void>;
  /** Renames a file or directory; fails with `exists` when `to` exists. */
  move?(from: string, to: string): Promise<void>;
  fingerprint?(pattern: string): Promise<Fingerprint>;
  /** The path as an execution engine reads it, with its scheme: `file:///data/x`, `s3://bucket/x`. Does no I/O. */
  uri(path: string): string;
}
