/**
 * A disk that fails during an apply: full, broken at a write, an fsync, a link or a rename, or gone after half of the bytes. At
 * each such call of journal, lease and lockfile the apply stops and says why, existing files stay whole, and a resumed apply gives the
 * same result as one on a good disk.
 */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import { planProject } from "../../src/command/plan.ts";
import { parseLockfile } from "../../src/state/lockfile.ts";
import { applyIn, twoAtATime } from "./support/child.ts";
import type { Fault } from "./support/faulty-disk.ts";
import { figures } from "./support/figures.ts";
import { snapshot } from "./support/snapshot.ts";
import { copyOf, thirtyChanges } from "./support/thirty.ts";
import { fixedWorld } from "./support/world.ts";

let project: string;
let calls: readonly string[];
let uninterrupted: string;
let before: string;

beforeAll(async () => {
  project = await thirtyChanges();
  before = readFileSync(join(project, "mason.lock"), "utf8");
  const copy = await copyOf(project);
  const ran = await applyIn(copy.directory, { scope: "state" });
  expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, "", ""]);
  calls = ran.calls;
  uninterrupted = await snapshot(copy.directory);
  await copy.close();
});
afterAll(() => rm(project, { recursive: true, force: true }));

const options = { destroy: false, run: [], allowDestroy: ["*"] } as const;

/** The faults that a call can have. */
function faultsOf(call: string, at: number): readonly Fault[] {
  if (/^(write|append) /.test(call))
    return [
      { kind: "fail", at, code: "ENOSPC" },
      { kind: "fail", at, code: "EIO", half: true },
      { kind: "torn", at },
    ];
  if (/^fsync /.test(call)) return [{ kind: "fail", at, code: "EIO" }];
  if (/^(open|mkdir) /.test(call)) return [{ kind: "fail", at, code: "ENOSPC" }];
  return [{ kind: "fail", at, code: "EIO" }];
}

const nameOf = (fault: Fault) =>
  fault.kind === "fail" ? `${fault.code}${fault.half === true ? " after half" : ""}` : fault.kind;

/** Faults at every call for the lockfile, and at one in `every` of the repeated calls. */
function chosen(every: number): readonly (readonly [string, Fault])[] {
  return calls.flatMap((call, index) => {
    const isLockfile = /mason\.lock$|\.TMP$/.test(call) || !call.includes("/journal/");
    if (!isLockfile && index % every !== 0) return [];
    return faultsOf(call, index + 1).map((fault) => [call, fault] as const);
  });
}

test("every fault is reported, nothing is half written, and a resumed apply gives the same result", async () => {
  const faults = chosen(process.env.MASON_FAULTS === "all" ? 1 : 9);
  const found: Record<string, number> = {};
  const wrong: string[] = [];
  await twoAtATime(faults, async ([call, fault]) => {
    const copy = await copyOf(project);
    try {
      await one(copy.directory, fault);
      found[nameOf(fault)] = (found[nameOf(fault)] ?? 0) + 1;
    } catch (thrown) {
      wrong.push(`${nameOf(fault)} at ${fault.at}, ${call}: ${String(thrown).slice(0, 500)}`);
    } finally {
      await copy.close();
    }
  });
  figures("disk faults", { calls: calls.length, faults: faults.length, ...found, differences: wrong.length });
  expect(wrong).toEqual([]);
});

async function one(directory: string, fault: Fault): Promise<void> {
  const world = () => objectsIn(directory);
  const objects = await world();
  const ran = await applyIn(directory, { scope: "state", fault });
  if (fault.kind === "torn") expect(ran.signal).toBe("SIGKILL");
  // A fault before the state was saved must be reported; one after it (in the clean-up) need not be.
  const text = readFileSync(join(directory, "mason.lock"), "utf8");
  const isSaved = text !== before;
  expect(parseLockfile(text, "mason.lock").diagnostics).toEqual([]);
  if (fault.kind === "fail") {
    expect(ran.stderr).toBe("");
    // 1 says that nothing changed, 2 that something did and the record of it is not whole.
    if (!isSaved) expect(ran.code).toBe((await world()) === objects ? 1 : 2);
    if (ran.code !== 0) expect(ran.stdout).toMatch(/full|EIO|read-only|failed|code/);
    expect(ran.stdout.includes("mason apply --resume")).toBe(ran.code === 2);
  }
  const later = fixedWorld(directory, { ids: `w${fault.at}x` });
  const planned = await planProject(later, { ...options, unfinished: "resume" });
  expect(planned.diagnostics).toEqual([]);
  if (planned.value === undefined) throw new Error("no plan");
  if (planned.value.plan.stages.length > 0 || planned.value.unfinished !== undefined) {
    const { results } = await applyPlan(later, planned.value, { parallelism: 1, leaseTimeoutMs: 0 });
    expect(results.filter((result) => result.status !== "done")).toEqual([]);
  }
  const again = await planProject(fixedWorld(directory, { ids: "z" }), { ...options, unfinished: "warn" });
  expect([again.diagnostics, again.value?.plan.changes]).toEqual([[], []]);
  expect(await snapshot(directory)).toBe(uninterrupted);
}

/** Everything that an apply makes, but for the lockfile. */
const objectsIn = async (directory: string): Promise<string> => {
  const { files, catalogue } = JSON.parse(await snapshot(directory));
  const { "mason.lock": _, ...others } = files;
  return JSON.stringify([others, catalogue]);
};
