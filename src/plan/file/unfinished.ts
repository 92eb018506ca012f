/** Decides whether a plan file may finish its interrupted apply: the remaining work must be what was reviewed. */
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
 * The reasons why the file may not finish the apply; empty if it may. The apply has changed facts itself, so only inputs that nothing in
 * the plan makes are compared. Each remaining stage must be in the file and must not have ended.
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
        detail: `The unfinished apply belongs to plan ${start.plan_id.slice(0, 8)}, not to plan ${short}. Finish it with its own plan file, or from the project: mason apply --resume. Then plan again.`,
      }),
    ];
  const altered = start.shown === undefined ? null : shownAltered(file, start.shown);
  if (altered !== null) return [altered];
  const { facts, stages } = file.bound;
  const moved = movedSince(file, { ...now, facts, stages }, null);
  if (moved.length > 0) return moved;
  const reviewed = new Map((stages as readonly JsonObject[]).map((stage) => [String(stage.address), stage]));
  const left = (now.stages as readonly JsonObject[]).map((stage) => [String(stage.address), stage] as const);
  const byProject = "Look at the change, then finish from the project: mason apply --resume";
  const others = left.flatMap(([address, stage]) => {
    const before = reviewed.get(address);
    // An interrupted create may have made its object, which is then adopted.
    const isSame = before !== undefined && (begun.has(address) || sameWork(before, stage));
    return isSame && !isDone(ended.get(address)) ? [] : [address];
  });
  if (others.length > 0)
    return [
      error({
        code: "plan-file/stages-differ",
        summary: "Stages differ",
        detail: `The remaining work differs from plan ${short}: ${listed(others)}. Something changed since the apply was interrupted. ${byProject}`,
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
      summary: "Something changed since the plan",
      detail: `Changed since plan ${short} was made: ${listed(changed)}. ${byProject}`,
    }),
  ];
}

/** True for a stage that ended well: the file does not do it again. */
const isDone = (entry: { readonly status: string } | null | undefined): boolean =>
  entry === null || entry?.status === "applied";

/** A stage without its finished dependencies. */
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
