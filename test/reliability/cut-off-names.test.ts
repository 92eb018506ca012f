/** Resources that are renamed between a crash and the resumed apply, or were being renamed: none is forgotten, and none is taken for two. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRunStore } from "../../src/io/run-store.ts";
import { applyIn, mason, startMason } from "./support/child.ts";
import {
  applied,
  deployment,
  inferring,
  isClean,
  killWaiting,
  letGo,
  named,
  project,
  said,
  started,
} from "./support/cut-off.ts";
import { gateFiles, logOf, untilFile } from "./support/gate.ts";
import { put } from "./support/small.ts";

const renamed = named("after", "moved_from: deployment.before\ntimeout: 1h\n");

/** A project whose deployment was interrupted while it was being renamed. */
async function cutOffRename(): Promise<string> {
  const directory = await applied({ ...gateFiles, "workflow.yaml": inferring, "all.yaml": named("before") });
  await put(directory, "all.yaml", renamed);
  await killWaiting(directory, "--auto-approve");
  await letGo(directory);
  return directory;
}

test("a deployment that was interrupted during its rename keeps what it made", async () => {
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
])("after an interrupted rename that is %s, the tables belong to the remaining deployment", async (_, documents) => {
  const directory = await cutOffRename();
  await put(directory, "all.yaml", documents);
  const done = await mason(directory, "apply", "--resume", "--auto-approve");
  expect([done.code, done.stderr.includes("Error")]).toEqual([0, false]);
  await isClean(directory);
  const gone = await mason(directory, "destroy", "--auto-approve");
  expect([gone.code, said(gone).includes("dropped sales.loaded, sales")]).toEqual([0, true]);
});

test("a second kill does not bring back a name that the first resumed apply removed", async () => {
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

test("a deployment that --run names is run under its new name", async () => {
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
  expect(createRunStore(join(directory, ".mason")).list({ address: "deployment.later" }).length).toBe(2);
  await isClean(directory);
});

test("an interrupted run is finished under a new name", async () => {
  const directory = await applied({ ...gateFiles, "workflow.yaml": inferring, "all.yaml": named("before") });
  await killWaiting(directory, "--auto-approve", "--run", "deployment.before");
  await put(directory, "all.yaml", named("after", "moved_from: deployment.before\n"));
  await letGo(directory);
  expect((await mason(directory, "plan")).stdout).toContain("its run was interrupted");
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  expect((await logOf(directory, "wait")).length).toBe(3);
  await isClean(directory);
});

test("a table whose interrupted rename is taken back loses no file", async () => {
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
