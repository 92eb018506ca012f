/**
 * An apply of thirty changes is killed with SIGKILL before each call that changes the disk, and resumed: the final result is that of
 * an apply that nobody kills. Between two such calls the disk does not change, so these are all the states that a kill can leave.
 *
 * By default the calls are those after which a reader would see a difference (a name appears, disappears or is replaced), and some of
 * those that only touch files that nobody reads yet. MASON_KILL_POINTS=all takes all of them, and 17,18 these two.
 */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import { type PlannedProject, planProject } from "../../src/command/plan.ts";
import { planFromFile, writePlanFile } from "../../src/command/plan-file.ts";
import type { Checked } from "../../src/diagnostic/diagnostic.ts";
import { applyIn, twoAtATime } from "./support/child.ts";
import { figures } from "./support/figures.ts";
import { leftovers, snapshot } from "./support/snapshot.ts";
import { changes, copyOf, thirtyChanges } from "./support/thirty.ts";
import { fixedWorld } from "./support/world.ts";

let project: string;
let calls: readonly string[];
let uninterrupted: string;

beforeAll(async () => {
  project = await thirtyChanges();
  const world = fixedWorld(project, { ids: "f" });
  const { value: reviewed } = await planProject(world, { ...options, unfinished: "refuse" });
  if (reviewed === undefined) throw new Error("no plan");
  writePlanFile(world, reviewed, planFile);
  const copy = await copyOf(project);
  const ran = await applyIn(copy.directory);
  expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, "", ""]);
  calls = ran.calls;
  uninterrupted = await snapshot(copy.directory);
  await copy.close();
});
afterAll(() => rm(project, { recursive: true, force: true }));

const options = { destroy: false, run: [], allowDestroy: ["*"] } as const;

type World = ReturnType<typeof fixedWorld>;

/** How an apply is resumed: from the project, or with the reviewed plan file. */
const resumes = {
  project: (world: World) => planProject(world, { ...options, unfinished: "resume" }),
  file: async (world: World) => {
    const planned = await planFromFile(world, planFile, {
      resume: true,
      replanIfEquivalent: false,
      resolutions: new Map(),
    });
    // If only the clean-up was missing, the file was applied.
    const isApplied = planned.diagnostics.some(({ code }) => code === "plan-file/already-applied");
    return isApplied ? resumes.project(world) : planned;
  },
};
const planFile = "p.plan";

/** Checks what must hold for a project whose apply was killed; returns how the state was found. */
async function recover(
  directory: string,
  ids: string,
  resume: (world: World) => Promise<Checked<PlannedProject>>,
): Promise<"unfinished" | "over"> {
  const looked = await planProject(fixedWorld(directory, { ids: `${ids}l` }), { ...options, unfinished: "warn" });
  const said = looked.diagnostics.map((diagnostic) => `${diagnostic.severity} ${diagnostic.code}`);
  expect(said.filter((text) => text !== "warning apply/unfinished")).toEqual([]);
  const world = fixedWorld(directory, { ids });
  const planned = await resume(world);
  expect(planned.diagnostics).toEqual([]);
  if (planned.value === undefined) throw new Error("no plan");
  const { plan, unfinished } = planned.value;
  if (plan.stages.length > 0 || unfinished !== undefined) {
    const { results } = await applyPlan(world, planned.value, { parallelism: 1, leaseTimeoutMs: 0 });
    expect(results.filter((result) => result.status !== "done")).toEqual([]);
  }
  const again = await planProject(fixedWorld(directory, { ids: `${ids}p` }), { ...options, unfinished: "warn" });
  expect([again.diagnostics, again.value?.plan.changes]).toEqual([[], []]);
  expect(differing(await snapshot(directory), uninterrupted)).toEqual([]);
  // The plan reports an unfinished apply exactly when there was one.
  expect(said.length > 0).toBe(unfinished !== undefined);
  return unfinished === undefined ? "over" : "unfinished";
}

/** The first lines that differ. */
function differing(text: string, expected: string): readonly string[] {
  const [found, wanted] = [text.split("\n"), expected.split("\n")];
  const at = wanted.findIndex((line, index) => line !== found[index]);
  return at < 0 && found.length === wanted.length
    ? []
    : [`is ${found.slice(at, at + 3).join(" ")}`, `was to be ${wanted.slice(at, at + 3).join(" ")}`];
}

const isSeen = (call: string) => !/^(fsync|open|write) |\.(mason-tmp-UUID|TMP)$/.test(call);

test("the apply has thirty changes, and does the same calls each time", async () => {
  const planned = await planProject(fixedWorld(project, { ids: "n" }), { ...options, unfinished: "refuse" });
  expect(planned.value?.plan.changes.length).toBe(changes);
  const copy = await copyOf(project);
  const again = await applyIn(copy.directory);
  await copy.close();
  // Old leases are pruned in parallel.
  const sorted = (names: readonly string[]) => [...names].sort();
  expect(sorted(again.calls)).toEqual(sorted(calls));
});

test("after a kill before any call and a resumed apply, the lockfile and all objects are the same, byte for byte", async () => {
  const asked = process.env.MASON_KILL_POINTS ?? "some";
  const every = asked === "all" ? 1 : 16;
  const points = /^\d/.test(asked)
    ? asked.split(",").map(Number)
    : calls.flatMap((call, at) => (isSeen(call) || at % every === 0 ? [at + 1] : []));
  const found = { unfinished: 0, over: 0 };
  const wrong: string[] = [];
  let [left, byFile] = [0, 0];
  await twoAtATime(points, async (at) => {
    const copy = await copyOf(project);
    try {
      const killed = await applyIn(copy.directory, { fault: { kind: "kill", at } });
      expect([killed.signal, killed.calls.length]).toEqual(["SIGKILL", at]);
      left += (await leftovers(copy.directory)).length;
      // By turns, so that either is done after calls of each kind.
      const way = points.indexOf(at) % 2 === 0 ? "file" : "project";
      if (way === "file") byFile++;
      found[await recover(copy.directory, `r${at}x`, resumes[way])]++;
    } catch (thrown) {
      wrong.push(`call ${at}, ${calls[at - 1]}: ${String(thrown).slice(0, 600)}`);
      process.stdout.write(`${wrong.at(-1)}\n`);
    } finally {
      await copy.close();
    }
  });
  figures("kill -9", {
    "calls that change the disk": calls.length,
    "killed before": points.length,
    resumed: found.unfinished,
    "by the plan file": byFile,
    "nothing to resume": found.over,
    "temporary files left": left,
    differences: wrong.length,
  });
  expect(wrong).toEqual([]);
}, 3_600_000);
