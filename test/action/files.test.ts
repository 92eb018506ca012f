import { readdir, readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { actionDirectory, readAction } from "./composite.ts";

const text = (name: string) => readFile(join(actionDirectory, name), "utf8");

/** The workflows that the README shows. */
const shown = async () =>
  [...(await text("README.md")).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = ""]) => parse(yaml));

/** All scripts in a value of YAML, by whatever key a runner reads them. */
function scripts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(scripts);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    ["run", "script", "before_script", "after_script"].includes(key) ? [inner].flat().map(String) : scripts(inner),
  );
}

describe("action.yml", () => {
  it("has the inputs and outputs that the README names", async () => {
    const { inputs, outputs, runs } = await readAction();
    expect(runs.using).toBe("composite");
    const readme = await text("README.md");
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)]) expect(readme).toContain(`\`${name}\``);
    expect(Object.keys(inputs)).toEqual(
      expect.arrayContaining(["command", "directory", "environment", "mason", "token"]),
    );
    expect(Object.keys(outputs)).toEqual(["plan_id", "has_changes"]);
  });

  it("puts no expression into a script: inputs go through the environment", async () => {
    const found = scripts(await readAction());
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((script) => script.includes("${{"))).toEqual([]);
  });
});

it("the workflows in the README put no expression into a script and give no job more than it needs", async () => {
  const workflows = await shown();
  expect(workflows.length).toBeGreaterThanOrEqual(2);
  for (const workflow of workflows) {
    expect(scripts(workflow).filter((script) => script.includes("${{"))).toEqual([]);
    if (workflow.jobs === undefined) continue;
    expect(workflow.permissions).toEqual({});
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    for (const job of Object.values<{ permissions: Readonly<Record<string, string>> }>(workflow.jobs)) {
      const allowed = { contents: "read", "pull-requests": "write", actions: "read", "id-token": "write" };
      expect(allowed).toMatchObject(job.permissions);
    }
  }
});

it("gitlab-ci.yml plans merge requests, and applies pushes to the default branch", async () => {
  const jobs = parse(await text("gitlab-ci.yml"));
  expect(jobs["mason-plan"].rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
  expect(jobs["mason-apply"].rules).toEqual([
    { if: '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' },
  ]);
  expect(scripts(jobs).join("\n")).toContain("/opt/mason/action/main.mjs apply");
});

it("the scripts import nothing but each other and Node's own modules", async () => {
  const files = (await readdir(actionDirectory)).filter((name) => name.endsWith(".mjs"));
  expect(files).toContain("main.mjs");
  for (const file of files) {
    const imported = [...(await text(file)).matchAll(/^import .* from "(.*)";$|^\} from "(.*)";$/gm)];
    for (const [, one, other] of imported) {
      const name = one ?? other ?? "";
      const isKnown = name.startsWith("node:") ? builtinModules.includes(name.slice(5)) : files.includes(name.slice(2));
      expect(isKnown, `${file} imports ${name}`).toBe(true);
    }
  }
});
