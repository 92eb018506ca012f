/** What changed between a crash and the resumed apply: a run that was cut off is never dropped, and only what is still true is kept. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createRunStore } from "../../src/io/run-store.ts";
import { applyIn, mason, type Started, startMason } from "./support/child.ts";
import { gateFiles, logOf, onceFiles, until, untilFile } from "./support/gate.ts";
import { localConfig, newProject, put } from "./support/small.ts";

const open: string[] = [];
const started: Started[] = [];
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill("SIGKILL");
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

const workflow = `type: workflow
namespace: my
command: chain
dag:
  - { id: read, type: operator, namespace: table, command: format }
  - { id: other, type: operator, namespace: table, command: query }
  - { id: wait, type: operator, namespace: my, command: wait, dependencies: [read, other] }
`;
const deployment = `type: deployment
name: all
workflow: my:chain
steps:
  read: { parameters: { input_path: raw, output_path: out/read, format: csv } }
  other: { parameters: { query_string: "select 1 as n", output_path: out/other } }
  wait: { parameters: { name: wait } }
`;

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await newProject({
    "mason.yaml": "default_config: 1\n",
    "config.yaml": localConfig,
    "workflow.yaml": workflow,
    "all.yaml": deployment,
    "data/raw/a.csv": "id\n1\n",
    ...files,
  });
  open.push(directory);
  return directory;
}

const said = (ended: { readonly stderr: string }) => ended.stderr.replace(/\s+/g, " ");
const letGo = (directory: string) => writeFile(join(directory, "go"), "");
const planOut = async (directory: string, file: string, ...choice: readonly string[]) =>
  expect((await mason(directory, "plan", "--out", file, ...choice)).code).toBe(0);

/** Kills an apply in the step that waits. */
async function killWaiting(directory: string, ...args: readonly string[]): Promise<void> {
  await rm(join(directory, "log"), { recursive: true, force: true });
  const apply = startMason(directory, ["apply", ...args]);
  started.push(apply);
  await untilFile(directory, "log/wait");
  apply.child.kill("SIGKILL");
  await apply.ended;
}

/** A project that was applied, with its gate closed again. */
async function applied(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await project(files);
  await letGo(directory);
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
  await rm(join(directory, "go"));
  return directory;
}

/** What the last run did of each step, and what it kept. */
async function lastRun(directory: string): Promise<unknown> {
  const { stdout } = await mason(directory, "runs", "logs", "last");
  return stdout;
}

async function jobs(directory: string): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await mason(directory, "runs", "show", "last", "--json");
  const { steps } = JSON.parse(stdout) as {
    readonly steps: readonly { readonly step: string; readonly outputs: { readonly job_id?: string } }[];
  };
  return Object.fromEntries(steps.map(({ step, outputs }) => [step, outputs.job_id ?? null]));
}

/** Kills an apply, lets something happen, and resumes it: whether the steps `read` and `other` were kept. */
async function keptAfter(directory: string, happen: () => Promise<void>): Promise<readonly boolean[]> {
  await killWaiting(directory, "--auto-approve");
  const before = await jobs(directory);
  await happen();
  await letGo(directory);
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  const after = await jobs(directory);
  return [after.read === before.read, after.other === before.other];
}

const isClean = async (directory: string) => {
  const plan = await mason(directory, "plan", "--detailed-exitcode");
  expect([plan.code, plan.stderr]).toEqual([0, ""]);
};

test("a run that was only asked for is asked about when it was cut off: its reason is gone, its question is not", async () => {
  const directory = await applied(onceFiles);
  await killWaiting(directory, "--run", "deployment.all", "--auto-approve");
  const plan = await mason(directory, "plan");
  expect([plan.stdout.includes("its run was cut off"), said(plan).includes("Unfinished apply")]).toEqual([true, true]);
  await letGo(directory);
  const asked = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([asked.code, said(asked).includes("mason apply --resume --redo deployment.all/wait")]).toEqual([1, true]);
  const done = await mason(directory, "apply", "--resume", "--auto-approve", "--redo", "deployment.all/wait");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  expect((await logOf(directory, "wait")).length).toBe(3);
  await isClean(directory);
});

test("on another machine nobody knows which steps began: those that may not be repeated are asked about", async () => {
  const directory = await project(onceFiles);
  await killWaiting(directory, "--auto-approve");
  await rm(join(directory, ".mason/runs"), { recursive: true });
  const resume = (...args: readonly string[]) => mason(directory, "apply", "--resume", "--auto-approve", ...args);
  const asked = await resume();
  expect([asked.code, said(asked).includes("the record of its run is not here")]).toEqual([1, true]);
  const wrong = await resume("--done", "deployment.all/wiat");
  expect([wrong.code, said(wrong).includes('Did you mean "deployment.all/wait"?')]).toEqual([1, true]);
  const alone = await mason(directory, "apply", "--auto-approve", "--done", "deployment.all/wait");
  expect([alone.code, said(alone).includes("mason apply --resume --done deployment.all/wait")]).toEqual([1, true]);
  const done = await resume("--done", "deployment.all/wait");
  expect([done.code, (await logOf(directory, "wait")).length]).toEqual([0, 1]);
  await isClean(directory);
});

test("on another machine steps are done again, and replace what they had written", async () => {
  const directory = await project(gateFiles);
  await killWaiting(directory, "--auto-approve");
  for (const path of ["runs", "local"]) await rm(join(directory, ".mason", path), { recursive: true, force: true });
  await letGo(directory);
  const done = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([done.code, done.stderr.includes("Was done before")]).toEqual([0, false]);
  await isClean(directory);
});

test("of a run that failed on another machine nobody knows which steps ended: a resumed apply asks, and takes no older run for it", async () => {
  const after = workflow.replace(
    "dependencies: [read, other] }",
    "}\n  - { id: last, type: operator, namespace: table, command: format, dependencies: [wait] }",
  );
  const lastOf = (path: string) =>
    `${deployment}  last: { parameters: { input_path: ${path}, output_path: out/last, format: csv } }\n`;
  const directory = await applied({ ...onceFiles, "workflow.yaml": after, "all.yaml": lastOf("raw") });
  await letGo(directory);
  await put(directory, "all.yaml", lastOf("absent"));
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(2);
  expect((await logOf(directory, "wait")).length).toBe(4);
  const [failed] = createRunStore(join(directory, ".mason")).list({ address: "deployment.all" });
  expect(failed?.state).toBe("failed");
  await rm(join(directory, ".mason/runs", failed?.id ?? "none"), { recursive: true });
  await put(directory, "all.yaml", lastOf("raw"));
  const resume = (...args: readonly string[]) => mason(directory, "apply", "--resume", "--auto-approve", ...args);
  const asked = await resume();
  expect([asked.code, said(asked)]).toEqual([
    1,
    expect.stringContaining(`deployment.all failed in run "${failed?.id}", whose record is not here`),
  ]);
  const done = await resume("--done", "deployment.all/wait");
  expect([done.code, (await logOf(directory, "wait")).length]).toEqual([0, 4]);
  await isClean(directory);
});

test("steps whose input changed since are done again, the others are kept, and the next plan is empty", async () => {
  const directory = await project(gateFiles);
  expect(await keptAfter(directory, () => put(directory, "data/raw/a.csv", "id\n1\n2\n"))).toEqual([false, true]);
  const [file = ""] = await readdir(join(directory, "data/out/read"));
  expect(await readFile(join(directory, "data/out/read", file), "utf8")).toBe("id\n1\n2\n");
  await isClean(directory);
});

test("a step whose output was deleted since is done again", async () => {
  const directory = await project(gateFiles);
  expect(await keptAfter(directory, () => rm(join(directory, "data/out/read"), { recursive: true }))).toEqual([
    false,
    true,
  ]);
  expect(await lastRun(directory)).toContain("what it wrote is gone: out/read. It is done again.");
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
  expect([asked.code, said(asked).includes("what it wrote is gone: out/put")]).toEqual([2, true]);
  expect(said(asked)).toContain("mason apply --resume --redo deployment.all/other");
  const done = await mason(directory, "apply", "--resume", "--auto-approve", "--redo", "deployment.all/other");
  expect([done.code, await readFile(place, "utf8")]).toEqual([0, "x"]);
  await isClean(directory);
  // Its output is watched too.
  await rm(place);
  expect((await mason(directory, "plan")).stdout).toContain("deleted since its last run: out/put");
});

const inferring = workflow.replace("command: format", "command: infer");
const named = (name: string, part = "") =>
  `type: deployment\nname: ${name}\nworkflow: my:chain\n${part}steps:\n  read: { parameters: { database_name: sales, storage_path: raw, table_name: loaded } }\n  other: { parameters: { query_string: "select 1 as n", output_path: out/other } }\n  wait: { parameters: { name: wait } }\n`;
const renamed = named("after", "moved_from: deployment.before\ntimeout: 1h\n");

/** A project whose deployment was cut off while it got another name. */
async function cutOffRename(): Promise<string> {
  const directory = await applied({ ...gateFiles, "workflow.yaml": inferring, "all.yaml": named("before") });
  await put(directory, "all.yaml", renamed);
  await killWaiting(directory, "--auto-approve");
  await letGo(directory);
  return directory;
}

test("a deployment that was cut off while it got another name keeps what it made", async () => {
  const directory = await cutOffRename();
  const done = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([done.code, done.stderr.includes("dropped"), done.stderr.includes("Error")]).toEqual([0, false, false]);
  const { resources } = JSON.parse(await readFile(join(directory, "mason.lock"), "utf8"));
  expect(Object.keys(resources).filter((address) => address.startsWith("deployment."))).toEqual(["deployment.after"]);
  expect(resources["deployment.after"].object).toMatchObject({ wrote: ["out/other"] });
  await isClean(directory);
});

test.each([
  ["taken back", named("before")],
  ["changed again", renamed.replace("name: after", "name: later")],
])("of a rename that was cut off and is %s the tables belong to the deployment that is there", async (_, documents) => {
  const directory = await cutOffRename();
  await put(directory, "all.yaml", documents);
  const done = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  await isClean(directory);
  const gone = await mason(directory, "destroy", "--auto-approve");
  expect([gone.code, said(gone).includes("dropped sales.loaded, sales")]).toEqual([0, true]);
});

test("a step that may not be repeated is asked about also when nothing of its name is run any more", async () => {
  const directory = await project(onceFiles);
  await killWaiting(directory, "--auto-approve");
  await letGo(directory);
  await put(directory, "workflow.yaml", workflow.replace("id: wait", "id: other_name"));
  await put(directory, "all.yaml", deployment.replace("wait: {", "other_name: {"));
  const resume = (...args: readonly string[]) => mason(directory, "apply", "--resume", "--auto-approve", ...args);
  const asked = await resume();
  expect([asked.code, said(asked).includes("No step of that name is run any more")]).toEqual([1, true]);
  expect((await logOf(directory, "wait")).length).toBe(1);
  expect((await resume("--done", "deployment.all/wait")).code).toBe(0);
  await isClean(directory);
});

test("what is said of a deployment is said of what was cut off, not of steps that never began", async () => {
  const last = "  - { id: last, type: operator, namespace: table, command: query, dependencies: [wait] }\n";
  const directory = await project({
    ...onceFiles,
    "workflow.yaml": workflow + last,
    "all.yaml": `${deployment}  last: { parameters: { query_string: "select 1 as n", output_path: out/last } }\n`,
  });
  await killWaiting(directory, "--auto-approve");
  // Somebody else's, where a step was to write that never began.
  await put(directory, "data/out/last/theirs.csv", "precious");
  const resume = () => mason(directory, "apply", "--resume", "--auto-approve", "--done", "deployment.all");
  const refused = await resume();
  expect([refused.code, said(refused).includes('The output "out/last" is there already')]).toEqual([2, true]);
  expect(await readFile(join(directory, "data/out/last/theirs.csv"), "utf8")).toBe("precious");
  await rm(join(directory, "data/out/last"), { recursive: true });
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  expect((await readdir(join(directory, "data/out/last"))).length).toBe(1);
  expect((await logOf(directory, "wait")).length).toBe(1);
  await isClean(directory);
});

test("a resumed apply runs what was asked for and not done, by the file too", async () => {
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
  /** What the next plan has to do. */
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
      expect(said(plan)).toContain(`It is finished as it was asked for: ${choice.join(" ")}.`);
      expect(plan.stdout).not.toContain("deployment.extra");
      expect((await mason(directory, "plan", "--target", "deployment.extra")).stdout).toContain("deployment.extra");
      await resumed(directory, ...(byFile ? ["p.plan"] : []));
      expect(await left(directory)).toEqual(["deployment.extra"]);
    }
  });

  test("and finishes what it began, also when that has another name by then, or none", async () => {
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

  test("when only records were to be changed", async () => {
    const directory = await applied({ ...gateFiles, "sales.yaml": "type: database\nname: sales\n" });
    const { calls } = await applyIn(directory, { refreshOnly: true });
    const at = calls.findIndex((line) => /^link .*\/journal\/.*\/0000000001\.json$/.test(line));
    expect(at).toBeGreaterThan(0);
    await put(directory, "sales.yaml", "type: database\nname: sales\n---\ntype: database\nname: more\n");
    await rm(join(directory, "data/out/other"), { recursive: true });
    const killed = await applyIn(directory, { ids: "b", refreshOnly: true, fault: { kind: "kill", at: at + 2 } });
    expect(killed.signal).toBe("SIGKILL");
    expect(said(await mason(directory, "plan"))).toContain("It is finished as it was asked for: --refresh-only.");
    await resumed(directory);
    expect(await left(directory)).toEqual(["database.more"]);
  });
});

test("what a resumed apply does not come to stays unfinished, with its question", async () => {
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
  expect([plan.stdout.includes("its run was cut off"), said(plan).includes("Unfinished apply")]).toEqual([true, true]);
  const asked = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([asked.code, said(asked).includes("--redo deployment.all/wait")]).toEqual([1, true]);
  expect((await mason(directory, "apply", "--resume", "--done", "deployment.all/wait", "--auto-approve")).code).toBe(0);
  await isClean(directory);
});

test("a second kill brings no name back that the first resumed apply has ended", async () => {
  const other = "type: deployment\nname: z_last\noperator: my:wait\nparameters: { name: last, after: wait }\n";
  const directory = await applied({ ...gateFiles, "last.yaml": other });
  await killWaiting(
    directory,
    "--run",
    "deployment.all",
    "--run",
    "deployment.z_last",
    "--auto-approve",
    "--parallelism",
    "1",
  );
  await put(directory, "all.yaml", deployment.replace("name: all", "name: later\nmoved_from: deployment.all"));
  await put(
    directory,
    "operators/my/wait/operator.js",
    (gateFiles["operators/my/wait/operator.js"] ?? "").replace(
      'existsSync("go")',
      'existsSync(parameters.name === "last" ? "go-last" : "go")',
    ),
  );
  await letGo(directory);
  const apply = startMason(directory, ["apply", "--resume", "--auto-approve", "--parallelism", "1"]);
  started.push(apply);
  await untilFile(directory, "log/last");
  apply.child.kill("SIGKILL");
  await apply.ended;
  const { stdout } = await mason(directory, "plan", "--json");
  const { changes } = JSON.parse(stdout) as { readonly changes: readonly { readonly address: string }[] };
  expect(changes.map(({ address }) => address)).toEqual(["deployment.z_last"]);
});

test("what is to run is run under another name too", async () => {
  const first = "type: deployment\nname: a_first\noperator: my:wait\nparameters: { name: first }\n";
  const directory = await applied({ ...gateFiles, "first.yaml": first });
  await rm(join(directory, "log"), { recursive: true });
  const runs = ["--run", "deployment.all", "--run", "deployment.a_first", "--parallelism", "1"];
  const apply = startMason(directory, ["apply", "--auto-approve", ...runs]);
  started.push(apply);
  await untilFile(directory, "log/first");
  apply.child.kill("SIGKILL");
  await apply.ended;
  await put(directory, "all.yaml", deployment.replace("name: all", "name: later\nmoved_from: deployment.all"));
  await letGo(directory);
  const plan = await mason(directory, "plan", "--target", "deployment.a_first", "--run", "deployment.later");
  expect([plan.code, said(plan).includes("Run is left out")]).toEqual([1, true]);
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  expect(createRunStore(join(directory, ".mason")).list({ address: "deployment.later" }).length).toBe(1);
  await isClean(directory);
});

test("what follows a step that was done again is done again", async () => {
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

test("a run that was cut off is finished under another name", async () => {
  const directory = await applied({ ...gateFiles, "workflow.yaml": inferring, "all.yaml": named("before") });
  await killWaiting(directory, "--auto-approve", "--run", "deployment.before");
  await put(directory, "all.yaml", named("after", "moved_from: deployment.before\n"));
  await letGo(directory);
  expect((await mason(directory, "plan")).stdout).toContain("its run was cut off");
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  expect((await logOf(directory, "wait")).length).toBe(3);
  await isClean(directory);
});

test("a path that was written before and is named otherwise now may be written again", async () => {
  const directory = await project(gateFiles);
  await killWaiting(directory, "--auto-approve");
  await letGo(directory);
  await put(directory, "all.yaml", deployment.replace("out/other", "out/another"));
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  await put(directory, "all.yaml", deployment);
  const back = await mason(directory, "apply", "--auto-approve");
  expect([back.code, back.stderr.includes("Error")]).toEqual([0, false]);
});

test("of a table whose rename was cut off and is taken back no file is lost", async () => {
  const table = (name: string, part = "") =>
    `type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: ${name}\nformat: csv\ncolumns: [{ name: id, type: bigint }]\nlocation: raw\nlifecycle: { delete_data: true }\n${part}`;
  const directory = await project({ "workflow.yaml": "", "all.yaml": table("orders") });
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
  await put(directory, "all.yaml", table("renamed", "moved_from: table.sales.orders\n"));
  const whole = await applyIn(directory, {});
  const at = whole.calls.findIndex((call) => call.startsWith("rm data/sales/_mason/orders"));
  expect(at).toBeGreaterThan(0);
  await put(directory, "all.yaml", table("orders", "moved_from: table.sales.renamed\n"));
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
  await put(directory, "all.yaml", table("renamed", "moved_from: table.sales.orders\n"));
  expect((await applyIn(directory, { ids: "b", fault: { kind: "kill", at: at + 1 } })).signal).toBe("SIGKILL");
  await put(directory, "all.yaml", table("orders"));
  const done = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  expect(await readFile(join(directory, "data/raw/a.csv"), "utf8")).toBe("id\n1\n");
  await isClean(directory);
});

test("a plan file is not used up by a question, and the answer is given with the file", async () => {
  const directory = await project(onceFiles);
  await planOut(directory, "p.plan");
  await killWaiting(directory, "p.plan");
  await planOut(directory, "other.plan");
  const other = await mason(directory, "apply", "other.plan");
  expect([other.code, said(other).includes('"mason apply --resume", or with the plan file that it was about')]).toEqual(
    [1, true],
  );
  await letGo(directory);
  const asked = await mason(directory, "apply", "p.plan", "--resume");
  expect([asked.code, said(asked).includes("mason apply p.plan --resume --redo deployment.all/wait")]).toEqual([
    1,
    true,
  ]);
  const done = await mason(directory, "apply", "p.plan", "--resume", "--done", "deployment.all/wait");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  const { history } = JSON.parse((await mason(directory, "state", "history", "--json")).stdout);
  // Three that had ended before, and the run.
  expect(history[0]).toMatchObject({ done: 4, failed: 0 });
});

test("a plan file that was cut off refuses what was not reviewed: a changed input, done work again, another text", async () => {
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
  expect([again.code, said(again).includes("not what plan")]).toEqual([1, true]);
  expect(said(again)).toContain('"deployment.first"');
  await put(directory, "data/raw/a.csv", first);
  const done = await resume();
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  await isClean(directory);
});

test("a plan file whose apply failed says how to go on", async () => {
  const directory = await project({
    ...gateFiles,
    "all.yaml": deployment.replace("select 1 as n", "select n from absent.t"),
  });
  await letGo(directory);
  await planOut(directory, "p.plan");
  expect((await mason(directory, "apply", "p.plan")).code).toBe(2);
  const again = await mason(directory, "apply", "p.plan", "--resume");
  expect([again.code, said(again).includes('"mason apply --resume"')]).toEqual([1, true]);
});

const copyTo = (path: string) =>
  `type: deployment\nname: copy\noperator: table:format\nparameters: { input_path: raw, output_path: ${path}, format: csv, overwrite: true }\n`;

test.each([
  ["has another place", "link data/out/orders.csv", "2", copyTo("out/elsewhere.csv")],
  ["has the same place", "link data/out/orders.csv", "3", copyTo("out/orders.csv")],
  ["is no more", "link data/out/orders.csv", "2", ""],
  ["has another place", "rm data/out/.mason-old-", "3", copyTo("out/elsewhere.csv")],
  ["is no more", "rm data/out/.mason-old-", "3", ""],
])(
  "an old output that was set aside is kept or replaced: the new one %s, cut off before %s",
  async (_, call, id, edited) => {
    const directory = await project({ "workflow.yaml": "", "all.yaml": copyTo("out/orders.csv") });
    expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
    await put(directory, "data/raw/a.csv", "id\n2\n");
    const at = (await applyIn(directory, {})).calls.findIndex((line) => line.startsWith(call));
    expect(at).toBeGreaterThan(0);
    await put(directory, "data/raw/a.csv", "id\n3\n");
    expect((await applyIn(directory, { ids: "b", fault: { kind: "kill", at: at + 1 } })).signal).toBe("SIGKILL");
    const isAside = !(await readdir(join(directory, "data/out"))).includes("orders.csv");
    expect(isAside).toBe(call.startsWith("link"));
    await put(directory, "all.yaml", edited);
    const done = await mason(directory, "apply", "--resume", "--auto-approve");
    expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
    expect(await readFile(join(directory, "data/out/orders.csv"), "utf8")).toBe(`id\n${id}\n`);
    expect((await readdir(join(directory, "data/out"))).filter((name) => name.startsWith("."))).toEqual([]);
    await isClean(directory);
  },
);

test.each([
  ["here", true],
  ["on another machine, while the engine knows its job", false],
])("a run that had ended when it was cut off is done again at another place, %s", async (_, isHere) => {
  const directory = await project({ "workflow.yaml": "", "all.yaml": copyTo("out/orders.csv") });
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
  await put(directory, "data/raw/a.csv", "id\n2\n");
  const { calls } = await applyIn(directory, {});
  const at = calls.findLastIndex((line) => /^rename \.mason\/runs\/.*\/run\.json$/.test(line));
  expect(at).toBeGreaterThan(0);
  await put(directory, "data/raw/a.csv", "id\n3\n");
  expect((await applyIn(directory, { ids: "b", fault: { kind: "kill", at: at + 2 } })).signal).toBe("SIGKILL");
  await put(directory, "all.yaml", copyTo("out/elsewhere.csv"));
  if (!isHere) await rm(join(directory, ".mason/runs"), { recursive: true });
  const done = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  for (const name of ["orders", "elsewhere"])
    expect(await readFile(join(directory, `data/out/${name}.csv`), "utf8")).toBe("id\n3\n");
  await isClean(directory);
});
