/** A plan as JSON: with the same facts as the text. Fields are only ever added; plan-schema.ts describes them. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { diagnosticJson } from "../../diagnostic/frame.ts";
import type { Json, JsonObject } from "../../json.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Change, Plan, ShownEffects, StepPlan } from "../../plan/plan.ts";
import { countChanges } from "./plan-counts.ts";
import { edgesJson, stagesJson } from "./stages-json.ts";

/** The number of the format. It rises when a field changes its meaning. */
export const planJsonFormat = 1;

/** The whole plan. */
export function planJson(plan: Plan, diagnostics: readonly Diagnostic[]): JsonObject {
  return {
    format: planJsonFormat,
    plan_id: plan.id,
    environment: plan.environment,
    lineage: plan.lineage,
    serial: plan.serial,
    destroy: plan.destroy,
    left_out: plan.leftOut,
    summary: { ...countChanges(plan.changes), unchanged: plan.unchanged },
    changes: plan.changes.map(changeJson),
    stages: [...stagesJson(plan.stages)],
    edges: [...edgesJson(plan.stages)],
    drift: plan.drift.map((drift) => ({ ...drift, repairs: drift.repairs.map((repair) => ({ ...repair })) })),
    diagnostics: diagnostics.map(diagnosticJson),
  };
}

function changeJson(change: Change): Json {
  return {
    address: change.address,
    kind: change.kind,
    action: change.action,
    ...(change.client === undefined ? {} : { client: change.client }),
    reasons: change.reasons.map((reason) => ({ ...reason })),
    summary: change.summary,
    fields: change.fields.map((field) => ({ ...field })),
    steps: change.steps.map(stepJson),
    ...(change.fireTimes === undefined ? {} : { fire_times: timesJson(change.fireTimes) }),
    notes: [...change.notes],
  };
}

const stepJson = (step: StepPlan): Json => ({
  id: step.id,
  operator: step.operator,
  summary: step.summary,
  ...(step.when === undefined ? {} : { when: step.when }),
  ...(step.columns === undefined
    ? {}
    : {
        columns: step.columns.map(({ name, type, nullable }) => ({ name, type: formatDataType(type), nullable })),
      }),
  certainty: step.certainty,
  statements: [...step.statements],
  raw: [...step.raw],
  ...(step.effects === undefined ? {} : { effects: effectsJson(step.effects) }),
});

const effectsJson = ({ reads, writes, replaces, drops }: ShownEffects): Json => ({
  reads: reads.map((place) => ({ ...place })),
  writes: writes.map((place) => ({ ...place })),
  replaces: replaces.map((place) => ({ ...place })),
  drops: drops.map((place) => ({ ...place })),
});

const timesJson = (times: NonNullable<Change["fireTimes"]>): Json => ({
  before: [...times.before],
  after: [...times.after],
  timezone: times.timezone,
});
