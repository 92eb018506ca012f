/**
 * The plan: what would change, why, and the stages that do it. A plan is a value; this folder makes it out of the project, the
 * state and the facts, and calls nothing but what it is given. The view and the executor read the same stages.
 */
import type { Address, ResourceKind } from "../address.ts";
import type { Schema } from "../model/schema.ts";
import type { Certainty } from "../operator/operator.ts";
import type { Action, Reason } from "./action.ts";
import type { Drift } from "./drift/drift.ts";
import type { FieldChange } from "./field-change.ts";
import type { Stage } from "./stage.ts";

/** What one step of a deployment would do. */
export interface StepPlan {
  /** `step_1`, `step_2/step_1`, or `run` for a deployment of one operator. */
  readonly id: string;
  /** `table:infer`. */
  readonly operator: string;
  /** `raw/orders -> sales.orders`. */
  readonly summary: string;
  readonly columns?: Schema;
  readonly certainty: Certainty;
  readonly statements: readonly string[];
  /** Names of parameters whose text goes into SQL as it is. */
  readonly raw: readonly string[];
}

/** One resource's part of the plan. */
export interface Change {
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly action: Action;
  /** The provider that holds the object; absent for definitions. */
  readonly client?: string;
  readonly reasons: readonly Reason[];
  /** What it is, in a few words: `5 columns, parquet, partitioned by order_date`. */
  readonly summary: string;
  readonly fields: readonly FieldChange[];
  /** For deployments that run or are registered. */
  readonly steps: readonly StepPlan[];
  /** Fire times before and after, ISO instants; depends on the clock, so it is shown and never bound. */
  readonly fireTimes?: {
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly timezone: string;
  };
  /** Sentences worth saying: inputs that are not watched, data that stays. */
  readonly notes: readonly string[];
}

/** What would happen. */
export interface Plan {
  /** 64 hex digits over everything that is bound; people see the first eight. */
  readonly id: string;
  readonly environment: string | null;
  readonly lineage: string;
  readonly serial: number;
  /** True for a plan that deletes everything. */
  readonly destroy: boolean;
  /** Resources with something to do, in the order of addresses. */
  readonly changes: readonly Change[];
  /** What is there and is not what was last applied, in the order of addresses; also where the plan can't put it right. */
  readonly drift: readonly Drift[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  /** How many resources `--target` and `--exclude` leave out: more than none makes it a partial plan. */
  readonly leftOut: number;
  /** In an order in which they may run. */
  readonly stages: readonly Stage[];
}

/** Kinds that are only recorded: shown apart from objects. */
export const isDefinition = (kind: ResourceKind): boolean =>
  kind === "config" || kind === "operator" || kind === "workflow";

/** True when the plan would do nothing. */
export const isEmpty = (plan: Plan): boolean => plan.stages.length === 0;
