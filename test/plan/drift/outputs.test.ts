/** Deleted outputs of runs, on real files. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createLocalStorage } from "../../../providers/local/storage.ts";
import type { PlanOptions } from "../../../src/command/plan-options.ts";
import { writtenFiles } from "../../../src/facts/written-files.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { localConfig } from "../../reliability/support/small.ts";
import { localProject } from "../../support/local-project.ts";
import type { TestProject } from "../../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const write = (name: string, from: string, to: string, part = "") =>
  `type: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: ${from}, output_path: ${to}, format: csv }\n${part}`;
const chain = (part = "") =>
  `${write("first", "raw", "out/first", part)}---\n${write("second", "out/first", "out/second.csv", part)}`;

async function project(
  given: string | { readonly documents: string; readonly files: Readonly<Record<string, string>> },
) {
  const { documents, files } = typeof given === "string" ? { documents: given, files: {} } : given;
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  const { plan, apply } = made;
  const said = async (options: Partial<PlanOptions> = {}) => {
    const { changes, drift } = (await plan(options)).plan;
    return {
      changes: changes.map(({ address, action, reasons }) =>
        [address, action, ...reasons.map(({ text }) => text)].join(" "),
      ),
      drift: drift.map(({ address, code, text }) => `${address} ${code} ${text}`),
    };
  };
  await apply();
  return { ...made, said };
}
const nothing = { changes: [], drift: [] };

test("a deleted output is written again, and its readers run again", async () => {
  const { said, apply, remove } = await project(chain());
  expect(await said()).toEqual(nothing);
  await remove("data/out/first");
  await remove("data/out/second.csv");
  expect(await said()).toEqual({
    changes: [
      "deployment.first run deleted since its last run: out/first",
      "deployment.second run deleted since its last run: out/second.csv inputs changed: out/first (-1 file, -5 B) reads what deployment.first makes",
    ],
    drift: [
      "deployment.first missing deleted since its last run: out/first",
      "deployment.second missing deleted since its last run: out/second.csv",
    ],
  });
  await apply();
  expect(await said()).toEqual(nothing);
});

test("a deleted output is no longer missed after --refresh-only", async () => {
  const { said, apply, remove } = await project(chain());
  await remove("data/out/second.csv");
  expect((await said({ refreshOnly: true })).changes).toEqual([
    "deployment.second update deleted since its last run: out/second.csv",
  ]);
  await apply({ refreshOnly: true });
  expect(await said({ refreshOnly: true })).toEqual(nothing);
  expect(await said()).toEqual(nothing);
});

test("a directory with only hidden entries is no output", async () => {
  const { said, directory, remove } = await project(write("first", "raw", "out/first"));
  await remove("data/out/first");
  await mkdir(join(directory, "data/out/first"));
  await writeFile(join(directory, "data/out/first/_SUCCESS"), "");
  expect((await said()).drift).toEqual(["deployment.first missing deleted since its last run: out/first"]);
});

test("a path that a deployment no longer writes is not missed", async () => {
  const { said, write: put, remove } = await project(write("first", "raw", "out/first"));
  await remove("data/out/first");
  await put("all.yaml", write("first", "raw", "out/other"));
  expect(await said()).toEqual({ changes: ["deployment.first run definition changed"], drift: [] });
});

test("outputs are not read if ignored, offline, or on destroy", async () => {
  const { said, remove } = await project(chain("lifecycle: { ignore_changes: [outputs] }\n"));
  await remove("data/out/second.csv");
  expect(await said()).toEqual(nothing);
  const other = await project(chain());
  await other.remove("data/out/second.csv");
  expect(await other.said({ offline: true })).toEqual(nothing);
  expect((await other.said({ destroy: true })).drift).toEqual([]);
});

test("found outputs are bound: the plan differs once one exists again", async () => {
  const { plan, directory } = await project(write("first", "raw", "out/first"));
  const place = join(directory, "data/out/first");
  const before = await plan();
  await rename(place, `${place}.away`);
  const without = await plan();
  expect([before, without].map(({ bound }) => bound.facts["deployment.first wrote out/first"])).toEqual([
    expect.objectContaining({ names: expect.any(String) }),
    null,
  ]);
  expect(without.plan.id).not.toBe(before.plan.id);
});

test("a denied read stops the watch; any other failure is reported", async () => {
  const { directory } = await project("");
  const storage = createLocalStorage({
    settings: {},
    projectRoot: directory,
    keep: directory,
    now: () => new Date(),
  } as never);
  const failing = (code: "denied" | "unavailable") => ({
    name: code,
    client: code,
    path: "raw",
    storage: async () => ({ ...storage, stat: () => Promise.reject(new ProviderError(code, code)) }),
  });
  expect(await writtenFiles([failing("denied")])).toEqual(new Map());
  await expect(writtenFiles([failing("unavailable")])).rejects.toThrow("unavailable");
});

const sqlOperator =
  "type: operator\nnamespace: my\ncommand: top\nparameters: { required: [{ name: output_path, type: path }] }\nsql: select 1 as n\n---\n";
const top = (name: string) =>
  `type: deployment\nname: ${name}\noperator: my:top\nparameters: { output_path: out/top.csv }\n`;

test("a SQL operator with only output_path may overwrite its own output, and no other deployment may", async () => {
  const { said, plan, apply, remove, write: put } = await project(sqlOperator + top("one"));
  expect(await said()).toEqual(nothing);
  expect((await apply({ run: ["deployment.one"] })).changes.map((change) => change.action)).toEqual(["run"]);
  await remove("data/out/top.csv");
  expect((await said()).drift).toEqual(["deployment.one missing deleted since its last run: out/top.csv"]);
  await apply();
  expect(await said()).toEqual(nothing);
  await put("all.yaml", `${sqlOperator}${top("one")}---\n${top("two")}`);
  await expect(plan()).rejects.toThrow("deployment/two-writers");
});

const twoPlaces = `type: workflow
namespace: my
command: both
dag:
  - { id: one, type: operator, namespace: table, command: format }
  - { id: two, type: operator, namespace: table, command: format }
---
type: deployment
name: both
workflow: my:both
steps:
  one: { parameters: { input_path: raw, output_path: out/a, format: csv } }
  two: { config_id: 2, parameters: { input_path: raw, output_path: out/a, format: csv } }
`;

test("one path in two systems is two outputs, and two inputs", async () => {
  const {
    said,
    apply,
    remove,
    write: put,
  } = await project({
    documents: twoPlaces,
    files: {
      "other.yaml": localConfig.replace("id: 1", "id: 2").replace("root: data", "root: other"),
      "other/raw/b.csv": "id\n2\n",
    },
  });
  expect(await said()).toEqual(nothing);
  for (const [root, id] of [
    ["data", 1],
    ["other", 2],
  ]) {
    await remove(`${root}/out/a`);
    expect((await said()).drift).toEqual([`deployment.both missing deleted since its last run: out/a (config ${id})`]);
    await apply();
    expect(await said()).toEqual(nothing);
    await put(`${root}/raw/c.csv`, "id\n3\n");
    expect((await said()).changes).toEqual([`deployment.both run inputs changed: raw (config ${id}) (+1 file, +5 B)`]);
    await apply();
  }
});
