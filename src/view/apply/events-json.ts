/**
 * The JSON events of apply and run: one object a line, distinguished by `type`. `plan` comes first (apply only), then events as they
 * happen, then `summary`. Keys are in snake_case and never change. New types and keys may be added, so readers must ignore unknown ones.
 */
import type { ApplyEvent, StageResult } from "../../apply/events.ts";
import { diagnosticJson } from "../../diagnostic/frame.ts";
import type { JsonObject } from "../../json.ts";
import type { StepRecord } from "../../model/run.ts";
import { actions } from "../../plan/action.ts";
import { diagnosticSchema, objectSchema, planSchema } from "../plan/plan-schema.ts";
import { mismatchesJson } from "../run/mismatches.ts";

/** One event as JSON. */
export function eventJson(event: ApplyEvent): JsonObject {
  switch (event.type) {
    case "stage_end":
      return { type: "stage_end", ...resultJson(event.result) };
    case "step_retry": {
      const { type, address, step, tries, delayMs, reason } = event;
      return { type, address, step, tries, delay_ms: delayMs, reason };
    }
    case "step_end":
      return { type: "step_end", address: event.address, ...stepJson(event.record) };
    default:
      return { ...event };
  }
}

function resultJson(result: StageResult): JsonObject {
  const { address, action, status, detail, run, problem } = result;
  return {
    address,
    action,
    status,
    detail,
    ...(run === undefined ? {} : { run }),
    ...(problem === undefined ? {} : { diagnostic: diagnosticJson(problem) }),
  };
}

function stepJson(record: StepRecord): JsonObject {
  const { step, operator, attempt, tries, state, startedAt, endedAt, outputs, info, warnings, error, reason } = record;
  return {
    step,
    operator,
    attempt,
    tries,
    state,
    ...(startedAt === undefined ? {} : { started_at: startedAt }),
    ...(endedAt === undefined ? {} : { ended_at: endedAt }),
    outputs: { ...outputs },
    info: [...info],
    warnings: [...warnings],
    ...mismatchesJson(record.mismatches),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The last line of an apply. `serial` is the new serial of the state. */
export function summaryJson(results: readonly StageResult[], serial: number): JsonObject {
  const count = (status: StageResult["status"]) => results.filter((result) => result.status === status).length;
  return {
    type: "summary",
    done: count("done"),
    failed: count("failed"),
    skipped: count("skipped"),
    cancelled: count("cancelled"),
    serial,
  };
}

const text = { type: "string" } as const;
const texts = { type: "array", items: text } as const;
const count = { type: "integer", minimum: 0 } as const;
const type = (name: string) => ({ const: name });
const ofStep = { address: text, step: text };

const stepEnd = objectSchema(
  {
    type: type("step_end"),
    ...ofStep,
    operator: text,
    attempt: count,
    tries: { ...count, description: "Tries of this attempt, including retries." },
    state: { enum: ["running", "succeeded", "failed", "skipped", "cancelled"] },
    started_at: text,
    ended_at: text,
    outputs: { type: "object" },
    info: texts,
    warnings: texts,
    error: objectSchema({ code: text, message: text }),
    reason: { ...text, description: "Why it was skipped." },
  },
  ["started_at", "ended_at", "error", "reason"],
);

/** The schema of one line. */
export const eventSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://mason.dev/schemas/event.json",
  title: "Mason event",
  description: "One line of the output of apply and run with --json.",
  oneOf: [
    objectSchema({ type: type("plan"), plan: withoutId(planSchema) }),
    objectSchema({ type: type("stage_start"), address: text, action: { enum: [...actions] } }),
    objectSchema(
      {
        type: type("stage_end"),
        address: text,
        action: { enum: [...actions] },
        status: { enum: ["done", "failed", "skipped", "cancelled"] },
        detail: { ...text, description: "What was done, or why nothing was." },
        run: { ...text, description: "The run of a deployment." },
        diagnostic: diagnosticSchema,
      },
      ["run", "diagnostic"],
    ),
    objectSchema({ type: type("step_start"), ...ofStep, operator: text }),
    objectSchema({
      type: type("step_progress"),
      ...ofStep,
      part: { type: "number", minimum: 0, maximum: 1 },
    }),
    objectSchema({ type: type("step_log"), ...ofStep, line: text }),
    objectSchema({ type: type("step_retry"), ...ofStep, tries: count, delay_ms: count, reason: text }),
    stepEnd,
    objectSchema({
      type: type("summary"),
      done: count,
      failed: count,
      skipped: count,
      cancelled: count,
      serial: count,
    }),
  ],
};

/** A schema without its id, for use inside another one. */
function withoutId({ $schema: _, $id: __, ...rest }: JsonObject): JsonObject {
  return rest;
}
