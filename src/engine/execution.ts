/** The execution role: computing on data. Types only. */

import type { Work } from "../job/job.ts";
import type { Json } from "../json.ts";
import type { Job, ResultPage } from "../model/job.ts";
import type { Schema } from "../model/schema.ts";
import type { Table } from "../model/table.ts";

/** Files that a statement reads itself, by a function such as `read_csv` or by `FROM 'file.csv'`. */
export interface SqlFile {
  /** The text of the path, with `**` for parts that are known when it runs; `null` if its beginning is not known. */
  readonly path: string | null;
  /** Why no run can read it, and what to write: a path has to begin with text. */
  readonly problem?: string;
  /** The 0-based place of the string or name that the path begins with. */
  readonly offset: number;
  /** The function that reads it, as it is written; absent: it is named like a table. */
  readonly call?: FileCall;
}

/** A function that reads files. */
export interface FileCall {
  readonly name: string;
  /** The 0-based place of its name. */
  readonly offset: number;
  /** The names of its options, in lower case. */
  readonly options: readonly string[];
}

/** The tables that a statement names and the files that it reads, or why it can't be parsed. `offset` is 0-based. */
export type SqlReferences =
  | {
      readonly ok: true;
      readonly kind: "select" | "other";
      readonly tables: readonly (readonly string[])[];
      /** Absent: the statement reads none. */
      readonly files?: readonly SqlFile[];
    }
  /** `undecided`: the parser is not the engine's, which may understand the statement. */
  | { readonly ok: false; readonly message: string; readonly offset?: number; readonly undecided?: true };

/** The columns that a query would return, or why it would fail. */
export type Described =
  | { readonly ok: true; readonly columns: Schema }
  /** `undecided`: the query may run, but its columns can't be known in advance, because it reads files that are not there yet or is too large to type. */
  | { readonly ok: false; readonly message: string; readonly offset?: number; readonly undecided?: true };

export interface SubmitOptions {
  readonly signal?: AbortSignal;
}

/** How a job is looked at. */
export interface LookOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds that the answer may wait for the job's end. An engine that can't wait answers at once. Default: 0. */
  readonly wait?: number;
}

/**
 * Every verb about a job takes its handle: the `handle` that `submit`, `findJob` or the last `getJob` gave, or the job's id where they gave none.
 * A verb that fails for a while says so (`retryable`); it never says that a job is absent if it does not know.
 */
export interface Execution {
  readonly dialect: string;
  /** The catalog of the client: the first part of three-part names of its tables. Absent: the engine has no catalogs. */
  readonly catalog?: string;
  /**
   * Starts work and returns at once. With `find: token`, a token that was used before returns the job that it started, so a lost answer
   * is asked for again.
   */
  submit(work: Work, token: string, options?: SubmitOptions): Promise<Job>;
  /** The job of a token, for engines with `find: token` or `find: name`. */
  findJob?(token: string): Promise<Job | null>;
  /** The job as it is now, with a new handle if the old one is used up; `null` for a job that the engine does not know. */
  getJob(handle: Json, options?: LookOptions): Promise<Job | null>;
  /** Cancelling a job that is absent or has ended succeeds. */
  cancelJob(handle: Json): Promise<void>;
  listJobs?(options?: { readonly limit?: number }): Promise<readonly Job[]>;
  /** The rows of a succeeded job, in pages of at most 1,000 rows. */
  results(handle: Json, page?: string): Promise<ResultPage>;
  logs(handle: Json): Promise<string>;
  /** The tables that each statement names, in the order given. Runs and reads nothing. */
  references?(statements: readonly string[]): Promise<readonly SqlReferences[]>;
  /**
   * Types a query over the given tables. Runs nothing. `name` is the table's name in the SQL: `[database, table]`. With a `root`, the URI of a
   * directory in which relative paths begin, files below it are looked at; without one, no file is reached.
   */
  describe?(
    sql: string,
    tables: readonly { readonly name: readonly string[]; readonly table: Pick<Table, "columns" | "partitions"> }[],
    options?: { readonly root?: string },
  ): Promise<Described>;
  explain?(sql: string): Promise<string>;
  /** Closes what the engine holds open: a process, connections. */
  close?(): Promise<void>;
}
