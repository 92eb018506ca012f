/**
 * The plan: the changes, their reasons, and the stages that make them. A plan is a value. This folder makes it from the project, the
 * state and the facts, and calls only what it is given. The view and the executor read the same stages.
 */
import type { Address, ResourceKind } from "../address.ts";
import type { Schema } from "../model/schema.ts";
import type { When } from "../model/when.ts";
import type { Certainty } from "../operator/operator.ts";
import type { Action, Reason } from "./action.ts";
import type { Drift } from "./drift/drift.ts";
import type { FieldChange } from "./field-change.ts";
import type { Stage } from "./stage.ts";

/** A place that a step touches, as a plan shows it. */
export type ShownPlace = { readonly config: string } & (
  | { readonly table: string }
  /** `real_path` is the path with its links resolved, where it differs. */
  | { readonly path: string; readonly real_path?: string }
);

/** An output that is there and that a run would replace. The counts are known for single files only. */
export interface Replaced {
  readonly config: string;
  readonly path: string;
  readonly real_path?: string;
  readonly files?: number;
  readonly bytes?: number;
}

/** A table that a step would drop. `data` says whether its files go too; `null` if that is known only when it runs. */
export interface ShownDrop {
  readonly config: string;
  readonly table: string;
  readonly data: boolean | null;
}

/** What a step reads, writes, replaces and drops, as a plan shows it. */
export interface ShownEffects {
  readonly reads: readonly ShownPlace[];
  /** Paths with holes too. A table that is dropped is not among them. */
  readonly writes: readonly ShownPlace[];
  readonly replaces: readonly Replaced[];
  readonly drops: readonly ShownDrop[];
}

/** The preview of one step of a deployment. */
export interface StepPlan {
  /** `step_1`, `step_2/step_1`, or `run` for a deployment of one operator. */
  readonly id: string;
  /** `table:infer`. */
  readonly operator: string;
  /** `raw/orders -> sales.orders`. */
  readonly summary: string;
  /** Absent where the step runs when its dependencies succeeded. */
  readonly when?: Exclude<When, "succeeded">;
  readonly columns?: Schema;
  readonly certainty: Certainty;
  readonly statements: readonly string[];
  /** Names of parameters whose text becomes SQL unquoted. */
  readonly raw: readonly string[];
  /** Absent in a dry run, and in a plan file of an earlier version. */
  readonly effects?: ShownEffects;
}

/** The change of one resource. */
export interface Change {
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly action: Action;
  /** The provider that holds the object; absent for definitions. */
  readonly client?: string;
  readonly reasons: readonly Reason[];
  /** A few words about the resource: `5 columns, parquet, partitioned by order_date`. */
  readonly summary: string;
  readonly fields: readonly FieldChange[];
  /** For deployments that run or are registered. */
  readonly steps: readonly StepPlan[];
  /** Fire times before and after, as ISO instants. They depend on the clock, so they are shown and never bound. */
  readonly fireTimes?: {
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly timezone: string;
  };
  /** Notes for the reader: inputs that are not watched, data that stays. */
  readonly notes: readonly string[];
}

/** A plan. */
export interface Plan {
  /** The digest of the bound values, 64 hex digits. People see the first eight. */
  readonly id: string;
  readonly environment: string | null;
  readonly lineage: string;
  readonly serial: number;
  /** True for a plan that deletes everything. */
  readonly destroy: boolean;
  /** Resources that change, sorted by address. */
  readonly changes: readonly Change[];
  /** Drift, sorted by address, including drift that the plan can't repair. */
  readonly drift: readonly Drift[];
  /** The number of unchanged resources. */
  readonly unchanged: number;
  /** The number of resources that `--target` and `--exclude` leave out. Any makes the plan partial. */
  readonly leftOut: number;
  /** Stages in a valid order. */
  readonly stages: readonly Stage[];
}

/** Kinds without objects, which are only recorded and shown separately. */
export const isDefinition = (kind: ResourceKind): boolean =>
  kind === "config" || kind === "operator" || kind === "workflow";

/** True if the plan does nothing. */
export const isEmpty = (plan: Plan): boolean => plan.stages.length === 0;
