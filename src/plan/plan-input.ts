/** What a plan is made from. */
import type { Address } from "../address.ts";
import type { Modules } from "../bundle/operator-digest.ts";
import type { ResolvedDeployment } from "../bundle/resolve-deployments.ts";
import type { Facts } from "../facts/refresh.ts";
import type { OutputLists } from "../model/run.ts";
import type { BuiltinOperator } from "../operator/operator.ts";
import type { Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { State } from "../state/state.ts";
import type { World } from "./preview/world.ts";
import type { Selection } from "./targets.ts";

/** The input for a plan. */
export interface PlanInput {
  readonly project: Project;
  readonly state: State;
  readonly facts: Facts;
  /** Resolved deployments by address. */
  readonly deployments: ReadonlyMap<Address, ResolvedDeployment>;
  readonly modules: Modules;
  readonly engines: EngineSource;
  readonly world: World;
  readonly builtin: (namespace: string, command: string) => BuiltinOperator | null;
  readonly now: Date;
  /** Deployments that run even if nothing changed. */
  readonly run: ReadonlySet<Address>;
  /** The ones of `run` that this command names, not the resumed apply. */
  readonly runNow: readonly Address[];
  /** Addresses that an interrupted apply had begun and not ended. */
  readonly cutOff: ReadonlySet<Address>;
  /** The ones of `cutOff` that drop an object: its files may outlive it. */
  readonly dropping: ReadonlySet<Address>;
  readonly destroy: boolean;
  /** True if only the records of the state may change. */
  readonly refreshOnly: boolean;
  /** True if no facts were read: the last known ones stand for them, and steps are not previewed. */
  readonly offline: boolean;
  readonly choice: Selection;
  /** Lists of the files that runs wrote. */
  readonly lists: Pick<OutputLists, "get">;
  /** Addresses or globs that may be deleted or replaced, even if they are many or lose data. */
  readonly allowDestroy: readonly string[];
}
