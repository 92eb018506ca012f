/** The runs that a project keeps, and how a run is named on the command line. */
import { join } from "node:path";
import { fail } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { findRoot } from "../io/project-files.ts";
import { createRunStore, type RunStore } from "../io/run-store.ts";
import type { CommandWorld } from "../run/command-world.ts";

/** The runs of the project that the command is about. */
export const keptRuns = (world: CommandWorld): RunStore =>
  createRunStore(join(findRoot(world.project, world.directory, world.env), ".mason"));

/** The id of a run by its whole id, the beginning of it, or `last`. */
export function findRun(runs: RunStore, given: string): string {
  if (runs.get(given) !== null) return given;
  const ids = runs.list(given === "last" ? { limit: 1 } : {}).map((run) => run.id);
  const found = given === "last" ? ids : ids.filter((id) => id.startsWith(given));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  return found.length > 1 ? ambiguous(given, found) : unknownRun(given, ids);
}

/** Stops when the run has no such step. */
export function requireStep(runs: RunStore, id: string, step: string): void {
  const known = runs.get(id)?.steps.map((record) => record.step) ?? [];
  if (known.includes(step)) return;
  fail({
    code: "run/unknown-step",
    summary: "Unknown step",
    detail: `Run "${id}" has no step "${step}"; it has ${known.length === 0 ? "none yet" : known.map((name) => `"${name}"`).join(", ")}. Name one that it has, or none.${didYouMean(step, known)}`,
  });
}

function ambiguous(given: string, found: readonly string[]): never {
  const named = found.slice(0, 5).map((id) => `"${id}"`);
  return fail({
    code: "run/ambiguous",
    summary: "Several runs",
    detail: `${found.length} runs begin with "${given}": ${named.join(", ")}${found.length > named.length ? " and others" : ""}. Write more of the id.`,
  });
}

function unknownRun(given: string, known: readonly string[]): never {
  return fail({
    code: "run/unknown",
    summary: "Unknown run",
    detail:
      known.length === 0
        ? `There is no run "${given}", since nothing has run here yet or what ran is no longer kept. "mason apply" runs deployments.`
        : `There is no run "${given}". "mason runs list" shows those that are kept.${didYouMean(given, known)}`,
  });
}
