/** What a user sees after a crash: what `plan` says, what a resumed apply keeps, and what it asks. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createRunStore } from "../../src/io/run-store.ts";
import { applyIn, mason, type Started, startMason } from "./support/child.ts";
import { figures } from "./support/figures.ts";
import { gateFiles, logOf, onceFiles, untilFile } from "./support/gate.ts";
import { localConfig, newProject, put } from "./support/small.ts";

const open: string[] = [];
const started: Started[] = [];
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill("SIGKILL");
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

const three = `type: workflow
namespace: my
command: three
dag:
  - { id: one, type: operator, namespace: table, command: query }
  - { id: two, type: operator, namespace: my, command: wait, dependencies: [one] }
  - { id: three, type: operator, namespace: table, command: query, dependencies: [two] }
`;
const query = (sql: string, path: string) => `{ parameters: { query_string: "${sql}", output_path: ${path} } }`;
const deployment = (last = "select 3 as c") =>
  `type: deployment
name: all
workflow: my:three
steps:
  one: ${query("select 1 as a", "out/one")}
  two: { parameters: { name: two } }
  three: ${query(last, "out/three")}
`;

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await newProject({
    "mason.yaml": "default_config: 1\n",
    "config.yaml": localConfig,
    "workflow.yaml": three,
    "all.yaml": deployment(),
    "data/.keep": "",
    ...files,
  });
  open.push(directory);
  return directory;
}

/** Kills an apply during step two. */
async function killInStepTwo(directory: string, args: readonly string[] = ["apply", "--auto-approve"]): Promise<void> {
  const apply = startMason(directory, args);
  started.push(apply);
  await untilFile(directory, "log/two");
  expect(await lastRun(directory)).toMatchObject({ state: "running", steps: [{}, { state: "running" }] });
  apply.child.kill("SIGKILL");
  await apply.ended;
  expect(await lastRun(directory)).toMatchObject({
    state: "failed",
    error: `It was interrupted: its process (${apply.child.pid}) no longer exists.`,
    steps: [{ state: "succeeded" }, { state: "failed", error: { code: "unknown" } }],
  });
}

const lastRun = async (directory: string): Promise<unknown> =>
  JSON.parse((await mason(directory, "runs", "show", "last", "--json")).stdout);

const runsOf = (directory: string) => createRunStore(join(directory, ".mason"));
const said = (ended: { readonly stderr: string }) => ended.stderr.replace(/\s+/g, " ");
const jobOf = (directory: string, step: string): unknown => {
  const [last] = runsOf(directory).list({ limit: 1 });
  return runsOf(directory)
    .get(last?.id ?? "")
    ?.steps.find((record) => record.step === step)?.outputs.job_id;
};

test("after a crash plan says so, apply refuses, and resume repeats neither step that had ended", async () => {
  const directory = await project(gateFiles);
  await killInStepTwo(directory);
  const job = jobOf(directory, "one");
  expect(job).toMatch(/\w/);
  const plan = await mason(directory, "plan");
  expect(plan.code).toBe(0);
  expect(said(plan)).toContain("Unfinished apply");
  expect(said(plan)).toMatch(
    /An apply of plan \w{8}, which \S+ started on \S+ at .* Finish it with "mason apply --resume"/,
  );
  const refused = await mason(directory, "apply", "--auto-approve");
  expect([refused.code, said(refused).includes('"mason apply --resume"')]).toEqual([1, true]);
  for (const args of [
    ["state", "rm", "config.1"],
    ["state", "mv", "config.1", "config.2"],
  ]) {
    const other = await mason(directory, ...args);
    expect([other.code, said(other).includes("mason apply --resume")], args.join(" ")).toEqual([1, true]);
  }
  await writeFile(join(directory, "go"), "");
  const resumed = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([resumed.code, resumed.stderr.includes("Error")]).toEqual([0, false]);
  // The job is that of the killed apply: no other ran.
  expect(jobOf(directory, "one")).toBe(job);
  expect((await logOf(directory, "two")).map((line) => line.split(" ")[0])).toEqual(["begin", "begin", "end"]);
  expect(runsOf(directory).list().length).toBe(1);
  const after = await mason(directory, "plan", "--detailed-exitcode");
  expect([after.code, after.stderr]).toEqual([0, ""]);
  figures("resume", { "steps kept": 1, "steps done again": 1, runs: 1 });
});

test("an apply of a plan file is resumed with the file, and only as it was reviewed", async () => {
  const directory = await project({ ...gateFiles, "raw/a.csv": "id\n1\n" });
  const planOut = async (file: string) => expect((await mason(directory, "plan", "--out", file)).code).toBe(0);
  const apply = (...args: readonly string[]) => mason(directory, "apply", ...args);
  await planOut("p.plan");
  await killInStepTwo(directory, ["apply", "p.plan"]);
  const again = await apply("p.plan");
  expect([again.code, said(again).includes('Finish it with "mason apply p.plan --resume"')]).toEqual([1, true]);
  await planOut("other.plan");
  const other = await apply("other.plan", "--resume");
  expect([other.code, said(other).includes("Unfinished apply of another plan")]).toEqual([1, true]);
  await put(directory, "all.yaml", deployment("select 4 as c"));
  const edited = await apply("p.plan", "--resume");
  expect([edited.code, said(edited).includes('"all.yaml" changed since plan')]).toEqual([1, true]);
  await put(directory, "all.yaml", deployment());
  await writeFile(join(directory, "go"), "");
  const resumed = await apply("p.plan", "--resume");
  expect([resumed.code, resumed.stderr.includes("Error")]).toEqual([0, false]);
  expect((await logOf(directory, "two")).map((line) => line.split(" ")[0])).toEqual(["begin", "begin", "end"]);
  const history = JSON.parse((await mason(directory, "state", "history", "--json")).stdout);
  const { plan_id: id } = JSON.parse(await readFile(join(directory, "p.plan"), "utf8"));
  expect(history.history.map((item: { readonly plan_id: string }) => item.plan_id)).toEqual([id]);
  const twice = await apply("p.plan", "--resume");
  expect([twice.code, said(twice).includes("Plan already applied")]).toEqual([1, true]);
});

test("a killed destroy is resumed by a destroy, never by an apply that would create everything again", async () => {
  const directory = await project({ ...gateFiles, go: "", "sales.yaml": "type: database\nname: sales\n" });
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
  const killed = await applyIn(directory, { destroy: true, fault: { kind: "kill", at: 40 } });
  expect(killed.signal).toBe("SIGKILL");
  for (const args of [
    ["plan"],
    ["plan", "--destroy"],
    ["destroy", "--auto-approve"],
    ["apply", "--auto-approve"],
    ["state", "rm", "config.1"],
  ])
    expect(said(await mason(directory, ...args)), args.join(" ")).toContain("mason destroy --resume");
  const other = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([other.code, said(other).includes('Finish it with "mason destroy --resume"')]).toEqual([1, true]);
  const resumed = await mason(directory, "destroy", "--resume", "--auto-approve");
  expect([resumed.code, resumed.stderr.includes("Error")]).toEqual([0, false]);
  expect(JSON.parse(await readFile(join(directory, "mason.lock"), "utf8")).resources).toEqual({});
  const { history } = JSON.parse((await mason(directory, "state", "history", "--json")).stdout);
  expect(history[0]).toMatchObject({ destroy: true });
});

test("with nothing to resume, --resume says that it is an ordinary apply", async () => {
  const directory = await project({ "workflow.yaml": "", "all.yaml": "" });
  const first = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([first.code, said(first).includes("this is an ordinary apply")]).toEqual([0, true]);
  const quiet = await mason(directory, "apply", "--auto-approve");
  expect([quiet.code, said(quiet).includes("ordinary apply")]).toEqual([0, false]);
});

test("a resumed destroy does not say that others dropped what it dropped itself", async () => {
  const files = {
    "workflow.yaml": "",
    "all.yaml": "",
    "sales.yaml":
      "type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n",
  };
  const applied = async () => {
    const directory = await project(files);
    expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
    return directory;
  };
  const { calls } = await applyIn(await applied(), { destroy: true });
  const drops = calls.flatMap((call, at) => (call.startsWith("link data/") ? [at] : []));
  expect(drops.length).toBeGreaterThan(1);
  const said: string[] = [];
  for (const at of drops) {
    const directory = await applied();
    // The one after the call.
    expect((await applyIn(directory, { destroy: true, fault: { kind: "kill", at: at + 2 } })).signal).toBe("SIGKILL");
    said.push((await mason(directory, "plan")).stdout);
  }
  expect(said.filter((text) => text.includes("outside of Mason"))).toEqual([]);
  expect(said.filter((text) => text.includes("dropped by an interrupted apply")).length).toBeGreaterThan(0);
});

test("a destroy says that data would be lost, and continues when its address is allowed", async () => {
  const directory = await project({
    ...gateFiles,
    go: "",
    "sales.yaml":
      "type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }]\nlocation: raw\nlifecycle: { delete_data: true }\n",
    "data/raw/a.csv": "id\n1\n",
  });
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
  const refused = await mason(directory, "destroy", "--auto-approve");
  expect([refused.code, said(refused).includes("--allow-destroy table.sales.orders")]).toEqual([1, true]);
  expect(await readFile(join(directory, "data/raw/a.csv"), "utf8")).toBe("id\n1\n");
  const done = await mason(directory, "destroy", "--auto-approve", "--allow-destroy", "table.sales.orders");
  expect(done.code).toBe(0);
  expect(await readFile(join(directory, "data/raw/a.csv")).catch(() => null)).toBeNull();
});

test("after a failed step is repaired in the project, resume keeps the earlier steps and runs it and the later ones", async () => {
  const directory = await project({
    ...gateFiles,
    go: "",
    "all.yaml": deployment("select cast(concat('x', 1) as integer) as c"),
  });
  const failed = await mason(directory, "apply", "--auto-approve");
  expect(failed.code).toBe(2);
  const job = jobOf(directory, "one");
  await put(directory, "all.yaml", deployment("select 4 as c"));
  const resumed = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([resumed.code, resumed.stderr.includes("Error")]).toEqual([0, false]);
  expect(jobOf(directory, "one")).toBe(job);
  expect((await logOf(directory, "two")).length).toBe(2);
  expect(resumed.stderr).toContain("deployment.all/three: succeeded");
  // A repaired step counts as another step: those that pull from it run again.
  await put(
    directory,
    "all.yaml",
    deployment("select cast(concat('x', 1) as integer) as c").replace("select 1 as a", "select 2 as a"),
  );
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(2);
  const before = jobOf(directory, "one");
  await put(directory, "all.yaml", deployment("select 4 as c"));
  const again = await mason(directory, "apply", "--resume", "--auto-approve");
  expect(again.code).toBe(0);
  expect(jobOf(directory, "one")).not.toBe(before);
});

test.each(["redo", "done"] as const)("a begun step that may not be repeated asks, and --%s answers", async (answer) => {
  const directory = await project(onceFiles);
  await killInStepTwo(directory);
  await writeFile(join(directory, "go"), "");
  const asked = await mason(directory, "apply", "--resume", "--auto-approve");
  expect(asked.code).not.toBe(0);
  expect(said(asked)).toContain("--redo deployment.all/two");
  expect(said(asked)).toContain("--done deployment.all/two");
  expect((await logOf(directory, "two")).length).toBe(1);
  const still = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([still.code === 0, (await logOf(directory, "two")).length]).toEqual([false, 1]);
  // It stays unfinished until somebody answers.
  const plain = await mason(directory, "apply", "--auto-approve");
  expect([plain.code, (await logOf(directory, "two")).length]).toEqual([1, 1]);
  expect(said(plain)).toContain('Finish it with "mason apply --resume"');
  const answered = await mason(directory, "apply", "--resume", `--${answer}`, "deployment.all/two", "--auto-approve");
  expect([answered.code, answered.stderr.includes("Error")]).toEqual([0, false]);
  expect((await logOf(directory, "two")).length).toBe(answer === "redo" ? 3 : 1);
  const after = await mason(directory, "plan", "--detailed-exitcode");
  expect([after.code, after.stderr]).toEqual([0, ""]);
});

test("after two kills, the second while resuming, a step that may not be repeated is still asked about", async () => {
  const directory = await project(onceFiles);
  await killInStepTwo(directory);
  // The second one is killed before it reaches the deployment: it wrote nothing but its own journal.
  const journal = join(directory, ".mason/state/mason.lock/journal");
  const { calls } = await applyIn(directory, {
    resume: true,
    redo: ["deployment.all/two"],
    scope: "state",
    fault: { kind: "kill", at: 12 },
  });
  expect(calls.length).toBe(12);
  expect(
    (await readFile(join(directory, ".mason/state/mason.lock/lease/0000000002.json"), "utf8")).length,
  ).toBeGreaterThan(0);
  expect((await readdir(journal)).length).toBeGreaterThan(0);
  await writeFile(join(directory, "go"), "");
  const asked = await mason(directory, "apply", "--resume", "--auto-approve");
  expect(asked.code).not.toBe(0);
  expect(said(asked)).toContain("--redo deployment.all/two");
  expect((await logOf(directory, "two")).length).toBe(1);
});
