import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { isObject, type Json } from "../../src/json.ts";
import { eventJson, eventSchema, summaryJson } from "../../src/view/apply/events-json.ts";
import { planJson } from "../../src/view/plan/plan-json.ts";
import { exampleEvents, exampleResults } from "../support/example-events.ts";
import { examplePlans } from "../support/example-plans.ts";

const validate = new Ajv2020.default({ allErrors: true }).compile(eventSchema);
const plan = examplePlans.mixed ?? expect.fail();
const stream = [
  { type: "plan", plan: planJson(plan, []) },
  ...exampleEvents.map(([, event]) => eventJson(event)),
  summaryJson(exampleResults, 4),
].map((line) => JSON.parse(JSON.stringify(line)) as Record<string, Json>);

it("every line is as the schema says", () => {
  for (const line of stream) {
    validate(line);
    expect(validate.errors).toBeNull();
  }
});

it("every type of event has a line here", () => {
  expect(new Set(stream.map((line) => line.type))).toEqual(
    new Set([
      "plan",
      "stage_start",
      "stage_end",
      "step_start",
      "step_progress",
      "step_log",
      "step_retry",
      "step_end",
      "summary",
    ]),
  );
});

it("keys are in snake case", () => {
  const keys = (value: Json | undefined): readonly string[] =>
    Array.isArray(value)
      ? value.flatMap((item) => keys(item as Json))
      : isObject(value)
        ? Object.entries(value).flatMap(([key, item]) => [
            key,
            ...(key === "before" || key === "after" ? [] : keys(item)),
          ])
        : [];
  expect(stream.flatMap((line) => keys(line)).filter((key) => !/^[a-z][a-z_]*$/.test(key))).toEqual([]);
});

it("says why a stage failed, with its run", () => {
  expect(stream.find((line) => line.type === "stage_end" && line.status === "failed")).toMatchObject({
    action: "run",
    run: "20261125-070000-4f2a91",
    diagnostic: { severity: "error", code: "deployment/run-failed" },
  });
});

it("ends with counts", () => {
  expect(stream.at(-1)).toEqual({ type: "summary", done: 3, failed: 1, skipped: 1, cancelled: 1, serial: 4 });
});

describe("the schema", () => {
  it.each([
    [{ type: "unheard_of" }],
    [{ type: "stage_start", address: "table.a.b" }],
    [{ type: "step_retry", address: "a", step: "b", tries: 1, delayMs: 5, reason: "" }],
    [{ type: "step_progress", address: "a", step: "b", part: 2 }],
  ])("refuses %o", (line) => {
    expect(validate(line)).toBe(false);
  });
});
