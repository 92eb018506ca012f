/** Writes a plan to a file, and plans again from one: only what was reviewed is applied. */
import { resolve } from "node:path";
import { type Checked, type Diagnostic, error, fail } from "../diagnostic/diagnostic.ts";
import { readTextIfThere, writeFileWhole } from "../io/disk.ts";
import { readHistory } from "../io/state/history.ts";
import type { StateBackend } from "../io/state/state-backend.ts";
import { isObject, type Json, sha256 } from "../json.ts";
import { type Bound, boundVariables } from "../plan/bound.ts";
import { isEquivalent, movedSince, shownAltered, shownDigest } from "../plan/file/moved.ts";
import { type PlanFile, parsePlanFile, printPlanFile } from "../plan/file/plan-file.ts";
import { movedWhileUnfinished } from "../plan/file/unfinished.ts";
import type { State } from "../state/state.ts";
import type { CommandWorld } from "./command-world.ts";
import { optionsFrom, type PlannedProject, planProject } from "./plan.ts";
import type { Loaded } from "./project/load-project.ts";
import { openBackend } from "./state/open-backend.ts";

/** Writes a plan; the path is relative to the current directory. */
export function writePlanFile(world: CommandWorld, { plan, bound }: PlannedProject, path: string): void {
  const file: PlanFile = {
    plan_id: plan.id,
    bound,
    shown: {
      mason: world.version,
      created: world.clock.now().toISOString(),
      changes: plan.changes,
      unchanged: plan.unchanged,
      leftOut: plan.leftOut,
      destroy: plan.destroy,
      drift: plan.drift,
    },
  };
  const place = resolve(world.directory, path);
  const there = readTextIfThere(place);
  // `--out mason.lock` would destroy a state.
  if (there !== null && there !== "" && !looksLikePlan(there))
    fail({
      code: "plan-file/not-a-plan",
      summary: "File exists",
      detail: `"${path}" already exists and is not a plan file, so it is not overwritten. Choose another name, or delete it.`,
    });
  writeFileWhole(place, printPlanFile(file));
}

/** True for a plan file: by its first characters, even if it is truncated, or by its parts if it was reformatted. */
function looksLikePlan(text: string): boolean {
  if (text.startsWith('{"bound":')) return true;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && "plan_id" in value && "bound" in value;
  } catch {
    return false;
  }
}

/** Reads a plan file; the path is relative to the current directory. */
export function readPlanFile(world: CommandWorld, path: string): Checked<PlanFile> {
  const text = readTextIfThere(resolve(world.directory, path));
  if (text !== null && text !== "" && !looksLikePlan(text)) return { diagnostics: [notAPlan(path)] };
  if (text !== null) return parsePlanFile(text, path);
  return {
    diagnostics: [
      error({
        code: "plan-file/absent",
        summary: "No such plan file",
        detail: `There is no file "${path}". Make it: mason plan --out ${path}`,
      }),
    ],
  };
}

const notAPlan = (path: string): Diagnostic =>
  error({
    code: "plan-file/not-a-plan",
    summary: "Not a plan file",
    detail: `"${path}" is not a plan file. Name a file written by "mason plan --out FILE", or the directory of a project.`,
  });

/** Options for applying a plan file. */
export interface FromFile {
  readonly replanIfEquivalent: boolean;
  /** Resume an interrupted apply of the file. */
  readonly resume: boolean;
  readonly resolutions: ReadonlyMap<string, "redo" | "done">;
}

/** Plans again with the file's options. Gives the plan only if it equals the file, or is what remains of it. */
export async function planFromFile(
  world: CommandWorld,
  path: string,
  options: FromFile,
): Promise<Checked<PlannedProject> & { readonly textOf: (file: string) => string | null }> {
  const none = () => null;
  const read = readPlanFile(world, path);
  if (read.value === undefined) return { diagnostics: read.diagnostics, textOf: none };
  const file = read.value;
  const { environment, lineage, options: planned } = file.bound;
  const again = await planProject(
    { ...world, environment: world.environment ?? environment },
    {
      ...optionsFrom(planned),
      unfinished: options.resume ? "resume" : "refuse",
      newLineage: lineage,
      given: { name: path, id: file.plan_id },
      resolutions: options.resolutions,
    },
  );
  const { textOf } = again.loaded.project;
  if (again.value === undefined) {
    const isOnlyUnfinished = again.diagnostics.every(
      ({ severity, code }) => severity !== "error" || /^apply\/(unfinished|step-unknown)$/.test(code),
    );
    const moved = isOnlyUnfinished ? [] : await stillMoved(world, file, again.loaded);
    return { diagnostics: [...moved, ...again.diagnostics], textOf };
  }
  const { bound, backend, plan, state, unfinished } = again.value;
  if (unfinished !== undefined) {
    const moved = movedWhileUnfinished(file, bound, unfinished, again.value.deployments);
    const { diagnostics } = again;
    return moved.length === 0
      ? { value: again.value, diagnostics, textOf }
      : { diagnostics: [...diagnostics, ...moved], textOf };
  }
  const moved = movedSince(file, bound, await wasApplied(file, backend, state), plan.id);
  if (moved.length === 0) {
    const altered = shownAltered(file, shownDigest(plan));
    if (altered !== null) return { diagnostics: [...again.diagnostics, altered], textOf };
    return { value: again.value, diagnostics: again.diagnostics, textOf };
  }
  const onlySerial = moved.every(
    (diagnostic) => diagnostic.code === "plan-file/serial-moved" || diagnostic.code === "plan-file/fact-changed",
  );
  if (
    options.replanIfEquivalent &&
    onlySerial &&
    moved.some((diagnostic) => diagnostic.code === "plan-file/serial-moved") &&
    isEquivalent(file, bound)
  ) {
    // It keeps the file's id, so the file is applied only once.
    const value = { ...again.value, plan: { ...plan, id: file.plan_id } };
    return { value, diagnostics: again.diagnostics, textOf };
  }
  return { diagnostics: [...again.diagnostics, ...moved], textOf };
}

async function wasApplied(file: PlanFile, backend: StateBackend, state: State): Promise<"all" | "part" | null> {
  const history = await readHistory(backend.storage, backend.prefix, 100);
  const item = history.find(({ plan_id: id }) => id === file.plan_id);
  if (item !== undefined) return item.failed + item.skipped + item.cancelled === 0 ? "all" : "part";
  return state.lastPlan === file.plan_id ? "all" : null;
}

/** The problems of a file whose project can no longer be planned. What moved since may be the cause. */
async function stillMoved(world: CommandWorld, file: PlanFile, loaded: Loaded): Promise<readonly Diagnostic[]> {
  const backend = await openBackend(world, loaded.project);
  const { value: state } = await backend.read(file.bound.lineage);
  const moved =
    state === undefined
      ? []
      : movedSince(file, knownNow(file, loaded, state), await wasApplied(file, backend, state)).filter(
          (problem) => problem.code !== "plan-file/stages-differ",
        );
  return [
    ...moved,
    error({
      code: "plan-file/project-broken",
      summary: "Project can no longer be planned",
      detail: `Plan ${file.plan_id.slice(0, 8)} can't be checked, since the project can no longer be planned. Restore what was reviewed, or plan again.`,
    }),
  ];
}

/** The values that a plan would be bound to now, as far as they are known without one. */
function knownNow({ bound }: PlanFile, { project, files }: Loaded, state: State): Bound {
  const modules = Object.entries(bound.files).filter(([file]) => !/\.ya?ml$/.test(file));
  return {
    ...bound,
    lineage: state.lineage,
    serial: state.serial,
    environment: project.settings.environment,
    variables: boundVariables(project),
    files: Object.fromEntries([...modules, ...files.map(({ file, text }): [string, Json] => [file, sha256(text)])]),
  };
}
