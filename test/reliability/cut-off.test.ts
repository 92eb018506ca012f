/** Changes between a crash and the resumed apply: an interrupted run is never forgotten, and only results that still hold are kept. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRunStore } from "../../src/io/run-store.ts";
import { mason } from "./support/child.ts";
import {
  applied,
  deployment,
  isClean,
  keptAfter,
  killWaiting,
  lastRun,
  letGo,
  project,
  said,
  workflow,
} from "./support/cut-off.ts";
import { gateFiles, logOf, onceFiles } from "./support/gate.ts";
import { put } from "./support/small.ts";

test("an interrupted run that --run asked for keeps its question, though its reason is gone", async () => {
  const directory = await applied(onceFiles);
  await killWaiting(directory, "--run", "deployment.all", "--auto-approve");
  const plan = await mason(directory, "plan");
  expect([plan.stdout.includes("its run was interrupted"), said(plan).includes("Unfinished apply")]).toEqual([
    true,
    true,
  ]);
  await letGo(directory);
  const asked = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([asked.code, said(asked).includes("mason apply --resume --redo deployment.all/wait")]).toEqual([1, true]);
  const done = await mason(directory, "apply", "--resume", "--auto-approve", "--redo", "deployment.all/wait");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  expect((await logOf(directory, "wait")).length).toBe(3);
  await isClean(directory);
});

test("on another machine, where nobody knows which steps began, those that may not be repeated are asked about", async () => {
  const directory = await project(onceFiles);
  await killWaiting(directory, "--auto-approve");
  await rm(join(directory, ".mason/runs"), { recursive: true });
  const resume = (...args: readonly string[]) => mason(directory, "apply", "--resume", "--auto-approve", ...args);
  const asked = await resume();
  expect([asked.code, said(asked).includes("the record of its run is not on this machine")]).toEqual([1, true]);
  const wrong = await resume("--done", "deployment.all/wiat");
  expect([wrong.code, said(wrong).includes('Did you mean "deployment.all/wait"?')]).toEqual([1, true]);
  const alone = await mason(directory, "apply", "--auto-approve", "--done", "deployment.all/wait");
  expect([alone.code, said(alone).includes("mason apply --resume --done deployment.all/wait")]).toEqual([1, true]);
  const done = await resume("--done", "deployment.all/wait");
  expect([done.code, (await logOf(directory, "wait")).length]).toEqual([0, 1]);
  await isClean(directory);
});

test("on another machine steps run again and replace what they had written", async () => {
  const directory = await project(gateFiles);
  await killWaiting(directory, "--auto-approve");
  for (const path of ["runs", "local"]) await rm(join(directory, ".mason", path), { recursive: true, force: true });
  await letGo(directory);
  const done = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([done.code, done.stderr.includes("Done in an earlier run")]).toEqual([0, false]);
  await isClean(directory);
});

test("after a run failed on another machine, where nobody knows which steps ended, a resumed apply asks and does not use an older run", async () => {
  const after = workflow.replace(
    "dependencies: [read, other] }",
    "}\n  - { id: last, type: operator, namespace: table, command: query, dependencies: [wait] }",
  );
  const lastOf = (value: string) =>
    `${deployment}  last: { parameters: { query_string: "select ${value} as id", output_path: out/last, output_format: csv } }\n`;
  const directory = await applied({ ...onceFiles, "workflow.yaml": after, "all.yaml": lastOf("1") });
  await letGo(directory);
  await put(directory, "all.yaml", lastOf("cast(error('broken') as integer)"));
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(2);
  expect((await logOf(directory, "wait")).length).toBe(4);
  const [failed] = createRunStore(join(directory, ".mason")).list({ address: "deployment.all" });
  expect(failed?.state).toBe("failed");
  await rm(join(directory, ".mason/runs", failed?.id ?? "none"), { recursive: true });
  await put(directory, "all.yaml", lastOf("1"));
  const resume = (...args: readonly string[]) => mason(directory, "apply", "--resume", "--auto-approve", ...args);
  const asked = await resume();
  expect([asked.code, said(asked)]).toEqual([
    1,
    expect.stringContaining(`deployment.all failed in run "${failed?.id}", whose record is not on this machine`),
  ]);
  const done = await resume("--done", "deployment.all/wait");
  expect([done.code, (await logOf(directory, "wait")).length]).toEqual([0, 4]);
  await isClean(directory);
});

test("steps whose input changed since run again, the others are kept, and the next plan is empty", async () => {
  const directory = await project(gateFiles);
  expect(await keptAfter(directory, () => put(directory, "data/raw/a.csv", "id\n1\n2\n"))).toEqual([false, true]);
  const [file = ""] = await readdir(join(directory, "data/out/read"));
  expect(await readFile(join(directory, "data/out/read", file), "utf8")).toBe("id\n1\n2\n");
  await isClean(directory);
});

test("a step whose output was deleted since runs again", async () => {
  const directory = await project(gateFiles);
  expect(await keptAfter(directory, () => rm(join(directory, "data/out/read"), { recursive: true }))).toEqual([
    false,
    true,
  ]);
  expect(await lastRun(directory)).toContain("its outputs are gone: out/read. It runs again.");
  await rm(join(directory, "data/out/read"), { recursive: true });
  expect((await mason(directory, "plan")).stdout).toContain("deleted since its last run: out/read");
});

const onceOperator: Readonly<Record<string, string>> = {
  "operators/my/put/operator.yaml":
    'type: operator\nnamespace: my\ncommand: put\nparameters: { required: [{ name: output_path, type: path }] }\nreads: []\nwrites: [{ path: "${output_path}" }]\noutputs: [{ name: output_path, type: path }]\nmodule: operator.js\n',
  "operators/my/put/operator.js": `import { appendFileSync, mkdirSync } from "node:fs";
export default { run: async ({ parameters: { output_path } }) => {
  mkdirSync("data/out", { recursive: true });
  appendFileSync("data/" + output_path, "x");
  return { outputs: { output_path } };
} };
`,
};

test("a step that may not be repeated is asked about when its output was deleted since", async () => {
  const directory = await project({
    ...gateFiles,
    ...onceOperator,
    "workflow.yaml": workflow.replace("namespace: table, command: query", "namespace: my, command: put"),
    "all.yaml": deployment.replace(/other: .*/, "other: { parameters: { output_path: out/put } }"),
  });
  const place = join(directory, "data/out/put");
  await killWaiting(directory, "--auto-approve");
  await rm(place);
  await letGo(directory);
  const asked = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([asked.code, said(asked).includes("its outputs are gone: out/put")]).toEqual([2, true]);
  expect(said(asked)).toContain("mason apply --resume --redo deployment.all/other");
  const done = await mason(directory, "apply", "--resume", "--auto-approve", "--redo", "deployment.all/other");
  expect([done.code, await readFile(place, "utf8")]).toEqual([0, "x"]);
  await isClean(directory);
  // Its output is watched too.
  await rm(place);
  expect((await mason(directory, "plan")).stdout).toContain("deleted since its last run: out/put");
});

test("a step that may not be repeated is asked about even if the project no longer has it", async () => {
  const directory = await project(onceFiles);
  await killWaiting(directory, "--auto-approve");
  await letGo(directory);
  await put(directory, "workflow.yaml", workflow.replace("id: wait", "id: other_name"));
  await put(directory, "all.yaml", deployment.replace("wait: {", "other_name: {"));
  const resume = (...args: readonly string[]) => mason(directory, "apply", "--resume", "--auto-approve", ...args);
  const asked = await resume();
  expect([asked.code, said(asked).includes("The project no longer has a step with that name")]).toEqual([1, true]);
  expect((await logOf(directory, "wait")).length).toBe(1);
  expect((await resume("--done", "deployment.all/wait")).code).toBe(0);
  await isClean(directory);
});

test("an answer for a deployment counts for its interrupted steps, not for steps that never began", async () => {
  const last = "  - { id: last, type: operator, namespace: table, command: query, dependencies: [wait] }\n";
  const directory = await project({
    ...onceFiles,
    "workflow.yaml": workflow + last,
    "all.yaml": `${deployment}  last: { parameters: { query_string: "select 1 as n", output_path: out/last } }\n`,
  });
  await killWaiting(directory, "--auto-approve");
  // Somebody else's file, where a step that never began would have written.
  await put(directory, "data/out/last/theirs.csv", "precious");
  const resume = () => mason(directory, "apply", "--resume", "--auto-approve", "--done", "deployment.all");
  const refused = await resume();
  expect([refused.code, said(refused).includes('The output "out/last" already exists')]).toEqual([2, true]);
  expect(await readFile(join(directory, "data/out/last/theirs.csv"), "utf8")).toBe("precious");
  await rm(join(directory, "data/out/last"), { recursive: true });
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  expect((await readdir(join(directory, "data/out/last"))).length).toBe(1);
  expect((await logOf(directory, "wait")).length).toBe(1);
  await isClean(directory);
});

test("steps after a repeated step run again", async () => {
  const directory = await project({
    ...gateFiles,
    "workflow.yaml": workflow.replace("command: query }", "command: format, dependencies: [read] }"),
    "all.yaml": deployment.replace(
      /other: .*/,
      "other: { parameters: { input_path: out/read, output_path: out/other, format: csv } }",
    ),
  });
  expect(await keptAfter(directory, () => rm(join(directory, "data/out/read"), { recursive: true }))).toEqual([
    false,
    false,
  ]);
});
