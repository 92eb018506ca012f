/** What a plan is asked for. */
import type { GivenPlan } from "../state/journal-entry.ts";
import type { OnUnfinished } from "./state/read-state.ts";

/** Options of a plan. */
export interface PlanOptions {
  readonly destroy: boolean;
  /** Addresses of deployments that run even if nothing changed. */
  readonly run: readonly string[];
  /** Addresses or globs. */
  readonly target?: readonly string[];
  readonly exclude?: readonly string[];
  readonly allowDestroy?: readonly string[];
  /** Only record the real objects. */
  readonly refreshOnly?: boolean;
  /** Read no system. The last known facts stand for it. */
  readonly offline?: boolean;
  /** The project is not trusted: read no system, no environment and no .env. */
  readonly untrusted?: boolean;
  /** How to treat an unfinished apply: warn, refuse, or resume it. */
  readonly unfinished: OnUnfinished;
  /** The lineage for a state that does not exist yet. Default: a new one. */
  readonly newLineage?: string;
  /** The plan file, if there is one. */
  readonly given?: GivenPlan;
  /** Answers for steps whose end is unknown. */
  readonly resolutions?: ReadonlyMap<string, "redo" | "done">;
}
