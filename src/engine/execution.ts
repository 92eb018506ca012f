/** The execution role: computing on data. Types only. */
import type { Work } from "../job/job.ts";
import type { Job, ResultPage } from "../model/job.ts";
import type { Schema } from "../model/schema.ts";
import type { Table } from "../model/table.ts";

/** What a piece of SQL names and whether it can be parsed. Position is the 0-based offset in the SQL. */
export type SqlReferences =
  | { readonly ok: true; readonly kind: "select" | "other"; readonly tables: readonly (readonly string[])[] }
  | { readonly ok: false; readonly message: string; readonly offset?: number };

/** Columns and types that a query would give, or why it would not run. */
export type Described =
  | { readonly ok: true; readonly columns: Schema }
  /** `undecided`: it may well run, but its columns can't be known before (it reads files by itself). */
  | { readonly ok: false; readonly message: string; readonly offset?: number; readonly undecided?: true };

export interface SubmitOptions {
  readonly signal?: AbortSignal;
}

export interface Execution {
  readonly dialect: string;
  /** Starts work and returns at once; a token that was used before gives the job that it started. */
  submit(work: Work, token: string, options?: SubmitOptions): Promise<Job>;
  findJob?(token: string): Promise<Job | null>;
  getJob(id: string): Promise<Job | null>;
  /** Waits for the end where the engine can tell without polling; `progress` goes from 0 to 1. */
  waitJob?(
    id: string,
    options: { readonly signal?: AbortSignal; readonly progress?: (part: number) => void },
  ): Promise<Job>;
  cancelJob(id: string): Promise<void>;
  listJobs?(options?: { readonly limit?: number }): Promise<readonly Job[]>;
  /** Rows of a succeeded job; pages in order, each at most 1,000 rows. */
  results(id: string, page?: string): Promise<ResultPage>;
  logs(id: string): Promise<string>;
  /** Tables that statements name; nothing is run or read. Same order as given. */
  references?(statements: readonly string[]): Promise<readonly SqlReferences[]>;
  /** Types a query over the given tables; nothing is run or read. `name` is how the SQL names the table: `[database, table]`. */
  describe?(
    sql: string,
    tables: readonly { readonly name: readonly string[]; readonly table: Pick<Table, "columns" | "partitions"> }[],
  ): Promise<Described>;
  explain?(sql: string): Promise<string>;
  /** Ends what the engine holds open (a process, connections). */
  close?(): Promise<void>;
}
