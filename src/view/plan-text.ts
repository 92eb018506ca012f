/** A plan as text for people. The view is pure: a value goes in, text comes out, by the width and colours that it is given. */
import { visible } from "../diagnostic/visible.ts";
import type { Json } from "../json.ts";
import { formatDataType } from "../model/data-type.ts";
import { actionSigns } from "../plan/action.ts";
import { type Change, type FieldChange, isDefinition, type Plan, type StepPlan } from "../plan/plan.ts";

/** How wide a text may be, and whether it may have colours. */
export interface TextOptions {
  readonly width: number;
  readonly color: boolean;
}

/** The whole plan, with its summary line at the end. */
export function planText(plan: Plan, options: TextOptions): string {
  if (plan.changes.length === 0)
    return `No changes. ${plan.unchanged} ${plan.unchanged === 1 ? "resource is" : "resources are"} as declared.\n`;
  const definitions = plan.changes.filter((change) => isDefinition(change.kind));
  const objects = plan.changes.filter((change) => !isDefinition(change.kind));
  const widths = columnWidths(plan.changes);
  const parts = [
    ...objects.map((change) => changeText(change, widths, options)),
    ...(definitions.length === 0 ? [] : [`${objects.length === 0 ? "" : "\n"}  Definitions, recorded in the state:`]),
    ...definitions.map((change) => changeText(change, widths, options)),
  ];
  return `\n${parts.join("\n")}\n\n${summaryLine(plan)}\n`;
}

interface Widths {
  readonly address: number;
  readonly client: number;
}

function columnWidths(changes: readonly Change[]): Widths {
  const longest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, text.length), 0);
  return {
    address: Math.min(44, longest(changes.map((change) => change.address))),
    client: longest(changes.map((change) => change.client ?? "")),
  };
}

function changeText(change: Change, widths: Widths, options: TextOptions): string {
  const isNew = change.action === "create" && change.reasons.every((reason) => reason.code === "new");
  const reasons = isNew ? "" : change.reasons.map((reason) => reason.text).join("; ");
  const words = [reasons, isNew || change.action === "replace" ? change.summary : ""]
    .filter((text) => text !== "")
    .join("; ");
  const head = [
    actionSigns[change.action],
    visible(change.address).padEnd(widths.address),
    (change.client ?? "").padEnd(widths.client),
    change.action.padEnd(8),
    visible(words),
  ];
  return [
    `  ${head.join("  ").trimEnd()}`,
    ...fieldLines(change.fields),
    ...timeLines(change),
    ...stepLines(change.steps, options),
    ...change.notes.map((note) => `      ${visible(note)}`),
  ].join("\n");
}

function fieldLines(fields: readonly FieldChange[]): readonly string[] {
  const width = fields.reduce((most, field) => Math.max(most, field.path.length), 0);
  return fields.map((field) => {
    const sides = [
      field.before === undefined ? "(none)" : valueText(field.before),
      field.after === undefined ? "(none)" : valueText(field.after),
    ];
    return `      ${visible(field.path).padEnd(width)}  ${sides.join(" -> ")}${field.drift === true ? "   (changed outside of Mason)" : ""}`;
  });
}

function valueText(value: Json): string {
  const text = typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value);
  return visible(text.length > 160 ? `${text.slice(0, 157)}...` : text);
}

function timeLines({ fireTimes }: Change): readonly string[] {
  if (fireTimes === undefined) return [];
  const short = (times: readonly string[]) => times.map((time) => time.slice(0, 16).replace("T", " ")).join(", ");
  const before = fireTimes.before.length === 0 ? "" : `${short(fireTimes.before.slice(0, 1))} -> `;
  return [`      next runs  ${before}${fireTimes.after.length === 0 ? "never" : short(fireTimes.after)} UTC`];
}

function stepLines(steps: readonly StepPlan[], { width }: TextOptions): readonly string[] {
  const longest = steps.reduce((most, step) => Math.max(most, nameOf(step).length), 0);
  return steps.map((step) => {
    const columns =
      step.columns === undefined || step.columns.length === 0
        ? ""
        : ` (${step.columns.map((column) => `${column.name} ${formatDataType(column.type)}`).join(", ")})`;
    const raw = step.raw.length === 0 ? "" : `  [raw SQL in ${step.raw.join(", ")}]`;
    const line = `      ${nameOf(step).padEnd(longest)}  ${visible(step.summary + columns)}${raw}`;
    return line.length > width ? `${line.slice(0, width - 4)}...${columns === "" ? "" : ")"}` : line.trimEnd();
  });
}

const nameOf = (step: StepPlan) => (step.id === "run" ? step.operator : `${step.id} ${step.operator}`);

/** `Plan 7f3a9c1e: 1 to create, 1 to run, 0 to delete.` */
export function summaryLine(plan: Plan): string {
  const objects = plan.changes.filter((change) => !isDefinition(change.kind));
  const count = (action: Change["action"]) => objects.filter((change) => change.action === action).length;
  const always = ["create", "update", "run", "delete"] as const;
  const rare = (["replace", "adopt", "forget"] as const).filter((action) => count(action) > 0);
  const parts = [...always, ...rare].map((action) => `${count(action)} to ${action}`);
  const definitions = plan.changes.length - objects.length;
  return `Plan ${plan.id.slice(0, 8)}: ${parts.join(", ")}${definitions === 0 ? "" : `; ${definitions} ${definitions === 1 ? "definition" : "definitions"} to record`}.`;
}
