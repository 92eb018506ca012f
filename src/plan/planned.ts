/** What planning one resource gives: its change, its stage, and problems; and what it is given. */
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

/** The part of one resource; without a stage it stays as it is. */
export interface Planned {
  readonly change: Change;
  readonly stage?: StageDraft;
  /** How the object differs from what was last applied. */
  readonly drift?: readonly Drift[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A change with nothing in it but what is given. */
export const change = (part: Pick<Change, "address" | "kind" | "action" | "summary"> & Partial<Change>): Change => ({
  reasons: [],
  fields: [],
  steps: [],
  notes: [],
  ...part,
});

/** A resource that stays as it is. */
export const unchanged = (resource: { readonly address: Address; readonly kind: Change["kind"] }): Planned => ({
  change: change({ address: resource.address, kind: resource.kind, action: "none", summary: "" }),
  diagnostics: [],
});

/** A resource that can't be planned, and why. */
export function impossible(resource: Resource, problem: Problem, path: readonly string[] = ["name"]): Planned {
  return { ...unchanged(resource), diagnostics: [problemAt(resource, path, problem)] };
}
