/** Outputs that were being replaced when their run was interrupted, and whose place has changed since. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyIn, mason } from "./support/child.ts";
import { deployment, isClean, killWaiting, letGo, project } from "./support/cut-off.ts";
import { gateFiles } from "./support/gate.ts";
import { put } from "./support/small.ts";

test("a path that was written before may be written again under another spelling", async () => {
  const directory = await project(gateFiles);
  await killWaiting(directory, "--auto-approve");
  await letGo(directory);
  await put(directory, "all.yaml", deployment.replace("out/other", "out/another"));
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  await put(directory, "all.yaml", deployment);
  const back = await mason(directory, "apply", "--auto-approve");
  expect([back.code, back.stderr.includes("Error")]).toEqual([0, false]);
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
])("a run that had ended before the interruption runs again at another place, %s", async (_, isHere) => {
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
