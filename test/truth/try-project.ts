/**
 * Tries one project: plans it, applies it, looks at what there is, and does the same after each edit. What can't go on is left out, so that one
 * fault hides no other.
 */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan } from "../../src/command/apply.ts";
import type { CommandWorld } from "../../src/command/command-world.ts";
import { type PlannedProject, planProject } from "../../src/command/plan.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import type { Diagnostic } from "../../src/diagnostic/diagnostic.ts";
import { compareEdges, compareRuns, runsOf } from "./compare-graph.ts";
import { documentsOf, edgesOf, groupsOf } from "./documents.ts";
import { type Duck, openDuck } from "./duck.ts";
import { affectedBy, edited } from "./edit.ts";
import { evaluate } from "./evaluate.ts";
import { type Fault, withoutNames } from "./fault.ts";
import { generate } from "./generate.ts";
import { lookAt } from "./look-at.ts";
import { type Oracle, openOracle } from "./oracle.ts";
import { writeRaw } from "./raw-files.ts";
import { labelOf, type Op, type Spec } from "./spec.ts";
import { worldOf } from "./world.ts";

/** What trying a project found. */
export interface Trial {
  readonly spec: Spec | null;
  readonly faults: readonly Fault[];
  /** Deployments that were planned and run to their end, edits counted apart. */
  readonly deployments: number;
  readonly steps: number;
  /** Where the project is, when it was kept. */
  readonly directory: string;
}

interface Trying {
  readonly directory: string;
  readonly root: string;
  readonly duck: Duck;
  readonly world: CommandWorld;
  /** SQL that the engine was given, since it was last emptied. */
  readonly submitted: string[];
  readonly faults: Fault[];
  deployments: number;
  steps: number;
}

/** Tries the project of a seed, or this spec. `keeps` says whether its directory stays. */
export async function tryProject(
  seed: number,
  given: Spec | null,
  keeps: (faults: readonly Fault[]) => boolean,
): Promise<Trial> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), `mason-truth-${seed}-`)));
  const root = join(directory, "data");
  const duck = await openDuck();
  const submitted: string[] = [];
  const trying: Trying = {
    directory,
    root,
    duck,
    world: worldOf(directory, submitted),
    submitted,
    faults: [],
    deployments: 0,
    steps: 0,
  };
  let spec: Spec | null = given;
  try {
    spec ??= await generate(duck, root, seed);
    await writeFile(join(directory, "mason.yaml"), "default_config: 1\n");
    await writeFile(join(directory, "spec.json"), JSON.stringify(spec));
    for (const raw of spec.raws) await writeRaw(duck, root, raw);
    await tryPhases(trying, spec);
  } catch (thrown) {
    // Nothing that a project holds may throw.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const detail = String(Object(thrown).stack).slice(0, 2000);
    trying.faults.push({ figure: "crashes", key: withoutNames(message.split("\n")[0] ?? ""), detail });
  } finally {
    duck.close();
    if (!keeps(trying.faults)) await rm(directory, { recursive: true, force: true });
  }
  const { faults, deployments, steps } = trying;
  return { spec, faults, deployments, steps, directory };
}

async function tryPhases(trying: Trying, first: Spec): Promise<void> {
  const everything = new Set(groupsOf(first).map(({ name }) => name));
  let spec = await phase(trying, first, everything, "the first apply");
  for (const edit of first.edits) {
    if (spec === null) return;
    const next = edited(spec, edit);
    if (next === null) continue;
    if ("raw" in edit && next.raws[edit.raw] !== undefined)
      await writeRaw(trying.duck, trying.root, next.raws[edit.raw] as Spec["raws"][number]);
    spec = await phase(trying, next, affectedBy(next, edit), edit.kind);
  }
}

/** Plans, applies and looks; gives what is left of the spec, or `null` when nothing can go on. */
async function phase(trying: Trying, given: Spec, expected: ReadonlySet<string>, after: string): Promise<Spec | null> {
  const { world, faults } = trying;
  const found = await planWhatCan(trying, given);
  if (found === null) return null;
  const { spec, planned, oracle } = found;
  const left = new Set(groupsOf(spec).map(({ name }) => name));
  const { plan } = planned;
  if (spec === given)
    faults.push(...compareRuns(spec, new Set([...expected].filter((name) => left.has(name))), plan, after));
  faults.push(...compareEdges(spec, plan));
  trying.submitted.length = 0;
  const runs = runsOf(plan);
  let failed: ReadonlySet<string> = new Set();
  if (plan.stages.length > 0) {
    const { results } = await applyPlan(world, planned, { leaseTimeoutMs: 0, parallelism: 2 });
    for (const { status, address, problem } of results) {
      if (status !== "failed") continue;
      const kinds = opsOf(spec, address).map(labelOf).join("+");
      const isRefusable = opsOf(spec, address).some((op) => oracle.meanings[spec.ops.indexOf(op)]?.refusable === true);
      const key = `${kinds}${isRefusable ? " (of a strange type)" : ""}: ${withoutNames(problem?.detail ?? "")}`;
      faults.push({ figure: "failures at apply", key, detail: `${address}: ${problem?.detail}` });
    }
    failed = new Set(
      results.filter(({ status }) => status !== "done").map(({ address }) => address.slice("deployment.".length)),
    );
  }
  for (const group of groupsOf(spec)) {
    if (failed.has(group.name) || !runs.has(group.name)) continue;
    trying.deployments++;
    trying.steps += group.ops.length;
    const { duck, root, submitted } = trying;
    faults.push(...(await lookAt({ duck, root, spec, oracle, plan, submitted }, group)));
  }
  if (failed.size > 0) return withoutGroups(trying, spec, failed);
  await mustBeEmpty(trying, spec);
  return spec;
}

const opsOf = (spec: Spec, address: string): readonly Op[] => {
  const name = address.replace(/^deployment\./, "").replace(/\/.*$/, "");
  return (groupsOf(spec).find((group) => group.name === name)?.ops ?? []).flatMap((at) => spec.ops[at] ?? []);
};

const options = (part: Partial<PlanOptions> = {}): PlanOptions => ({
  destroy: false,
  run: [],
  unfinished: "refuse",
  allowDestroy: ["*"],
  ...part,
});

interface Planned {
  readonly spec: Spec;
  readonly planned: PlannedProject;
  readonly oracle: Oracle;
}

/** Plans, without the deployments that the plan refuses. */
async function planWhatCan(trying: Trying, given: Spec): Promise<Planned | null> {
  const { world, directory, faults } = trying;
  let spec = given;
  for (let tries = 0; tries < 8; tries++) {
    const oracle = await oracleOf(trying, spec);
    await writeFile(join(directory, "all.yaml"), documentsOf(spec, oracle));
    const { value, diagnostics } = await planProject(world, options());
    if (value !== undefined) return { spec, planned: value, oracle };
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const refused = new Set<string>();
    for (const problem of errors) {
      const ops = opsOf(spec, problem.address ?? "");
      if (problem.address !== undefined) refused.add(problem.address.replace(/^deployment\./, "").replace(/\/.*$/, ""));
      if (ops.some((op) => oracle.meanings[spec.ops.indexOf(op)]?.refusable === true)) continue;
      faults.push(refusal(problem, ops));
    }
    const next = leftOut(spec, refused);
    if (groupsOf(next).length === groupsOf(spec).length) return null;
    spec = next;
  }
  return null;
}

const refusal = ({ code, detail, address }: Diagnostic, ops: readonly Op[]): Fault => ({
  figure: "false refusals",
  key: `${ops.map(labelOf).join("+")}: ${code}: ${withoutNames(detail)}`,
  detail: `${address}: ${detail}`,
});

async function oracleOf({ duck, root }: Trying, spec: Spec): Promise<Oracle> {
  const oracle = await openOracle(duck, root, spec);
  for (const at of spec.ops.keys()) if (spec.ops[at] !== null) await evaluate(oracle, spec, at);
  return oracle;
}

/** The spec without some deployments, and without all that read what they make. */
export function leftOut(spec: Spec, names: ReadonlySet<string>): Spec {
  const edges = edgesOf(spec);
  const gone = new Set(names);
  for (const { name } of groupsOf(spec))
    if ([...(edges.get(name) ?? [])].some((before) => gone.has(before))) gone.add(name);
  const ops = new Set(groupsOf(spec).flatMap((group) => (gone.has(group.name) ? group.ops : [])));
  return { ...spec, ops: spec.ops.map((op, at) => (ops.has(at) ? null : op)) };
}

async function withoutGroups(trying: Trying, spec: Spec, names: ReadonlySet<string>): Promise<Spec | null> {
  const next = leftOut(spec, names);
  if (groupsOf(next).length === 0) return null;
  const found = await planWhatCan(trying, next);
  if (found === null) return null;
  const { results } = await applyPlan(trying.world, found.planned, { leaseTimeoutMs: 0 });
  if (results.some(({ status }) => status !== "done")) return null;
  await mustBeEmpty(trying, found.spec);
  return found.spec;
}

async function mustBeEmpty({ world, faults }: Trying, spec: Spec): Promise<void> {
  const { value, diagnostics } = await planProject(world, options());
  if (value === undefined) {
    for (const problem of diagnostics.filter(({ severity }) => severity === "error")) {
      const ops = opsOf(spec, problem.address ?? "");
      const { key, detail } = refusal(problem, ops);
      faults.push({ figure: "plans not empty", key: `refused: ${key}`, detail });
    }
    return;
  }
  for (const { address, action, reasons } of value.plan.changes) {
    if (action === "none") continue;
    const kinds = opsOf(spec, address).map(labelOf);
    const key = `${kinds.length === 0 ? address.split(".")[0] : kinds.join("+")}: ${action} for ${reasons.map(({ code }) => code).join("+")}`;
    faults.push({
      figure: "plans not empty",
      key,
      detail: `${address}: ${reasons.map(({ text }) => text).join(", ")}`,
    });
  }
}
