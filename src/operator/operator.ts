/**
 * The contract between an operator and its runner. Operators call verbs of engines and build canonical jobs. This folder holds
 * the built-in operators, one file each, grouped by namespace. It imports no SDK and nothing from Node.
 */
import type { Lacking } from "../catalog/schema/lacking.ts";
import type { Layout, ReadSchemaOptions, Unreadable } from "../catalog/schema/reading.ts";
import type { Engines } from "../engine/engines.ts";
import type { AnyJob } from "../job/job.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Job, Mismatches } from "../model/job.ts";
import type { Schema } from "../model/schema.ts";
import type { Table } from "../model/table.ts";
import type { DeclaredTables } from "./declared/declared-tables.ts";
import type { WrittenShape } from "./declared/misfits.ts";
import type { OperatorDefinition } from "./definition.ts";

/** Parameter values with defaults filled in and types checked. A parameter with neither value nor default is absent. */
export type Parameters = Readonly<Record<string, Json>>;

/** The input of an operator's run. */
export interface OperatorContext {
  readonly parameters: Parameters;
  readonly engines: Engines;
  /** Identifies this work and its attempt; the names of staged outputs contain it: `[a-z0-9-]+`. */
  readonly token: string;
  /** Tokens of interrupted attempts that this one replaces because its inputs differ. Their jobs can't be reused. */
  readonly supersedes?: readonly string[];
  /** The owner of tables that this run creates; absent outside a deployment. */
  readonly owner?: { readonly lineage: string; readonly address: string };
  /** The tables that the project declares in the clients of this config. What is written must fit them. */
  readonly declared: DeclaredTables;
  /** True for a step of a workflow or deployment, where a job that still runs is a retryable failure; false for a run by hand. */
  readonly asStep: boolean;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Resolves when it is durably recorded that this try writes an output. Must be called before anything beside the path or at it is touched. */
  readonly willWrite?: (path: string) => Promise<void>;
  /** Throws if the files at an output must not be replaced. Asked before {@link willWrite}. */
  readonly mayReplace?: (path: string) => Promise<void>;
  /** Adds a line to the step's log. */
  log(line: string): void;
  /** Reports progress, from 0 to 1. */
  progress(part: number): void;
  /**
   * Submits a job to the execution engine under `token` and waits until it ends, with progress and cancellation. Throws ProviderError
   * when the job fails.
   */
  compute(job: AnyJob): Promise<Job>;
}

/** The output of an operator's run. */
export interface OperatorResult {
  /** Values for later steps, by declared output name. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Rows or one object for people and `--json`. */
  readonly data: readonly Json[];
  /** Sentences for the user. */
  readonly info: readonly string[];
  readonly warnings: readonly string[];
  /** The values that its jobs left out; filled in by the runner. */
  readonly mismatches?: readonly Mismatches[];
}

/** What a step fails to read of the files at a path. `column`: `null` when a file can't be read at all. */
export interface FileProblem {
  readonly path: string;
  readonly column: string | null;
  readonly message: string;
}

/** How certain the columns of a preview are. */
export type Certainty = "checked" | "predicted" | "unknown";

/** How files are read for their schema; the same for the plan and the run. */
export type FileOptions = Omit<ReadSchemaOptions, "signal" | "readFooter">;

/** The world of a step as the plan knows it: what exists, and what earlier steps would have made. */
export interface PreviewContext {
  readonly parameters: Parameters;
  readonly engines: Engines;
  /** Names of parameters whose value is known only after apply. */
  readonly unknown: ReadonlySet<string>;
  /** The tables that the project declares in the clients of this config. */
  readonly declared: DeclaredTables;
  /** The table as it would be when this step starts, or `null`. */
  table(database: string, name: string): Promise<Table | null>;
  /**
   * The schema of files as it would be when this step starts, or `null` when it can't be told. Throws ProviderError `invalid` for
   * files that are there and can't be read, and `conflict` for files that can't be one table.
   */
  files(
    pattern: string,
    options?: FileOptions,
  ): Promise<{
    readonly columns: Schema;
    readonly partitions: Schema;
    readonly format: Table["format"];
    /** Sentences about the files. */
    readonly notes?: readonly string[];
    /** Those of the notes that say that files or values were not read. */
    readonly samplingNotes?: readonly string[];
    /** Columns that a job fails to read. */
    readonly unreadable?: readonly Unreadable[];
    /** The kinds of the values, by path; absent where nobody has read them. */
    readonly kinds?: ReadonlyMap<string, number>;
    /** Columns that are known by the option `names` and that some files lack. */
    readonly lacking?: readonly Lacking[];
    /** The first file of each set of names of columns; absent or empty where all have the same. */
    readonly layouts?: readonly Layout[];
    /** Whether delimited files have one. */
    readonly hasHeader?: boolean;
    /** True where types depend on values that an earlier step has yet to write. */
    readonly isPredicted?: boolean;
  } | null>;
  /** Types a query over tables as `table` describes them. */
  describe(
    sql: string,
    extra: readonly {
      readonly name: string;
      readonly table: Pick<Table, "columns" | "partitions"> & Partial<Pick<Table, "database" | "name">>;
    }[],
    /** The tables to type it over, in place of the method {@link table}. */
    table?: PreviewContext["table"],
  ): Promise<
    /** `isPredicted`: types of the tables depend on values that are not written yet. */
    | { readonly ok: true; readonly columns: Schema; readonly isPredicted?: boolean }
    | { readonly ok: false; readonly message: string; readonly offset?: number }
    | null
  >;
}

/** What a step would do, as the plan shows it. */
export interface Preview {
  /** One line: `raw/orders -> sales.orders`. */
  readonly summary: string;
  readonly columns?: Schema;
  readonly certainty: Certainty;
  /** The SQL or the kind of job that would run. */
  readonly statements: readonly string[];
  /** What would exist afterwards. */
  readonly makes: readonly (
    | { readonly table: Table; readonly isPredicted?: boolean }
    | {
        readonly path: string;
        readonly columns: Schema;
        readonly partitions: Schema;
        readonly format: Table["format"];
        /** True where types depend on the values that will be written. */
        readonly isPredicted?: boolean;
      }
    | { readonly dropped: { readonly database: string; readonly table: string }; readonly data?: string }
  )[];
  /** What it would write to its `output_path`, when that is known, and the paths and globs that it reads for it. */
  readonly writes?: WrittenShape & { readonly inputs: readonly string[] };
  /** Errors that are certain to occur: an unknown column. */
  readonly problems: readonly { readonly parameter?: string; readonly message: string }[];
  /** What can't be read of the files at a path: an error that is certain to occur, unless code of the project changes them before. */
  readonly unreadable?: readonly FileProblem[];
  /** Sentences about the files that would be read: what was left out, guessed, or predicted from a sample. */
  readonly notes?: readonly string[];
}

/** A built-in operator. */
export interface BuiltinOperator {
  readonly definition: OperatorDefinition;
  readonly run: (context: OperatorContext) => Promise<OperatorResult>;
  /** Absent for operators that can't be previewed. */
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

/** Returns the module unchanged; it only gives it a type. */
export const defineOperator = (module: OperatorModule): OperatorModule => module;
