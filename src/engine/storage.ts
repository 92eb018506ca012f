/**
 * The storage role: files below a root. Types only. Paths follow src/model/path.ts. Every failure is a ProviderError
 * (src/provider/error.ts). A list is complete, or it fails.
 */

/** A file or directory of a storage. */
export interface FileStat {
  readonly path: string;
  readonly kind: "file" | "directory";
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** The version of the content, if the storage has versions; for `ifMatch`. */
  readonly etag?: string;
}

/** A digest of some files. It changes when a file is added, removed or altered. */
export interface Fingerprint {
  readonly digest: string;
  /** The digest with the files that do not count, if there are any: version 0.1.0 counted them. */
  readonly whole?: string;
  readonly files: number;
  readonly bytes: number;
}

/** A link to a file or directory. */
export interface Link {
  readonly path: string;
  /** Where it leads, with all links resolved. */
  readonly real: string;
  readonly kind: FileStat["kind"];
}

/** Content that is read piece by piece while it is written, so that it need not fit into memory. Each piece may be read more than once. */
export interface ByteSource {
  readonly size: number;
  /** The bytes of the range `[start, end)`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What a file is written from. */
export type Body = Uint8Array | string | ByteSource;

export interface WriteOptions {
  /** Fails with `exists` when the path exists. The file appears whole or not at all. */
  readonly ifAbsent?: boolean;
  /** Fails with `conflict` when the content has another etag. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** Files. `fingerprint`, `copy`, `move`, `realPath`, `links` and `ifMatch` are optional. */
export interface Storage {
  /** Files and directories in `path`, or all files below it when `recursive`; sorted by path, including hidden ones (`.` or `_` first). An absent path is empty. */
  list(
    path: string,
    options?: { readonly recursive?: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly FileStat[]>;
  /** The file or directory, or `null`. */
  stat(path: string): Promise<FileStat | null>;
  /** The data files of a file, directory or glob, sorted by path. Names that start with `.` or `_` are left out. */
  expand(pattern: string): Promise<readonly FileStat[]>;
  /** The bytes of a file, or of the range `[start, end)`, which may end past the file's end. */
  read(path: string, range?: { readonly start: number; readonly end: number }): Promise<Uint8Array>;
  write(path: string, body: Body, options?: WriteOptions): Promise<void>;
  /** Deletes a file, or a directory with everything below it. Deleting an absent path succeeds. `ifEmpty`: deletes a directory only when it is empty. */
  delete(path: string, options?: { readonly ifMatch?: string; readonly ifEmpty?: boolean }): Promise<void>;
  copy?(from: string, to: string): Promise<void>;
  /** Renames a file or directory; fails with `exists` when `to` exists. */
  move?(from: string, to: string): Promise<void>;
  /** The fingerprint of the files of a pattern, or of those that count. */
  fingerprint?(pattern: string, counts?: (path: string) => boolean): Promise<Fingerprint>;
  /** The path with its links resolved, whether or not it exists. Absent where a storage has no links. */
  realPath?(path: string): Promise<string>;
  /** The links to data of a pattern, and the links on the way to it. Links that lead nowhere are left out. Absent where `realPath` is. */
  links?(pattern: string): Promise<readonly Link[]>;
  /** The URI of a path for execution engines: `file:///data/x`, `s3://bucket/x`. Does no I/O. */
  uri(path: string): string;
}
