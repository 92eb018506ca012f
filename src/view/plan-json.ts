/** A plan as JSON: the same facts as the text. Fields are only ever added. */
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { diagnosticJson } from "../diagnostic/frame.ts";
import type { Json, JsonObject } from "../json.ts";
import { formatDataType } from "../model/data-type.ts";
import { type Change, isDefinition, type Plan } from "../plan/plan.ts";

/** The format's number; it rises when a field changes its meaning. */
export const planJsonFormat = 1;

/** The whole plan. */
export function planJson(plan: Plan, diagnostics: readonly Diagnostic[]): JsonObject {
  const objects = plan.changes.filter((change) => !isDefinition(change.kind));
  const count = (action: Change["action"]) => objects.filter((change) => change.action === action).length;
  return {
    format: planJsonFormat,
    plan_id: plan.id,
    environment: plan.environment,
    lineage: plan.lineage,
    serial: plan.serial,
    destroy: plan.destroy,
    summary: {
      create: count("create"),
      update: count("update"),
      replace: count("replace"),
      run: count("run"),
      delete: count("delete"),
      adopt: count("adopt"),
      forget: count("forget"),
      definitions: plan.changes.length - objects.length,
      unchanged: plan.unchanged,
    },
    changes: plan.changes.map(changeJson),
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
    steps: change.steps.map((step) => ({
      id: step.id,
      operator: step.operator,
      summary: step.summary,
      ...(step.columns === undefined
        ? {}
        : {
            columns: step.columns.map((column) => ({
              name: column.name,
              type: formatDataType(column.type),
              nullable: column.nullable,
            })),
          }),
      certainty: step.certainty,
      statements: [...step.statements],
      raw: [...step.raw],
    })),
    ...(change.fireTimes === undefined
      ? {}
      : {
          fire_times: {
            before: [...change.fireTimes.before],
            after: [...change.fireTimes.after],
            timezone: change.fireTimes.timezone,
          },
        }),
    notes: [...change.notes],
  };
}
