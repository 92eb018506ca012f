import { expect, test } from "vitest";
import { expand } from "../../src/graph/expand.ts";
import { loadFiles, localFiles } from "../support/load.ts";

const body = (command: string, steps = {}) => ({
  target: { type: "workflow" as const, namespace: "w", command },
  parameters: {},
  steps,
});
const workflow = (command: string, ...steps: readonly string[]) =>
  `type: workflow\nnamespace: w\ncommand: ${command}\ndag:\n${steps.map((step) => `  - { ${step} }\n`).join("")}`;
const project = (...documents: readonly string[]) =>
  loadFiles({ ...localFiles, "all.yaml": documents.join("---\n") }).project;
const settings = (parameters: Record<string, string>, steps = {}) => ({ parameters, steps });

const inner = workflow(
  "inner",
  "id: a, operator: table:list",
  "id: b, operator: table:list, dependencies: [a], when: always",
);

test("a step that is a workflow becomes its steps: roots take over what it waits for, and what follows waits for all", () => {
  const found = expand(
    project(
      inner,
      workflow(
        "outer",
        "id: first, operator: table:list",
        "id: x, workflow: w:inner, dependencies: [first], when: failed",
        "id: last, operator: table:list, dependencies: [x]",
      ),
    ),
    body("outer"),
  );
  expect(found.problems).toEqual([]);
  expect(found.steps.map(({ id, dependencies, when, gates }) => ({ id, dependencies, when, gates }))).toEqual([
    { id: "first", dependencies: [], when: "succeeded" },
    { id: "x/a", dependencies: ["first"], when: "failed" },
    { id: "x/b", dependencies: ["x/a"], when: "always", gates: [{ dependencies: ["first"], when: "failed" }] },
    { id: "last", dependencies: ["x"], when: "succeeded" },
  ]);
  expect([...found.groups]).toEqual([["x", ["x/a", "x/b"]]]);
});

test("workflows nest to any depth, and gates of all levels hold", () => {
  const found = expand(
    project(
      inner,
      workflow("middle", "id: m, operator: table:list", "id: y, workflow: w:inner, dependencies: [m]"),
      workflow("outer", "id: o, operator: table:list", "id: x, workflow: w:middle, dependencies: [o], when: failed"),
    ),
    body("outer"),
  );
  expect(found.steps.map((step) => step.id)).toEqual(["o", "x/m", "x/y/a", "x/y/b"]);
  expect(found.steps.at(-1)?.gates).toEqual([
    { dependencies: ["o"], when: "failed" },
    { dependencies: ["x/m"], when: "succeeded" },
  ]);
  expect([...found.groups.keys()].sort()).toEqual(["x", "x/y"]);
});

test("parameters of nested steps are given level by level or with slashes; the deployment's win over the workflow's", () => {
  const outer = workflow("outer", "id: x, workflow: w:inner");
  const withDefault = inner.replace("id: a,", "id: a, parameters: { database_name: default },");
  const levels = expand(
    project(withDefault, outer),
    body("outer", { x: settings({}, { a: settings({ database_name: "one" }) }) }),
  );
  const slashes = expand(project(withDefault, outer), body("outer", { "x/a": settings({ database_name: "one" }) }));
  const none = expand(project(withDefault, outer), body("outer"));
  const databases = [levels, slashes, none].map((found) => found.steps[0]?.parameters.database_name);
  expect(databases).toEqual(["one", "one", "default"]);
});

test("inside a nested workflow a step's name means its own step", () => {
  const pulls = workflow(
    "pulls",
    "id: a, operator: table:infer",
    'id: b, operator: table:get, dependencies: [a], parameters: { database_name: "<<PULLED FROM a>>", table_name: "${a.table_name}", output_path: "${outside.output_path}" }',
  );
  const found = expand(project(pulls, workflow("outer", "id: x, workflow: w:pulls")), body("outer"));
  expect(found.steps[1]?.parameters).toEqual({
    database_name: "<<PULLED FROM x/a>>",
    table_name: "${x/a.table_name}",
    output_path: "${outside.output_path}",
  });
});

test("a workflow that calls itself is a problem with the path of calls, also over others", () => {
  const found = expand(
    project(workflow("one", "id: s, workflow: w:two"), workflow("two", "id: t, workflow: w:one")),
    body("one"),
  );
  expect(found.problems.map(({ step, diagnostic }) => [step, diagnostic.code])).toEqual([
    ["s/t", "workflow/calls-itself"],
  ]);
  expect(found.problems[0]?.diagnostic.detail).toContain(
    '"workflow.w:one" calls "workflow.w:two" calls "workflow.w:one"',
  );
});

test("calls of what is not there are problems, and the other steps are still given", () => {
  const found = expand(
    project(
      workflow("one", "id: a, operator: table:infr", "id: b, workflow: w:tow", "id: c, operator: table:list"),
      workflow("two", "id: t, operator: table:list"),
    ),
    body("one"),
  );
  expect(found.problems.map(({ diagnostic }) => diagnostic.code)).toEqual([
    "step/unknown-operator",
    "step/unknown-workflow",
  ]);
  expect(found.problems.map(({ diagnostic }) => /Did you mean "([^"]+)"/.exec(diagnostic.detail)?.[1])).toEqual([
    "table:infer",
    "w:two",
  ]);
  expect(found.steps.map((step) => step.id)).toEqual(["c"]);
});

test("an operator alone is one step", () => {
  const { steps } = expand(project(), {
    target: { type: "operator", namespace: "table", command: "list" },
    parameters: { database_name: "sales" },
    steps: {},
  });
  expect(steps.map(({ id, parameters, dependencies }) => [id, parameters, dependencies])).toEqual([
    ["run", { database_name: "sales" }, []],
  ]);
});
