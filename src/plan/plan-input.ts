/** What a plan is made from. */
import type { Address } from "../address.ts";
import type { Modules } from "../bundle/operator-digest.ts";
import type { ResolvedDeployment } from "../bundle/resolve-deployments.ts";
import type { Facts } from "../facts/refresh.ts";
import type { BuiltinOperator } from "../operator/operator.ts";
import type { Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { State } from "../state/state.ts";
import type { World } from "./preview/world.ts";
import type { Selection } from "./targets.ts";

/** What a plan is made from. */
export interface PlanInput {
  readonly project: Project;
  readonly state: State;
  readonly facts: Facts;
  /** By address: what each deployment runs, reads and writes. */
  readonly deployments: ReadonlyMap<Address, ResolvedDeployment>;
  readonly modules: Modules;
  readonly engines: EngineSource;
  readonly world: World;
  readonly builtin: (namespace: string, command: string) => BuiltinOperator | null;
  readonly now: Date;
  /** Deployments that are to run whatever changed. */
  readonly run: ReadonlySet<Address>;
  /** Those of them that are asked for now, not by an apply that is gone on with. */
  readonly runNow: readonly Address[];
  /** What an apply that did not come to its end had begun and not ended. */
  readonly cutOff: ReadonlySet<Address>;
  /** Those of them that drop an object: its files may be there when it is gone. */
  readonly dropping: ReadonlySet<Address>;
  readonly destroy: boolean;
  /** Nothing but the records of the state may change. */
  readonly refreshOnly: boolean;
  /** The facts were not read: what was last seen stands for them, and steps are not previewed. */
  readonly offline: boolean;
  readonly choice: Selection;
  /** Addresses or globs that may be deleted or replaced though they are many, or lose data. */
  readonly allowDestroy: readonly string[];
}
