/** The result of planning one resource: its change, its stage, and its problems. */
import type { Address } from "../address.ts";
import type { Diagnostic, Problem } from "../diagnostic/diagnostic.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Resource } from "../project/resource.ts";
import { problemAt } from "../project/yaml/problem-at.ts";
import type { Drift } from "./drift/drift.ts";
import type { Change } from "./plan.ts";
import type { Stage, StageWork } from "./stage.ts";

/** A stage before its dependencies are known. */
export interface StageDraft {
  readonly work: StageWork;
  readonly client?: ClientRecord;
  readonly storage?: ClientRecord;
  readonly movedFrom?: Address;
  readonly rehome?: NonNullable<Stage["rehome"]>;
}

/** The plan for one resource. Without a stage it stays unchanged. */
export interface Planned {
  readonly change: Change;
  readonly stage?: StageDraft;
  /** How the object differs from what was last applied. */
  readonly drift?: readonly Drift[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A change with the given fields, and defaults for the rest. */
export const change = (part: Pick<Change, "address" | "kind" | "action" | "summary"> & Partial<Change>): Change => ({
  reasons: [],
  fields: [],
  steps: [],
  notes: [],
  ...part,
});

/** The plan for an unchanged resource. */
export const unchanged = (resource: { readonly address: Address; readonly kind: Change["kind"] }): Planned => ({
  change: change({ address: resource.address, kind: resource.kind, action: "none", summary: "" }),
  diagnostics: [],
});

/** The plan for a resource that can't be planned, with its problems. */
export function impossible(resource: Resource, problem: Problem, path: readonly string[] = ["name"]): Planned {
  return { ...unchanged(resource), diagnostics: [problemAt(resource, path, problem)] };
}
