/** The recorded runs of a project, and the names of runs on the command line. */
import { join } from "node:path";
import type { CommandWorld } from "../../command/command-world.ts";
import { fail } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { findRoot } from "../../io/project-files.ts";
import { createRunStore } from "../../io/run-store.ts";
import { isGone } from "../../io/this-process.ts";
import type { RunChoice, RunRecord, RunStore, StepRecord } from "../../model/run.ts";

/** The recorded runs of the project. A run whose process no longer exists counts as failed. */
export function keptRuns(world: CommandWorld): Pick<RunStore, "get" | "list" | "logs"> {
  const store = createRunStore(join(findRoot(world.project, world.directory, world.env), ".mason"));
  return {
    ...store,
    list: (options) => store.list(options).map((run) => (isCutOff(run) ? cutOff(run) : run)),
    get: (id) => {
      const found = store.get(id);
      return found === null || !isCutOff(found.run)
        ? found
        : { run: cutOff(found.run), steps: found.steps.map((step) => (step.state === "running" ? lost(step) : step)) };
    },
  };
}

const isCutOff = (run: RunRecord): boolean =>
  run.state === "running" && run.process !== undefined && isGone(run.process);

const cutOff = (run: RunRecord): RunRecord => ({
  ...run,
  state: "failed",
  error: `It was interrupted: its process (${run.process?.pid}) no longer exists.`,
});

const lost = (step: StepRecord): StepRecord => ({
  ...step,
  state: "failed",
  error: { code: "unknown", message: "It was interrupted, and its outcome is unknown." },
});

/** The choice of the runs of an environment; of all without one. */
export const inEnvironment = (environment: string | null): Pick<RunChoice, "environment"> =>
  environment === null ? {} : { environment };

type Kept = ReturnType<typeof keptRuns>;

/** The id of the run that a whole id, its first characters, or `last` names; the last one of an environment, if it is given. */
export function findRun(runs: Kept, given: string, environment: string | null): string {
  if (runs.get(given) !== null) return given;
  const ids = runs.list(given === "last" ? { limit: 1, ...inEnvironment(environment) } : {}).map((run) => run.id);
  const found = given === "last" ? ids : ids.filter((id) => id.startsWith(given));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  return found.length > 1 ? ambiguous(given, found) : unknownRun(given, ids);
}

/** Fails if the run has no such step. */
export function requireStep(runs: Kept, id: string, step: string): void {
  const known = runs.get(id)?.steps.map((record) => record.step) ?? [];
  if (known.includes(step)) return;
  fail({
    code: "run/unknown-step",
    summary: "Unknown step",
    detail: `Run "${id}" has no step "${step}"; it has ${known.length === 0 ? "none yet" : known.map((name) => `"${name}"`).join(", ")}. Name one of its steps, or none.${didYouMean(step, known)}`,
  });
}

function ambiguous(given: string, found: readonly string[]): never {
  const named = found.slice(0, 5).map((id) => `"${id}"`);
  return fail({
    code: "run/ambiguous",
    summary: "Several runs",
    detail: `${found.length} runs begin with "${given}": ${named.join(", ")}${found.length > named.length ? " and others" : ""}. Write more characters of the id.`,
  });
}

function unknownRun(given: string, known: readonly string[]): never {
  return fail({
    code: "run/unknown",
    summary: "Unknown run",
    detail:
      known.length === 0
        ? `There is no run "${given}", because nothing has run here yet or its record was pruned. "mason apply" runs deployments.`
        : `There is no run "${given}". "mason runs list" lists the recorded runs.${didYouMean(given, known)}`,
  });
}
