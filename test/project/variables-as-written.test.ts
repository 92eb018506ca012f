/** Values of variables of type string are the texts that stand in mason.yaml. */
import { expect, test } from "vitest";
import { loadFiles, localFiles } from "../support/load.ts";

const settings = (variables: string, environment = "") =>
  loadFiles({ ...localFiles, "mason.yaml": `default_config: 1\nvariables:\n${variables}${environment}` });

test.each([
  ["02142", "02142"],
  ["1.10", "1.10"],
  ["0x1F", "0x1F"],
  ["5", "5"],
  ["True", "True"],
  ["12345678901234567890", "12345678901234567890"],
  ["plain", "plain"],
])("a default %s of a string", (written, value) => {
  for (const type of ["type: string, ", ""]) {
    const { project, diagnostics } = settings(`  v: { ${type}default: ${written} }\n`);
    expect(diagnostics).toEqual([]);
    expect(project.settings.variables.get("v")?.value).toBe(value);
  }
});

test.each(["02142", "1.10", "0x1F", "True", "12345678901234567890"])("a value %s of an environment", (written) => {
  for (const type of ["type: string, ", ""]) {
    const { project, diagnostics } = loadFiles(
      {
        ...localFiles,
        "mason.yaml": `default_config: 1\nvariables:\n  v: { ${type}default: x }\n  n: { type: number, default: 0 }\nenvironments:\n  prod: { variables: { v: ${written}, n: 1.10 } }\n`,
      },
      { environment: "prod" },
    );
    expect(diagnostics).toEqual([]);
    const { variables } = project.settings;
    expect([variables.get("v")?.value, variables.get("n")?.value]).toEqual([written, 1.1]);
  }
});

test("numbers stay numbers, and what is none is refused", () => {
  const { project } = settings("  n: { type: integer, default: 0x1F }\n");
  expect(project.settings.variables.get("n")?.value).toBe(31);
  const { diagnostics } = settings("  n: { type: integer, default: x }\n");
  expect(diagnostics.map(({ code }) => code)).toEqual(["variable/wrong-type"]);
});
