/** Compares what a plan file is bound to with the world now: names what moved, and decides what may still be applied. */
import { type Diagnostic, error, type Problem } from "../../diagnostic/diagnostic.ts";
import { digest, type Json, type JsonObject, sameJson } from "../../json.ts";
import type { Bound } from "../bound.ts";
import { fieldChanges } from "../compare.ts";
import type { Plan } from "../plan.ts";
import type { PlanFile } from "./plan-file.ts";

/**
 * The reasons why a file may not be applied now, the most telling first; empty if nothing moved. `id` is the id of a plan made now, if
 * there is one: plans with the same id are bound to the same values. `applied` tells how much of the file an ended apply has done.
 */
export function movedSince(
  file: PlanFile,
  now: Bound,
  applied: "all" | "part" | null,
  id?: string,
): readonly Diagnostic[] {
  const { bound } = file;
  if (id === file.plan_id && bound.lineage === now.lineage && applied === null) return [];
  const short = file.plan_id.slice(0, 8);
  const found: Problem[] = [];
  const add = (code: string, summary: string, detail: string) =>
    found.push({ code: `plan-file/${code}`, summary, detail });
  if (bound.lineage !== now.lineage)
    add(
      "other-lineage",
      "Plan of another state",
      `Plan ${short} was made for the state with lineage ${bound.lineage}, but this one has ${now.lineage}. Apply it where it was made, or plan here.`,
    );
  else if (applied !== null)
    add(
      "already-applied",
      "Plan already applied",
      applied === "all"
        ? `Plan ${short} was already applied. A plan is applied once: plan again.`
        : `Plan ${short} was already applied, and some of it failed or was never reached. A plan is applied once: plan again, and apply that plan with --resume to keep the finished steps; or do both with "mason apply --resume".`,
    );
  else if (bound.serial !== now.serial)
    add(
      "serial-moved",
      "State moved on",
      `Plan ${short} was made for serial ${bound.serial} of the state, which is now at ${now.serial}: another apply ran in between. Plan again, or add --replan-if-equivalent.`,
    );
  if (bound.environment !== now.environment)
    add(
      "other-environment",
      "Plan of another environment",
      `Plan ${short} is for environment "${bound.environment ?? "none"}", not "${now.environment ?? "none"}". Give the same --env.`,
    );
  const parts: readonly (readonly [keyof Bound, string, string, (names: string) => string])[] = [
    [
      "files",
      "file-changed",
      "Project changed since the plan",
      (names) => `${names} changed since plan ${short} was made. Restore what was reviewed, or plan again.`,
    ],
    [
      "variables",
      "variable-changed",
      "Variable changed since the plan",
      (names) => `The value of ${names} differs from plan ${short}. Give the same values, or plan again.`,
    ],
    [
      "clients",
      "client-changed",
      "Client changed since the plan",
      (names) =>
        `${names} now means a different system than when plan ${short} was made. Use the same settings, or plan again.`,
    ],
    [
      "providers",
      "provider-version",
      "Other version of a provider",
      (names) =>
        `Plan ${short} was made with another version of ${names}. Use the same version of Mason, or plan again.`,
    ],
    [
      "facts",
      "fact-changed",
      "Something changed since the plan",
      (names) => `Changed since plan ${short} was made: ${names}. Look at the change, then plan again.`,
    ],
  ];
  const isOtherProject = !sameJson(bound.files, now.files);
  for (const [part, code, summary, detail] of parts) {
    // An apply of this file changed these facts itself.
    if (applied !== null && part === "facts") continue;
    const [before, after] = [bound[part] as JsonObject, now[part] as JsonObject];
    // A changed project looks at other things, which says nothing about the world.
    const names = differing(before, after).filter(
      (name) => part !== "facts" || !isOtherProject || (name in before && name in after),
    );
    if (names.length > 0) add(code, summary, detail(listed(names)));
  }
  if (found.length === 0 && !(sameJson(bound.stages, now.stages) && sameJson(bound.options, now.options))) {
    add(
      "stages-differ",
      "Stages differ",
      `Plan ${short} differs from what this checkout and this state give, though nothing that it depends on changed: the file was altered. Plan again.`,
    );
  }
  return found.map((problem) => error(problem));
}

/** The digest of what a file or plan shows, without fire times, which depend on the clock. */
export function shownDigest({ changes, unchanged, leftOut, destroy, drift = [] }: PlanFile["shown"] | Plan): string {
  const timeless = changes.map(({ fireTimes: _, ...change }) => change);
  return digest({ changes: timeless, unchanged, leftOut, destroy, drift } as unknown as Json);
}

/** The problem of a file whose readable part was altered, or `null`. `said` is the digest of what its plan says. */
export function shownAltered({ plan_id: id, shown }: PlanFile, said: string): Diagnostic | null {
  if (shownDigest(shown) === said) return null;
  return error({
    code: "plan-file/shown-altered",
    summary: "Altered plan file",
    detail: `The file does not show what plan ${id.slice(0, 8)} does: the file was altered, so its readers reviewed another plan. Plan again.`,
  });
}

/** Top-level names whose values differ. */
function differing(before: JsonObject, now: JsonObject): readonly string[] {
  return [...new Set(fieldChanges(before, now).map((change) => nameAt(change.path, before, now)))];
}

/** The longest key that the path starts with: file names and addresses contain dots. */
function nameAt(path: string, before: JsonObject, now: JsonObject): string {
  const keys = [...Object.keys(before), ...Object.keys(now)].filter(
    (key) => path === key || path.startsWith(`${key}.`),
  );
  return keys.sort((a, b) => b.length - a.length)[0] ?? path;
}

/** The first five names, for a sentence. */
export const listed = (names: readonly string[]) =>
  `${names
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;

/** True if both plans do the same to the same resources and no fact about these moved. Another apply in between does not matter then. */
export function isEquivalent(file: PlanFile, now: Bound): boolean {
  const actions = (stages: Json) =>
    (stages as readonly JsonObject[]).map((stage) => [stage.address ?? null, stage.action ?? null] as Json);
  const addresses = new Set((file.bound.stages as readonly JsonObject[]).map((stage) => String(stage.address)));
  const about = (facts: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(facts).filter(([name]) => addresses.has(name.replace(/^data of /, "").split(" ")[0] ?? "")),
    );
  return (
    sameJson(actions(file.bound.stages), actions(now.stages)) && sameJson(about(file.bound.facts), about(now.facts))
  );
}
