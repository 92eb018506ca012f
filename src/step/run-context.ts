/** What a run is given: the bundle, engines, the journal of the run, and the world as arguments. */
import type { Bundle, ModuleReference } from "../bundle/bundle.ts";
import type { Config } from "../engine/config.ts";
import type { Clock } from "../model/clock.ts";
import type { RunJournal } from "../model/run.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { Owner } from "../model/table.ts";
import type { BuiltinOperator } from "../operator/operator.ts";
import type { EngineSource } from "../provider/engine-source.ts";

/** What `${run.*}` means; instants are ISO 8601. */
export interface RunTimes {
  readonly at: string;
  readonly date: string;
  readonly start: string;
  readonly end: string;
  readonly key: string;
}

/** Lets so many pieces of work of one name go on at once. */
export interface ClientLimits {
  /** Waits for a place in each of the named clients that has a limit. */
  use<T>(clients: readonly string[], work: () => Promise<T>): Promise<T>;
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
  /** Steps at once. */
  readonly parallelism: number;
  readonly limits: ClientLimits;
  /** The process's environment, for the project's own modules. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False for an operator that somebody runs by hand. */
  readonly asStep: boolean;
  /** Paths that earlier runs of the same deployment wrote: a step may write there again without `overwrite`. */
  readonly ownPaths: ReadonlySet<string>;
  /** By id of the step: digests of what it reads from outside of the run, by name, as they were when the run began. */
  readonly inputs: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly earlierRun: EarlierRun;
  /** What was said of steps whose end is not known, by the address of the step or of its deployment. */
  readonly resolutions: ReadonlyMap<string, "redo" | "done">;
  /** Throws when somebody else took over the apply that this run belongs to: then nothing more is done or written down. */
  readonly stillHeld?: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Takes events; must not throw. */
  readonly emit: (event: RunEvent) => void;
}

/** What is known of the run that is gone on with, as a whole. */
export interface EarlierRun {
  /** With its record at hand, a step that is not in it never began. */
  readonly isAtHand: boolean;
  /** A step of it that was done drops tables: whether what others wrote was taken away by it, nobody can tell. */
  readonly tookAway: boolean;
}
