import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { error, warning } from "../../src/diagnostic/diagnostic.ts";
import { isObject } from "../../src/json.ts";
import { changeWords } from "../../src/view/plan/change-words.ts";
import { planJson } from "../../src/view/plan/plan-json.ts";
import { planSchema } from "../../src/view/plan/plan-schema.ts";
import { planText } from "../../src/view/plan/plan-text.ts";
import { examplePlans, largePlan } from "../support/example-plans.ts";
import { localProject } from "../support/local-project.ts";
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

it("has the stages, the edges between them and between steps, and the conditions and statements of steps", async () => {
  const step = (id: string, rest: string) => `  - { id: ${id}, operator: "table:query"${rest} }\n`;
  const query = (from: string, to: string) =>
    `{ parameters: { query_string: "select * from read_csv('${from}')", output_path: ${to}, output_format: csv } }`;
  const made = await localProject(
    `type: workflow
namespace: w
command: c
dag:
${step("a", "")}${step("b", ", dependencies: [a], when: failed")}${step("c", ", dependencies: [b], when: always")}---
type: deployment
name: w
workflow: w:c
steps: { a: ${query("raw/a.csv", "out/a")}, b: ${query("raw/a.csv", "out/b")}, c: ${query("raw/a.csv", "out/c")} }
---
type: deployment
name: r
operator: table:format
parameters: { input_path: out/a, output_path: out/r, format: csv }
`,
    { "data/raw/a.csv": "id\n1\n" },
  );
  try {
    const { plan } = await made.plan();
    const json = JSON.parse(JSON.stringify(planJson(plan, [])));
    validate(json);
    expect(validate.errors).toBeNull();
    const order = json.stages.map(({ address }: { address: string }) => address);
    expect(order.indexOf("deployment.w")).toBeLessThan(order.indexOf("deployment.r"));
    expect(json.stages).toContainEqual({
      address: "deployment.r",
      action: "run",
      work: "run",
      client: "local",
      dependencies: expect.arrayContaining(["deployment.w"]),
    });
    for (const edge of [
      { from: "deployment.w", to: "deployment.r", when: "succeeded" },
      { from: "deployment.w/a", to: "deployment.w/b", when: "failed" },
      { from: "deployment.w/b", to: "deployment.w/c", when: "always" },
    ])
      expect(json.edges).toContainEqual(edge);
    const { steps } = json.changes.find(({ address }: { address: string }) => address === "deployment.w");
    expect(steps.map(({ id, when }: Record<string, string>) => [id, when])).toEqual([
      ["a", undefined],
      ["b", "failed"],
      ["c", "always"],
    ]);
    expect(steps[0].statements).toEqual(["select * from read_csv('raw/a.csv')"]);
    expect(steps[0].columns).toEqual([{ name: "id", type: "bigint", nullable: true }]);
  } finally {
    await made.close();
  }
});
