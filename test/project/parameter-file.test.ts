import { describe, expect, it } from "vitest";
import type { Range } from "../../src/diagnostic/diagnostic.ts";
import { readParameterFile } from "../../src/project/parameter-file.ts";
import { locateDiagnostics } from "../../src/project/yaml/positions.ts";

const read = (text: string, target: "operator" | "workflow") =>
  readParameterFile("p.yaml", text, {
    target: { type: target, namespace: "t", command: "c" },
    definitions: { operator: () => undefined, workflow: () => null },
  });

function problems(text: string, target: "operator" | "workflow") {
  const { value, diagnostics } = read(text, target);
  expect(value).toBeUndefined();
  return locateDiagnostics(diagnostics, () => text).map(
    ({ code, place }) => `${code} ${(place as Range).line}:${(place as Range).column}`,
  );
}

describe("for an operator", () => {
  it("is a flat map, in YAML or JSON; a key without a value is not given", () => {
    const expected = {
      value: {
        target: "operator",
        parameters: { database_name: "sales", limit: 10, keys: ["a"] },
        valueless: ["other"],
      },
      diagnostics: [],
    };
    expect(read("database_name: sales\nlimit: 10\nkeys: [a]\nother:\n", "operator")).toEqual(expected);
    expect(read('{"database_name": "sales", "limit": 10, "keys": ["a"], "other": null}', "operator")).toEqual(expected);
    expect(read("", "operator").value).toEqual({ target: "operator", parameters: {} });
    expect(read("# nothing yet\n", "operator").value).toEqual({ target: "operator", parameters: {} });
  });

  it("is refused when its values stand below another key", () => {
    expect(problems("parameters:\n  limit: 10\n", "operator")).toEqual(["parameter-file/nested 1:1"]);
  });

  it("is refused when it is no map, several documents, or no YAML", () => {
    expect(problems("\n- a\n", "operator")).toEqual(["document/invalid-value 2:3"]);
    expect(read("a: 1\n---\nb: 2\n", "operator").diagnostics).toMatchObject([
      { code: "parameter-file/several-documents", place: { file: "p.yaml" } },
    ]);
    expect(problems("a: 1\na: 2\n", "operator")).toEqual(["yaml/duplicate-key 2:1"]);
    expect(problems('{"a": [1, }\n', "operator")[0]).toMatch(/^yaml\/syntax 1:/);
  });
});

describe("for a workflow", () => {
  const step = { parameters: { table_name: "orders" }, valueless: ["x"], configId: "3", timeout: "2h", steps: {} };

  it("has steps, schedule, schedule_name and strict at its top", () => {
    const text =
      'schedule: "@daily"\nschedule_name: nightly\nstrict: false\nstep_1: { parameters: { table_name: orders, x: }, config_id: 3, timeout: 2h }\nstep_2:\n';
    expect(read(text, "workflow")).toEqual({
      value: {
        target: "workflow",
        schedule: "@daily",
        scheduleName: "nightly",
        strict: false,
        steps: { step_1: step, step_2: { parameters: {}, steps: {} } },
      },
      diagnostics: [],
    });
  });

  it("may have its steps under `steps`, as a deployment has, and a step of that name", () => {
    const nested = "steps:\n  step_1: { parameters: { table_name: orders }, config_id: 3, timeout: 2h }\n";
    expect(read(nested, "workflow").value).toEqual({
      target: "workflow",
      steps: { step_1: { parameters: { table_name: "orders" }, configId: "3", timeout: "2h", steps: {} } },
    });
    expect(read("steps: { parameters: { a: 1 } }\n", "workflow").value).toEqual({
      target: "workflow",
      steps: { steps: { parameters: { a: 1 }, steps: {} } },
    });
    expect(problems(`${nested}step_2: {}\n`, "workflow")).toEqual(["document/unknown-field 3:1"]);
  });

  it("is refused with every place that is wrong", () => {
    const text = [
      "schedule: 5",
      "strict: maybe",
      "step_1: text",
      "step_2:",
      "  parmeters: { a: 1 }",
      "  config_id: [1]",
      "  timeout: 5",
      "step_3:",
      "  steps:",
      "    inner: { parameters: [1] }",
      "",
    ].join("\n");
    expect(problems(text, "workflow")).toEqual([
      "document/invalid-value 1:11",
      "document/invalid-value 2:9",
      "document/invalid-value 3:9",
      "document/unknown-field 5:3",
      "document/invalid-value 6:3",
      "document/invalid-value 7:12",
      "document/invalid-value 10:14",
    ]);
    const near = read(text, "workflow").diagnostics.find(({ code }) => code === "document/unknown-field");
    expect(near?.detail).toContain('Did you mean "parameters"?');
  });
});
