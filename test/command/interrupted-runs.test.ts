/** What a run by hand leaves when its process is gone: restored and removed, but never what a running process works on. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { interruptedRunWarnings, openHandJournal, settleInterruptedRuns } from "../../src/command/interrupted-runs.ts";
import { enginesFor, loadProject } from "../../src/command/project/load-project.ts";
import { openRunOutputs, unfinishedRunOutputs } from "../../src/io/run-outputs.ts";
import { createRunStore } from "../../src/io/run-store.ts";
import { thisProcess } from "../../src/io/this-process.ts";
import { ownerName, type ProcessFacts } from "../../src/model/process-facts.ts";
import type { BegunPath } from "../../src/state/journal-entry.ts";
import { localConfig, newProject } from "../reliability/support/small.ts";
import { fixedWorld } from "../reliability/support/world.ts";

const open: string[] = [];
afterEach(() => {
  for (const directory of open.splice(0)) rmSync(directory, { recursive: true, force: true });
});

const run = "20260301-120000-dead01";
const client = { provider: "local", identity: { root: "data" }, settings: { root: "data" } };
const output = (path: string, to: Partial<BegunPath> = {}): BegunPath => ({
  client,
  path,
  steps: ["run"],
  runs: [run],
  ...to,
});
const alive = thisProcess();
// No process has this id: it is above the highest that Linux gives.
const dead: ProcessFacts = { ...alive, pid: 4_194_305 };

/** A project in which a run of a process set the output "out/a" aside, and staged the next one. */
async function interrupted(process: ProcessFacts) {
  const directory = await newProject({ "mason.yaml": "default_config: 1\n", "config.yaml": localConfig });
  open.push(directory);
  const mason = join(directory, ".mason");
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, "data", path)), { recursive: true });
    writeFileSync(join(directory, "data", path), text);
  };
  put(`out/.mason-old-${run}-run-1-1-a/part-0.csv`, "old");
  put(`out/.mason-${run}-run-1-1-a/part-0.csv`, "new");
  put("out/.mason-other-run-1-1-a/part-0.csv", "of another run");
  openRunOutputs(mason, run, process).add(output("out/a"));
  const world = fixedWorld(directory, { ids: "s" });
  const { project } = await loadProject(world);
  const settle = async () => {
    const engines = enginesFor(world, project);
    try {
      return (await settleInterruptedRuns(mason, engines)).map(({ code }) => code);
    } finally {
      await engines.close();
    }
  };
  const names = () => readdirSync(join(directory, "data", "out")).sort();
  return { directory, mason, world, project, put, settle, names };
}

const kept = [".mason-other-run-1-1-a"];

test("the old output gets its name back, and only what the run left is removed", async () => {
  const { directory, mason, settle, names } = await interrupted(dead);
  expect(interruptedRunWarnings(mason).map(({ code }) => code)).toEqual(["run/outputs-unfinished"]);
  expect(await settle()).toEqual(["run/outputs-restored"]);
  expect(names()).toEqual([...kept, "a"]);
  expect(readFileSync(join(directory, "data/out/a/part-0.csv"), "utf8")).toBe("old");
  expect([unfinishedRunOutputs(mason), await settle()]).toEqual([[], []]);
});

test("an output that the run had published is kept", async () => {
  const { directory, put, settle, names } = await interrupted(dead);
  put("out/a/part-0.csv", "published");
  await settle();
  expect([names(), readFileSync(join(directory, "data/out/a/part-0.csv"), "utf8")]).toEqual([
    [...kept, "a"],
    "published",
  ]);
});

test.each([
  ["alive", alive, false],
  ["on another machine", { ...dead, host: "elsewhere" }, false],
  ["of an earlier boot of this machine", { ...alive, boot_id: "earlier" }, true],
  ["of an earlier process with the same id", { ...alive, process_start: "1" }, true],
])("of a process that is %s", async (_, process, isSettled) => {
  const { mason, settle, names } = await interrupted(process as ProcessFacts);
  const before = names();
  expect(interruptedRunWarnings(mason).length).toBe(isSettled ? 1 : 0);
  expect((await settle()).length).toBe(isSettled ? 1 : 0);
  expect(names().length === before.length).toBe(!isSettled);
  expect(unfinishedRunOutputs(mason).length).toBe(isSettled ? 0 : 1);
});

test("a run whose storage can't be reached is kept for the next time, and does not keep others from it", async () => {
  const { mason, settle, names } = await interrupted(dead);
  const lost = "20260301-120000-dead00";
  const gone = { provider: "s3", identity: {}, settings: { bucket: "{{NOT_SET}}" } };
  openRunOutputs(mason, lost, dead).add(output("out/b", { client: gone, runs: [lost] }));
  expect(await settle()).toEqual(["run/outputs-unreachable", "run/outputs-restored"]);
  expect([names(), unfinishedRunOutputs(mason).map((left) => left.run)]).toEqual([[...kept, "a"], [lost]]);
});

test("a journal that a crash left incomplete is read as far as it was durable", async () => {
  const { mason } = await interrupted(dead);
  const file = join(mason, "runs", run, "journal.jsonl");
  const text = readFileSync(file, "utf8");
  for (let length = 0; length < text.length; length++) {
    writeFileSync(file, text.slice(0, length));
    const paths = unfinishedRunOutputs(mason).flatMap((left) => left.paths);
    expect(paths.length).toBeLessThanOrEqual(1);
    if (paths.length === 1) expect(paths[0]).toEqual(output("out/a"));
  }
});

test("a run that fails leaves nothing, and the journal goes with the run", async () => {
  const { mason, world, project, names } = await interrupted(dead);
  for (const left of unfinishedRunOutputs(mason)) left.close();
  const engines = enginesFor(world, project);
  const journal = openHandJournal(world, mason, engines, run);
  await journal.willWrite({ step: "run", client, path: "out/a" });
  expect(unfinishedRunOutputs(mason).length).toBe(1);
  await journal.end("failed");
  await engines.close();
  expect([unfinishedRunOutputs(mason), names()]).toEqual([[], [...kept, "a"]]);
});

test("an output that a run names more than once is written down once; the same path of another step is another one", async () => {
  const { mason } = await interrupted(dead);
  const again = openRunOutputs(mason, "20260301-120000-again1", alive);
  const all = [
    output("out/b"),
    output("out/b"),
    output("out/b", { steps: ["other"] }),
    output("out/c"),
    output("out/b"),
  ];
  for (const one of all) again.add(one);
  expect(unfinishedRunOutputs(mason).find(({ process }) => process.pid === alive.pid)?.paths).toEqual([
    output("out/b"),
    output("out/b", { steps: ["other"] }),
    output("out/c"),
  ]);
});

test("scratch directories of ended processes are removed, those of running ones and of others stay", async () => {
  const { mason, settle } = await interrupted(dead);
  const names = [alive, dead, { ...dead, host: "elsewhere" }, { ...alive, boot_id: "earlier" }].map(ownerName);
  for (const name of [...names, "of-somebody"]) {
    mkdirSync(join(mason, "scratch", name, "staged-1"), { recursive: true });
    writeFileSync(join(mason, "scratch", name, "staged-1", "part-0.parquet"), "x");
  }
  await settle();
  const [own = "", , elsewhere = ""] = names;
  expect(readdirSync(join(mason, "scratch")).sort()).toEqual([own, elsewhere, "of-somebody"].sort());
  expect(readdirSync(join(mason, "scratch", own, "staged-1"))).toEqual(["part-0.parquet"]);
});

test("a killed run is not pruned before its outputs are restored, and then by its start", async () => {
  const { mason, settle } = await interrupted(dead);
  const store = createRunStore(mason);
  const at = "2026-03-01T12:00:00.000Z";
  const record = { key: "k", address: "deployment.a", state: "running", at, startedAt: at, bundle: "b" } as const;
  store.create({ ...record, id: run, environment: null, process: dead });
  store.create({ ...record, id: "20260301-120000-alive1", environment: null, process: alive });
  const ids = () => store.list().map(({ id }) => id);
  store.prune("2026-06-01T00:00:00.000Z");
  expect(ids().sort()).toEqual(["20260301-120000-alive1", run]);
  await settle();
  store.prune("2026-06-01T00:00:00.000Z");
  expect([ids(), existsSync(join(mason, "runs", run))]).toEqual([["20260301-120000-alive1"], false]);
});
