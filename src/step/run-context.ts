/** Everything that a run works with: the bundle, engines, the run's journal, and the world as arguments. */

import type { Bundle, ModuleReference } from "../bundle/bundle.ts";
import type { StepEffects } from "../bundle/effects.ts";
import type { Config } from "../engine/config.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Clock } from "../model/clock.ts";
import type { RunJournal } from "../model/run.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { Owner } from "../model/table.ts";
import type { DeclaredTables } from "../operator/declared/declared-tables.ts";
import type { BuiltinOperator, Parameters } from "../operator/operator.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { OnStall } from "./settled.ts";

/** The values of `${run.*}`; instants are ISO 8601. */
export interface RunTimes {
  readonly at: string;
  readonly date: string;
  readonly start: string;
  readonly end: string;
  readonly key: string;
}

/** Limits the concurrent work of each client. */
export interface ClientLimits {
  /** Waits for a free slot in each of the named clients with a limit. */
  use<T>(clients: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** An output that a step is about to write. */
export interface StepOutput {
  readonly step: string;
  /** The storage that the path belongs to. */
  readonly client: ClientRecord;
  readonly path: string;
}

export interface RunContext {
  readonly bundle: Bundle;
  readonly journal: RunJournal;
  readonly times: RunTimes;
  readonly engines: EngineSource;
  readonly configs: ReadonlyMap<string, Config>;
  readonly builtin: (namespace: string, command: string) => BuiltinOperator | null;
  readonly loadModule: (module: ModuleReference) => Promise<unknown>;
  readonly clock: Clock;
  readonly owner?: Owner;
  /** The tables that the project declares, in the clients of a config. */
  readonly declared: (config: Config) => DeclaredTables;
  /** How many steps run at once. */
  readonly parallelism: number;
  readonly limits: ClientLimits;
  /** The environment of the process, for the project's own modules. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False when somebody runs an operator by hand. */
  readonly asStep: boolean;
  /** Paths that earlier runs of the same deployment wrote. A step may overwrite them without `overwrite`. */
  readonly ownPaths: ReadonlySet<string>;
  /** Digests of each step's inputs from outside the run, by step id and name, taken when the run began. */
  readonly inputs: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly earlierRun: EarlierRun;
  /** Answers for steps whose end is unknown, by the address of the step or its deployment. */
  readonly resolutions: ReadonlyMap<string, "redo" | "done">;
  /** Why a step with these effects must not run, or `null`. */
  readonly guard?: (effects: StepEffects, parameters: Parameters) => string | null;
  /** Throws if somebody else took over the apply of this run. The run then does and records nothing more. */
  readonly stillHeld?: () => Promise<void>;
  /** Resolves when it is durably recorded that a step writes an output, so that a later process finds what a kill leaves of it. */
  readonly willWrite: (output: StepOutput) => Promise<void>;
  /** Why the files at an output must not be replaced, or `null`. Absent: they may be. */
  readonly mayReplace?: (output: StepOutput) => Promise<string | null>;
  readonly signal: AbortSignal;
  /** Tells that the process has nothing left to do: what a step still waits for never comes. */
  readonly onStall: OnStall;
  /** Takes events; must not throw. */
  readonly emit: (event: RunEvent) => void;
}

/** Facts about the resumed run as a whole. */
export interface EarlierRun {
  /** True if its records exist: then a step without a record never began. */
  readonly isAtHand: boolean;
  /** True if one of its finished steps drops tables: it may have removed what other steps wrote. */
  readonly tookAway: boolean;
}
