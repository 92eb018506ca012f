/** Plans made up for tests of views: each part has a default, so that a test names only what it is about. */
import { kindOf } from "../../src/address.ts";
import { parseDataType, unknown } from "../../src/model/data-type.ts";
import type { Schema } from "../../src/model/schema.ts";
import type { Drift } from "../../src/plan/drift/drift.ts";
import type { Change, Plan, StepPlan } from "../../src/plan/plan.ts";
import type { Stage, StageWork } from "../../src/plan/stage.ts";

/** A change of the resource with this address. */
export const fakeChange = (address: string, part: Partial<Change> = {}): Change => {
  const kind = kindOf(address) ?? "config";
  const isObject = kind === "table" || kind === "database" || kind === "deployment";
  return {
    address,
    kind,
    action: "create",
    ...(isObject ? { client: "local" } : {}),
    reasons: [{ code: "new", text: "new" }],
    summary: "",
    fields: [],
    steps: [],
    notes: [],
    ...part,
  };
};

/** A drift of the object with this address, with a repair that the plan does and one that is offered. */
export const fakeDrift = (address: string, text: string, how = "mason state import"): Drift => ({
  address,
  kind: kindOf(address) ?? "table",
  client: "local",
  code: "changed_outside",
  text,
  repairs: [
    { name: "revert", how: "this plan does it", planned: true },
    { name: "adopt", how, planned: false },
  ],
});

/** A step that would do this. */
export const fakeStep = (id: string, operator: string, part: Partial<StepPlan> = {}): StepPlan => ({
  id,
  operator,
  summary: "raw/orders -> sales.orders",
  certainty: "checked",
  statements: [],
  raw: [],
  ...part,
});

/** Columns from `id bigint, amount decimal(18,2)`; commas inside of types need two blanks less. */
export const columnsOf = (text: string): Schema =>
  text.split(", ").map((part) => {
    const at = part.indexOf(" ");
    return { name: part.slice(0, at), type: parseDataType(part.slice(at + 1)) ?? unknown, nullable: true };
  });

/** A plan of these changes; each gets a stage, with `works` for those that need more than a record. */
export function fakePlan(
  changes: readonly Change[],
  part: Partial<Plan> = {},
  works: Readonly<Record<string, StageWork>> = {},
): Plan {
  const stages = changes.map(
    (change): Stage => ({
      address: change.address,
      action: change.action,
      dependencies: [],
      work: works[change.address] ?? { kind: "forget" },
    }),
  );
  return {
    id: "7f3a9c1e5b2d4860917c3fa8e6d05b42917c3fa8e6d05b427f3a9c1e5b2d4860",
    environment: null,
    lineage: "4f2a91c07be36d58",
    serial: 3,
    destroy: false,
    changes,
    drift: [],
    unchanged: 0,
    leftOut: 0,
    stages,
    ...part,
  };
}

/** The work of registering a schedule. */
export const fakeRegistration = (name: string, cron: string, timezone = "UTC"): StageWork => ({
  kind: "register",
  verb: "update",
  registration: {
    name,
    bundle: "0".repeat(64),
    schedule: { cron, timezone, catchup: "skip", maxActiveRuns: 1, paused: false },
  },
  draft: { digest: "", declared: {}, depends_on: [] },
});
