import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { error, warning } from "../../src/diagnostic/diagnostic.ts";
import { isObject } from "../../src/json.ts";
import { changeWords } from "../../src/view/plan/change-words.ts";
import { planJson } from "../../src/view/plan/plan-json.ts";
import { planSchema } from "../../src/view/plan/plan-schema.ts";
import { planText } from "../../src/view/plan/plan-text.ts";
import { examplePlans, largePlan } from "../support/example-plans.ts";
import { fakeChange, fakePlan } from "../support/plan.ts";

const validate = new Ajv2020.default({ allErrors: true }).compile(planSchema);
const diagnostics = [
  error({
    code: "a/b",
    summary: "A",
    detail: "B.",
    address: "table.a.b",
    place: { file: "a.yaml", line: 1, column: 2, length: 3 },
  }),
  warning({
    code: "a/c",
    summary: "A",
    detail: "B.",
    place: { file: "a.yaml" },
    related: [{ label: "first", place: { file: "b.yaml" } }],
  }),
];

describe.each(Object.entries({ ...examplePlans, large: largePlan(50) }))("the JSON of plan %s", (_, plan) => {
  const json = JSON.parse(JSON.stringify(planJson(plan, diagnostics))) as Record<string, unknown>;

  it("is as the schema says", () => {
    validate(json);
    expect(validate.errors).toBeNull();
  });

  it("has the facts that the text has", async () => {
    const text = (await planText(plan, { width: 2000, color: false })).replace(/\\u\{(\w+)\}/g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
    const changes = (json.changes as readonly unknown[]).filter(isObject);
    expect(changes.map((change) => change.address)).toEqual(plan.changes.map((change) => change.address));
    for (const change of plan.changes) {
      // New definitions by dozens are counted in the text.
      if (!text.includes(change.address)) {
        expect(change.action === "create" && change.kind !== "table").toBe(true);
        continue;
      }
      const isLine = (each: string) => !each.startsWith("  !") && each.slice(4).startsWith(`${change.address} `);
      const line = text.split("\n").find(isLine) ?? "";
      expect(line).toContain(change.action);
      expect(line).toContain(changeWords(change));
      const reasons = changes.find((each) => each.address === change.address)?.reasons;
      expect(reasons).toEqual(change.reasons);
    }
    expect(json.drift).toEqual(plan.drift);
    for (const drift of plan.drift) {
      expect(text).toContain(`  ! ${drift.address}`);
      expect(text).toContain(drift.text);
      for (const repair of drift.repairs) expect(text).toContain(repair.how);
    }
  });
});

describe("the schema", () => {
  it.each([
    ["an action that is none", { action: "destroy" as never }],
    ["a reason that is none", { reasons: [{ code: "because" as never, text: "" }] }],
    ["a kind that is none", { kind: "view" as never }],
  ])("refuses %s", (_, part) => {
    expect(validate(planJson(fakePlan([fakeChange("table.a.b", part)]), []))).toBe(false);
  });

  it("lets fields pass that are added later", () => {
    expect(validate({ ...planJson(fakePlan([]), []), cost: 3 })).toBe(true);
  });
});

it("counts what the text counts", async () => {
  const plan = examplePlans.mixed ?? expect.fail();
  const text = await planText(plan, { width: 200, color: false });
  const summary = planJson(plan, []).summary as Record<string, number>;
  for (const action of ["create", "update", "replace", "run", "adopt", "forget", "delete"])
    expect(text).toContain(`${summary[action]} to ${action}`);
  expect(text).toContain(`${summary.definitions} definitions to record`);
});
