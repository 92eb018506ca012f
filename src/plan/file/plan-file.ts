/**
 * Plan files: a plan on disk, to be reviewed and then applied. `bound` is the part that decides; `shown` depends on the clock or is only
 * for reading. A file is not a signature: an apply plans again, and continues only if the result is the same.
 *
 * Compatibility: the format's number rises when a field changes its meaning. Fields are only added. A file with an unknown field is
 * refused, since the field may decide something.
 */
import { type Checked, error } from "../../diagnostic/diagnostic.ts";
import { canonical, isObject, type Json } from "../../json.ts";
import { type Bound, planId } from "../bound.ts";
import type { Plan } from "../plan.ts";
import { isShown } from "./shown.ts";

/** The format that this version writes and reads. */
export const planFileFormat = 1;

/** A plan file as a value. */
export interface PlanFile {
  readonly plan_id: string;
  readonly bound: Bound;
  readonly shown: {
    readonly mason: string;
    readonly created: string;
    readonly changes: Plan["changes"];
    readonly unchanged: number;
    readonly leftOut: number;
    readonly destroy: boolean;
    /** Absent from files of older versions. */
    readonly drift?: Plan["drift"];
  };
}

/** The text of a file: canonical JSON and a newline. */
export function printPlanFile(file: PlanFile): string {
  return `${canonical({ format: planFileFormat, ...file } as unknown as Json)}\n`;
}

const topFields = ["format", "plan_id", "bound", "shown"];
const boundFields = [
  "lineage",
  "serial",
  "environment",
  "options",
  "variables",
  "files",
  "clients",
  "providers",
  "facts",
  "stages",
];

/** Reads a file. Refuses one that is truncated, altered, of another format, or has an unknown field. */
export function parsePlanFile(text: string, name: string): Checked<PlanFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(
      name,
      "damaged",
      "Damaged plan file",
      "is truncated or not JSON. Make it again: mason plan --out FILE",
    );
  }
  if (!isObject(value) || typeof value.format !== "number")
    return refused(name, "damaged", "Damaged plan file", "is not a plan file. Make one: mason plan --out FILE");
  if (value.format > planFileFormat)
    return refused(
      name,
      "newer-format",
      "Plan file of a newer version",
      `has format ${value.format}, but this version of Mason reads ${planFileFormat}. Use the version that made it, or plan again.`,
    );
  if (value.format < planFileFormat)
    return refused(
      name,
      "older-format",
      "Plan file of an older version",
      `has format ${value.format}, which this version no longer reads. Plan again.`,
    );
  const { bound, plan_id: id } = value;
  const unknown = [
    ...Object.keys(value).filter((key) => !topFields.includes(key)),
    ...(isObject(bound) ? Object.keys(bound).filter((key) => !boundFields.includes(key)) : []),
  ];
  if (unknown.length > 0)
    return refused(
      name,
      "unknown-field",
      "Unknown field in a plan file",
      `has the field "${unknown[0]}", which this version does not know and which may matter. Use the version that made it, or plan again.`,
    );
  const isWhole = isObject(bound) && isShown(value.shown) && boundFields.every((field) => bound[field] !== undefined);
  if (!isWhole || typeof id !== "string")
    return refused(name, "damaged", "Damaged plan file", "is incomplete. Make it again: mason plan --out FILE");
  if (planId(bound as unknown as Bound) !== id)
    return refused(
      name,
      "altered",
      "Altered plan file",
      "was changed after it was made: its content and its plan id do not match. Make it again: mason plan --out FILE",
    );
  return { value: value as unknown as PlanFile, diagnostics: [] };
}

const refused = (name: string, code: string, summary: string, what: string): Checked<PlanFile> => ({
  diagnostics: [error({ code: `plan-file/${code}`, summary, detail: `"${name}" ${what}`, place: { file: name } })],
});

/** The plan of a file as a value, for display. */
export function shownPlan({ plan_id: id, bound, shown }: PlanFile): Plan {
  const { environment, lineage, serial } = bound;
  const { changes, unchanged, destroy, leftOut, drift = [] } = shown;
  return {
    id,
    environment,
    lineage,
    serial,
    destroy,
    leftOut,
    changes,
    drift,
    unchanged,
    stages: bound.stages as unknown as Plan["stages"],
  };
}
