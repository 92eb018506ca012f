/**
 * Drift: a difference between a real object and what was last applied. A plan shows drift apart from its actions, since an apply can't
 * repair all of it. Repairs have names: revert (to the declaration), adopt (the real object), ignore.
 */
import type { Address, ResourceKind } from "../../address.ts";
import type { Reason, ReasonCode } from "../action.ts";
import type { FieldChange } from "../field-change.ts";

/** The kind of a drift, which is also the code of a reason. */
export const driftCodes = [
  "missing",
  "changed_outside",
  "new_column",
  "paused_outside",
  "catalog_and_files",
  "foreign_files",
] as const;
export type DriftCode = Extract<ReasonCode, (typeof driftCodes)[number]>;

/** The names of repairs, in the order of display. */
export const repairNames = ["revert", "adopt", "ignore"] as const;

/** One way to repair a drift. */
export interface Repair {
  readonly name: (typeof repairNames)[number];
  /** A command, a setting, or a few words. */
  readonly how: string;
  /** True if the plan that shows it also does it. */
  readonly planned: boolean;
}

/** One drift of one object. */
export interface Drift {
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly client?: string;
  readonly code: DriftCode;
  /** A few words: `new column outside of Mason: note`. */
  readonly text: string;
  readonly repairs: readonly Repair[];
}

/** A repair that the plan does by itself. */
export const planned = (name: Repair["name"]): Repair => ({ name, how: "this plan does it", planned: true });

/** A repair that somebody must ask for. */
export const offered = (name: Repair["name"], how: string): Repair => ({ name, how, planned: false });

/** True if the plan that shows the drift also repairs it. */
export const isPutRight = ({ repairs }: Drift): boolean => repairs.some((repair) => repair.planned);

/** The repair that ignores attributes from now on. */
export const ignoring = (paths: readonly string[]): Repair =>
  offered("ignore", `lifecycle: { ignore_changes: [${paths.map(inYaml).join(", ")}] }`);

/** A text as an item of a YAML list. */
const inYaml = (text: string): string => (/^[\w.-]+$/.test(text) ? text : JSON.stringify(text));

/** The repair that writes the real object into the YAML. */
export const adopting = (address: Address): Repair => offered("adopt", `mason state import ${address} --write`);

/** The object of a drift. */
export interface Subject {
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly client?: string;
}

/** The text for an object that somebody dropped. */
export const droppedText = "dropped outside of Mason";

/** The text for an object that an interrupted apply dropped without recording it. */
export const cutOffText = "dropped by an interrupted apply";

/** The drift of a missing object, which the plan creates again. */
export const missing = (subject: Subject, text = droppedText): Drift => ({
  ...subject,
  code: "missing",
  text,
  repairs: [planned("revert"), offered("adopt", `remove "${subject.address}" from the YAML`)],
});

/**
 * The drift of attributes that were changed by hand, one for each kind of change. `revert` defaults to the plan's own repair; `how` tells
 * how they changed.
 */
export function outsideDrift(
  subject: Subject,
  fields: readonly FieldChange[],
  revert = planned("revert"),
  how = "outside of Mason",
): readonly Drift[] {
  const groups = new Map<DriftCode, FieldChange[]>();
  for (const field of fields) {
    if (field.drift !== true) continue;
    const code = codeOf(field);
    groups.set(code, [...(groups.get(code) ?? []), field]);
  }
  return [...groups].map(([code, group]) => ({
    ...subject,
    code,
    text: outsideText(code, group, how),
    repairs: [
      revert,
      adopting(subject.address),
      ...(group.some((field) => field.path === "owner") ? [] : [ignoring(group.map((field) => field.path))]),
    ],
  }));
}

/** The reasons for a change that follow from drift. */
export const driftReasons = (drift: readonly Drift[]): readonly Reason[] =>
  drift.map(({ code, text }) => ({ code, text }));

function codeOf({ path, after }: FieldChange): DriftCode {
  if (path === "paused") return "paused_outside";
  return path.startsWith("columns.") && after === undefined ? "new_column" : "changed_outside";
}

function outsideText(code: DriftCode, fields: readonly FieldChange[], how: string): string {
  if (code === "paused_outside") return fields[0]?.before === true ? "paused by hand" : "resumed by hand";
  const names = fields.map(({ path }) => (code === "new_column" ? path.slice("columns.".length) : path));
  if (code !== "new_column") return `changed ${how}: ${names.join(", ")}`;
  return `new ${names.length === 1 ? "column" : "columns"} ${how}: ${names.join(", ")}`;
}
