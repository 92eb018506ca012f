/**
 * The contract between an operator and what runs it. Operators are written in verbs of engines and in canonical jobs; this
 * folder holds the built-in ones, a file each by namespace, and imports no SDK and nothing of Node.
 */
import type { Engines } from "../engine/engines.ts";
import type { CanonicalJob } from "../job/job.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Job } from "../model/job.ts";
import type { Schema } from "../model/schema.ts";
import type { Table } from "../model/table.ts";
import type { OperatorDefinition } from "./definition.ts";

/** Parameter values after defaults and types were checked; a parameter without value and default is absent. */
export type Parameters = Readonly<Record<string, Json>>;

/** What an operator is given to run. */
export interface OperatorContext {
  readonly parameters: Parameters;
  readonly engines: Engines;
  /** Names this piece of work and its attempt; staged outputs carry it: `[a-z0-9-]+`. */
  readonly token: string;
  /** Tokens of tries that were cut off and that this one takes the place of, since what decides on the result is another: their jobs are of no use. */
  readonly supersedes?: readonly string[];
  /** Who a table belongs to that is made here; absent outside a deployment. */
  readonly owner?: { readonly lineage: string; readonly address: string };
  /** True for a step of a workflow or deployment, where a job that still runs is a failure that can pass; false when a person asks. */
  readonly asStep: boolean;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Resolves when it is durably recorded that this try writes an output. Must be called before anything beside the path or at it is touched. */
  readonly willWrite?: (path: string) => Promise<void>;
  /** A line for the step's log. */
  log(line: string): void;
  /** How much is done, from 0 to 1. */
  progress(part: number): void;
  /**
   * Hands a job to the execution engine under `token` and waits for its end, with progress and cancellation; an engine whose jobs
   * outlive the process gives the job as soon as it is accepted. Throws ProviderError when the job failed.
   */
  compute(job: CanonicalJob): Promise<Job>;
}

/** What an operator gives back. */
export interface OperatorResult {
  /** Values for later steps, by the names that its definition declares. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Rows or one object for people and `--json`. */
  readonly data: readonly Json[];
  /** Sentences worth saying. */
  readonly info: readonly string[];
  readonly warnings: readonly string[];
}

/** How sure the columns of a preview are. */
export type Certainty = "checked" | "predicted" | "unknown";

/** What the plan knows about the world of a step: what is there, and what earlier steps would have made. */
export interface PreviewContext {
  readonly parameters: Parameters;
  readonly engines: Engines;
  /** Names of parameters whose value is known after apply only. */
  readonly unknown: ReadonlySet<string>;
  /** The table as it would be when this step starts, or `null`. */
  table(database: string, name: string): Promise<Table | null>;
  /** The schema of files as it would be when this step starts, or `null` when nothing can be said. */
  files(
    pattern: string,
  ): Promise<{ readonly columns: Schema; readonly partitions: Schema; readonly format: Table["format"] } | null>;
  /** Types a query whose tables are as `table` says. */
  describe(
    sql: string,
    extra: readonly { readonly name: string; readonly table: Pick<Table, "columns" | "partitions"> }[],
  ): Promise<
    | { readonly ok: true; readonly columns: Schema }
    | { readonly ok: false; readonly message: string; readonly offset?: number }
    | null
  >;
}

/** What a step would do, for the plan. */
export interface Preview {
  /** One line: `raw/orders -> sales.orders`. */
  readonly summary: string;
  readonly columns?: Schema;
  readonly certainty: Certainty;
  /** The SQL or the kind of job that would run. */
  readonly statements: readonly string[];
  /** What would be there afterwards. */
  readonly makes: readonly (
    | { readonly table: Table }
    | { readonly path: string; readonly columns: Schema; readonly partitions: Schema; readonly format: Table["format"] }
    | { readonly dropped: { readonly database: string; readonly table: string } }
  )[];
  /** Errors that are certain: an unknown column. */
  readonly problems: readonly { readonly parameter?: string; readonly message: string }[];
}

/** A built-in operator. */
export interface BuiltinOperator {
  readonly definition: OperatorDefinition;
  readonly run: (context: OperatorContext) => Promise<OperatorResult>;
  /** Absent for operators about which nothing can be said before they run. */
  readonly preview?: (context: PreviewContext) => Promise<Preview>;
}

/** A result without rows. */
export const result = (part: Partial<OperatorResult>): OperatorResult => ({
  outputs: {},
  data: [],
  info: [],
  warnings: [],
  ...part,
});

/** What a project's own operator module exports: `export default defineOperator({ run })`. */
export interface OperatorModule {
  readonly run: (context: {
    readonly config: Engines;
    readonly parameters: Parameters;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly log: (line: string) => void;
    readonly signal: AbortSignal;
  }) =>
    | Promise<
        | { readonly outputs?: JsonObject; readonly data?: readonly Json[]; readonly info?: readonly string[] }
        | undefined
      >
    | undefined;
}

/** Types an operator module; gives it back as it is. */
export const defineOperator = (module: OperatorModule): OperatorModule => module;
