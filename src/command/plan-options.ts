/** What a plan is asked for. */
import type { GivenPlan } from "../state/journal-entry.ts";
import type { OnUnfinished } from "./state/read-state.ts";

/** What to plan. */
export interface PlanOptions {
  readonly destroy: boolean;
  /** Addresses of deployments that are to run whatever changed. */
  readonly run: readonly string[];
  /** Addresses or globs. */
  readonly target?: readonly string[];
  readonly exclude?: readonly string[];
  readonly allowDestroy?: readonly string[];
  /** Only record what is really there. */
  readonly refreshOnly?: boolean;
  /** Look at no system: what was last seen stands for it. */
  readonly offline?: boolean;
  /** The project is not trusted: no system is looked at, and neither the environment nor .env is read. */
  readonly untrusted?: boolean;
  /** What an unfinished apply means: a warning, an error, or what is gone on with. */
  readonly unfinished: OnUnfinished;
  /** The lineage of a state that does not exist yet; default: a new one. */
  readonly newLineage?: string;
  /** The file that says what is planned, when there is one. */
  readonly given?: GivenPlan;
  /** What is said of steps whose end is not known. */
  readonly resolutions?: ReadonlyMap<string, "redo" | "done">;
}
