/** Whether an apply of a plan file that was cut off may be finished by the file: what is left of it must be what was reviewed. */
import { type Address, tableAddress } from "../../address.ts";
import type { InputSource } from "../../bundle/inputs.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { type JsonObject, sameJson } from "../../json.ts";
import { globRoot, isWithin } from "../../model/path.ts";
import type { Unfinished } from "../../state/journal-entry.ts";
import type { Bound } from "../bound.ts";
import { listed, movedSince, shownAltered } from "./moved.ts";
import type { PlanFile } from "./plan-file.ts";

/**
 * Why it may not be finished now; empty when it may. What it had done is a fact of its own, so of the facts only inputs are compared that
 * nothing in the plan makes. Each stage that is left must be one of the file, and none that had ended.
 */
export function movedWhileUnfinished(
  file: PlanFile,
  now: Bound,
  { start, begun, ended }: Unfinished,
  deployments: ReadonlyMap<Address, ResolvedDeployment>,
): readonly Diagnostic[] {
  const short = file.plan_id.slice(0, 8);
  if (start.plan_id !== file.plan_id)
    return [
      error({
        code: "plan-file/other-unfinished",
        summary: "Unfinished apply of another plan",
        detail: `What did not come to its end is the apply of plan ${start.plan_id.slice(0, 8)}, not of plan ${short}. Finish it with its own plan file, or by what the project says: mason apply --resume. Then plan again.`,
      }),
    ];
  const altered = start.shown === undefined ? null : shownAltered(file, start.shown);
  if (altered !== null) return [altered];
  const { facts, stages } = file.bound;
  const moved = movedSince(file, { ...now, facts, stages }, null);
  if (moved.length > 0) return moved;
  const reviewed = new Map((stages as readonly JsonObject[]).map((stage) => [String(stage.address), stage]));
  const left = (now.stages as readonly JsonObject[]).map((stage) => [String(stage.address), stage] as const);
  const byProject = "Look at it, and finish it by what the project says: mason apply --resume";
  const others = left.flatMap(([address, stage]) => {
    const before = reviewed.get(address);
    // What was being made may be there: then it is adopted.
    const isSame = before !== undefined && (begun.has(address) || sameWork(before, stage));
    return isSame && !isDone(ended.get(address)) ? [] : [address];
  });
  if (others.length > 0)
    return [
      error({
        code: "plan-file/stages-differ",
        summary: "Stages differ",
        detail: `What is left to do is not what plan ${short} says: ${listed(others)}. Something changed since it was cut off. ${byProject}`,
      }),
    ];
  const changed = left.flatMap(([address]) =>
    outsideInputs(address, reviewed, deployments)
      .map(({ name }) => `${address} reads ${name}`)
      .filter((name) => !sameJson(facts[name] ?? null, now.facts[name] ?? null)),
  );
  if (changed.length === 0) return [];
  return [
    error({
      code: "plan-file/fact-changed",
      summary: "World changed since the plan",
      detail: `No longer as it was when plan ${short} was made: ${listed(changed)}. ${byProject}`,
    }),
  ];
}

/** A stage that came to a good end is not done again by a file that said it once. */
const isDone = (entry: { readonly status: string } | null | undefined): boolean =>
  entry === null || entry?.status === "applied";

/** What is done already is no dependency any more. */
const sameWork = ({ dependencies: _, ...before }: JsonObject, { dependencies: __, ...now }: JsonObject): boolean =>
  sameJson(before, now);

/** Inputs of a deployment that no stage of the plan makes. */
function outsideInputs(
  address: Address,
  reviewed: ReadonlyMap<string, JsonObject>,
  deployments: ReadonlyMap<Address, ResolvedDeployment>,
): readonly InputSource[] {
  const parts = deployments.get(address);
  const dependencies = reviewed.get(address)?.dependencies;
  if (parts === undefined || !Array.isArray(dependencies)) return [];
  const before = new Set(dependencies.map(String));
  const writes = [...before].flatMap((other) => deployments.get(other)?.writes ?? []);
  return parts.inputs.filter(({ name, place }) => {
    if (place.kind === "table" && before.has(tableAddress(place.database, place.table))) return false;
    const path = place.kind === "path" ? globRoot(place.path) : parts.files.get(name);
    return !writes.some((written) =>
      written.kind === "table"
        ? place.kind === "table" && written.database === place.database && written.table === place.table
        : path !== undefined && (isWithin(path, written.path) || isWithin(written.path, path)),
    );
  });
}
