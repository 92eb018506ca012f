/** A resumed apply does what was asked for (a part, a plan file) and no more; what it does not reach stays unfinished. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRunStore } from "../../src/io/run-store.ts";
import { applyIn, mason, startMason } from "./support/child.ts";
import {
  applied,
  deployment,
  isClean,
  killWaiting,
  letGo,
  planOut,
  project,
  said,
  started,
} from "./support/cut-off.ts";
import { gateFiles, logOf, onceFiles, until } from "./support/gate.ts";
import { put } from "./support/small.ts";

test("a resumed apply runs what was asked for and not done, also with the plan file", async () => {
  const write = (name: string) =>
    `type: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: raw, output_path: out/${name}, format: csv }\n`;
  const names = ["a_first", "all", "z_last"].map((name) => `deployment.${name}`);
  const runs = names.flatMap((name) => ["--run", name]);
  for (const byFile of [false, true]) {
    const directory = await applied({ ...gateFiles, "more.yaml": `${write("a_first")}---\n${write("z_last")}` });
    if (byFile) expect((await mason(directory, "plan", ...runs, "--out", "p.plan")).code).toBe(0);
    await killWaiting(directory, "--parallelism", "1", ...(byFile ? ["p.plan"] : ["--auto-approve", ...runs]));
    await letGo(directory);
    const done = await mason(directory, "apply", "--resume", ...(byFile ? ["p.plan"] : ["--auto-approve"]));
    expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
    const store = createRunStore(join(directory, ".mason"));
    expect(names.map((address) => store.list({ address }).length)).toEqual([2, 2, 2]);
    await isClean(directory);
  }
});

describe("a resumed apply does no more than was asked for", () => {
  const other = (name: string) =>
    `type: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: raw, output_path: out/${name}, format: csv }\n`;
  /** The stages of the next plan. */
  const left = async (directory: string) => {
    const { stdout } = await mason(directory, "plan", "--json");
    const { changes } = JSON.parse(stdout) as { readonly changes: readonly { readonly address: string }[] };
    return changes.map(({ address }) => address);
  };
  const resumed = async (directory: string, ...args: readonly string[]) => {
    await letGo(directory);
    const done = await mason(directory, "apply", "--resume", ...args, ...(args.length === 0 ? ["--auto-approve"] : []));
    expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  };

  test.each([
    ["--target", "deployment.all"],
    ["--target", "deployment.a*"],
    ["--exclude", "deployment.extra"],
  ])("with %s %s", async (...choice) => {
    for (const byFile of [false, true]) {
      const directory = await project({ ...gateFiles, "extra.yaml": other("extra") });
      if (byFile) await planOut(directory, "p.plan", ...choice);
      await killWaiting(directory, ...(byFile ? ["p.plan"] : ["--auto-approve", ...choice]));
      const plan = await mason(directory, "plan");
      expect(said(plan)).toContain(`Its options are kept: ${choice.join(" ")}.`);
      expect(plan.stdout).not.toContain("deployment.extra");
      expect((await mason(directory, "plan", "--target", "deployment.extra")).stdout).toContain("deployment.extra");
      await resumed(directory, ...(byFile ? ["p.plan"] : []));
      expect(await left(directory)).toEqual(["deployment.extra"]);
    }
  });

  test("and finishes what it began, even if that was renamed or removed since", async () => {
    const directory = await project({ ...gateFiles, "extra.yaml": other("extra") });
    await killWaiting(directory, "--auto-approve", "--target", "deployment.all");
    await put(directory, "all.yaml", deployment.replace("name: all", "name: later\nmoved_from: deployment.all"));
    await resumed(directory);
    expect(await left(directory)).toEqual(["deployment.extra"]);
    await rm(join(directory, "go"));
    await killWaiting(directory, "--auto-approve", "--run", "deployment.later", "--target", "deployment.later");
    await put(directory, "all.yaml", "");
    await resumed(directory);
    expect(await left(directory)).toEqual(["deployment.extra"]);
  });

  test("with --refresh-only", async () => {
    const directory = await applied({ ...gateFiles, "sales.yaml": "type: database\nname: sales\n" });
    const { calls } = await applyIn(directory, { refreshOnly: true });
    const at = calls.findIndex((line) => /^link .*\/journal\/.*\/0000000001\.json$/.test(line));
    expect(at).toBeGreaterThan(0);
    await put(directory, "sales.yaml", "type: database\nname: sales\n---\ntype: database\nname: more\n");
    await rm(join(directory, "data/out/other"), { recursive: true });
    const killed = await applyIn(directory, { ids: "b", refreshOnly: true, fault: { kind: "kill", at: at + 2 } });
    expect(killed.signal).toBe("SIGKILL");
    expect(said(await mason(directory, "plan"))).toContain("Its options are kept: --refresh-only.");
    await resumed(directory);
    expect(await left(directory)).toEqual(["database.more"]);
  });
});

test("what a resumed apply does not reach stays unfinished, with its question", async () => {
  const first = "type: deployment\nname: a_first\noperator: my:wait\nparameters: { name: first }\n";
  const directory = await applied({ ...onceFiles, "first.yaml": first });
  await killWaiting(directory, "--run", "deployment.all", "--auto-approve");
  const args = ["--run", "deployment.a_first", "--redo", "deployment.all/wait", "--parallelism", "1", "--auto-approve"];
  const before = (await logOf(directory, "first")).length;
  const apply = startMason(directory, ["apply", "--resume", ...args]);
  started.push(apply);
  await until("the first one waits", async () => (await logOf(directory, "first")).length > before);
  apply.child.kill("SIGINT");
  await letGo(directory);
  expect((await apply.ended).code).toBe(130);
  const plan = await mason(directory, "plan");
  expect([plan.stdout.includes("its run was interrupted"), said(plan).includes("Unfinished apply")]).toEqual([
    true,
    true,
  ]);
  const asked = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([asked.code, said(asked).includes("--redo deployment.all/wait")]).toEqual([1, true]);
  expect((await mason(directory, "apply", "--resume", "--done", "deployment.all/wait", "--auto-approve")).code).toBe(0);
  await isClean(directory);
});

test("a plan file is not used up by a question, and the answer is given with the file", async () => {
  const directory = await project(onceFiles);
  await planOut(directory, "p.plan");
  await killWaiting(directory, "p.plan");
  await planOut(directory, "other.plan");
  const other = await mason(directory, "apply", "other.plan");
  expect([other.code, said(other).includes('"mason apply --resume", or with its own plan file')]).toEqual([1, true]);
  await letGo(directory);
  const asked = await mason(directory, "apply", "p.plan", "--resume");
  expect([asked.code, said(asked).includes("mason apply p.plan --resume --redo deployment.all/wait")]).toEqual([
    1,
    true,
  ]);
  const done = await mason(directory, "apply", "p.plan", "--resume", "--done", "deployment.all/wait");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  const { history } = JSON.parse((await mason(directory, "state", "history", "--json")).stdout);
  // The three that had ended before, and the run.
  expect(history[0]).toMatchObject({ done: 4, failed: 0 });
});

test("an interrupted plan file refuses what was not reviewed: a changed input, work done again, another text", async () => {
  const directory = await project({
    ...gateFiles,
    "first.yaml":
      "type: deployment\nname: first\noperator: table:format\nparameters: { input_path: raw, output_path: out/first, format: csv }\n",
    "all.yaml": `${deployment.replace("input_path: raw", "input_path: in")}`,
    "data/in/a.csv": "id\n1\n",
  });
  await planOut(directory, "p.plan");
  await killWaiting(directory, "p.plan", "--parallelism", "1");
  await letGo(directory);
  const resume = () => mason(directory, "apply", "p.plan", "--resume");
  const file = join(directory, "p.plan");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace('"its ', '"not its ').replace('"not run yet"', '"harmless"'));
  const altered = await resume();
  expect([altered.code, said(altered).includes("the file was altered")]).toEqual([1, true]);
  await writeFile(file, text);
  await put(directory, "data/in/a.csv", "id\n2\n");
  const changed = await resume();
  expect([changed.code, said(changed).includes('"deployment.all reads path in"')]).toEqual([1, true]);
  await put(directory, "data/in/a.csv", "id\n1\n");
  const first = await readFile(join(directory, "data/raw/a.csv"), "utf8");
  await put(directory, "data/raw/a.csv", "id\n7\n");
  const again = await resume();
  expect([again.code, said(again).includes("differs from plan")]).toEqual([1, true]);
  expect(said(again)).toContain('"deployment.first"');
  await put(directory, "data/raw/a.csv", first);
  const done = await resume();
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  await isClean(directory);
});

test("a plan file whose apply failed says how to continue", async () => {
  const directory = await project({
    ...gateFiles,
    "all.yaml": deployment.replace("select 1 as n", "select cast(concat('x', 1) as integer) as n"),
  });
  await letGo(directory);
  await planOut(directory, "p.plan");
  expect((await mason(directory, "apply", "p.plan")).code).toBe(2);
  const again = await mason(directory, "apply", "p.plan", "--resume");
  expect([again.code, said(again).includes('"mason apply --resume"')]).toEqual([1, true]);
});
