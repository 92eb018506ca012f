/**
 * Drift: what is there and is not what was last applied. It is told apart from what a plan does, since not all of it can be put right by
 * an apply, and for each one the repairs have names: revert (as declared), adopt (as it is there), ignore.
 */
import type { Address, ResourceKind } from "../../address.ts";
import type { Reason, ReasonCode } from "../action.ts";
import type { FieldChange } from "../field-change.ts";

/** What kind of drift; each is also the code of a reason. */
export const driftCodes = ["missing", "changed_outside", "new_column", "paused_outside", "catalog_and_files"] as const;
export type DriftCode = Extract<ReasonCode, (typeof driftCodes)[number]>;

/** The names of repairs, in the order in which they are offered. */
export const repairNames = ["revert", "adopt", "ignore"] as const;

/** One way to put a drift right. */
export interface Repair {
  readonly name: (typeof repairNames)[number];
  /** A command, a setting, or a few words. */
  readonly how: string;
  /** True when the plan that says it does it. */
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

/** What a plan does anyway. */
export const planned = (name: Repair["name"]): Repair => ({ name, how: "this plan does it", planned: true });

/** What somebody has to ask for. */
export const offered = (name: Repair["name"], how: string): Repair => ({ name, how, planned: false });

/** Whether the plan that says it puts it right. */
export const isPutRight = ({ repairs }: Drift): boolean => repairs.some((repair) => repair.planned);

/** The repair that leaves attributes alone from now on. */
export const ignoring = (paths: readonly string[]): Repair =>
  offered("ignore", `lifecycle: { ignore_changes: [${paths.map(inYaml).join(", ")}] }`);

/** A text in a list of YAML. */
const inYaml = (text: string): string => (/^[\w.-]+$/.test(text) ? text : JSON.stringify(text));

/** The repair that writes what is there into the YAML. */
export const adopting = (address: Address): Repair => offered("adopt", `mason state import ${address} --write`);

/** The object that a drift is of. */
export interface Subject {
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly client?: string;
}

/** What is said of an object that somebody dropped. */
export const droppedText = "dropped outside of Mason";

/** What is said of an object that Mason dropped and could not record. */
export const cutOffText = "dropped by what was cut off";

/** The drift of an object that is gone, which the plan makes again. */
export const missing = (subject: Subject, text = droppedText): Drift => ({
  ...subject,
  code: "missing",
  text,
  repairs: [planned("revert"), offered("adopt", `take "${subject.address}" out of the YAML`)],
});

/**
 * The drift of attributes that were changed by hand: one for each kind of change. `revert`: by default the plan puts them back; `how`:
 * what is known of the change.
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

/** The reasons that drift gives a change. */
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
