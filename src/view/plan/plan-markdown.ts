/** A plan as markdown for a pull request: a summary, the destructive changes, and a fold for each resource, within the size of a comment. */
import { type Action, actionSigns } from "../../plan/action.ts";
import type { Drift } from "../../plan/drift/drift.ts";
import type { FieldChange } from "../../plan/field-change.ts";
import { type Change, isDefinition, type Plan, type StepPlan } from "../../plan/plan.ts";
import { changeWords, hasUnknownColumns, otherNotes, stepColumns, stepName, stepSummary } from "./change-words.ts";
import { driftTitle, repairText } from "./drift-text.ts";
import { valueText } from "./field-text.ts";
import { fireTimesText } from "./fire-times.ts";
import type { LineDiff } from "./line-diff.ts";
import { code, escapeMarkdown, stickyMarker } from "./markdown-escape.ts";
import { countChanges, countsText, leftOutText, nothingToDo } from "./plan-counts.ts";
import { loadLineDiff, multiLine, shownDiff } from "./text-diff.ts";

/** Options of the markdown. */
export interface MarkdownOptions {
  /** The most characters; a comment may have 65,536. */
  readonly limit?: number;
}

const defaultLimit = 65_000;
/** The room for the sentence about omitted changes. */
const reserve = 1500;
/** The most lines of one fold. */
const mostLines = 60;

/** The plan as markdown, within the limit. */
export async function planMarkdown(plan: Plan, options: MarkdownOptions = {}): Promise<string> {
  const counts = countsText(countChanges(plan.changes));
  const environment = plan.environment === null ? "" : ` for ${code(plan.environment, 80)}`;
  const title = plan.changes.length === 0 ? nothingToDo(plan) : `Plan ${plan.id.slice(0, 8)}${environment}: ${counts}.`;
  const partial = plan.leftOut === 0 ? "" : `\n${leftOutText(plan)}\n`;
  const start = `${stickyMarker(plan.environment)}\n**${title}**\n${partial}`;
  const end = `\nplan_id: <code>${plan.id}</code>\n`;
  const room = (options.limit ?? defaultLimit) - start.length - end.length - reserve;
  const drift = driftFold(plan.drift, room);
  const destructive = plan.changes.filter(isDestructive);
  const objects = plan.changes.filter((change) => !isDestructive(change) && !isDefinition(change.kind));
  const definitions = plan.changes.filter((change) => !isDestructive(change) && isDefinition(change.kind));
  const diff = await loadLineDiff(plan.changes);
  const body = folds(
    [
      { title: "Deleted or replaced", changes: destructive },
      { title: destructive.length === 0 ? "" : "Other changes", changes: objects },
      { title: "Definitions, recorded in the state", changes: definitions },
    ],
    room - drift.length,
    diff,
  );
  return start + drift + body + end;
}

/** One fold with all drift, or its title alone if the content would take too much of the room. */
function driftFold(drift: readonly Drift[], room: number): string {
  if (drift.length === 0) return "";
  const all = drift.flatMap(({ address, text, repairs }) => [
    `${address}: ${text}`,
    ...repairs.map((repair) => `    ${repairText(repair)}`),
  ]);
  const hidden = Math.max(0, all.length - mostLines);
  const shown = [...all.slice(0, mostLines), ...(hidden === 0 ? [] : [`... and ${hidden} more lines`])];
  const title = `${driftTitle} ${drift.length}`;
  const inside = shown.map((line) => escapeMarkdown(line)).join("\n");
  return inside.length > room / 4
    ? `\n**${title}**\n`
    : `\n<details><summary>${title}</summary>\n\n<pre>\n${inside}\n</pre>\n</details>\n`;
}

/** True for a change that removes something. */
const isDestructive = (change: Change): boolean => change.action === "delete" || change.action === "replace";

interface Section {
  readonly title: string;
  readonly changes: readonly Change[];
}

/** As many folds as fit. A fold whose content does not fit is one line; the remaining changes are counted. */
function folds(sections: readonly Section[], room: number, diff: LineDiff | null): string {
  const parts: string[] = [];
  const leftOut: Change[] = [];
  let left = room;
  const add = (text: string) => {
    if (text.length > left) return false;
    parts.push(text);
    left -= text.length;
    return true;
  };
  for (const { title, changes } of sections) {
    if (changes.length === 0) continue;
    if (title !== "") add(`\n**${title}**\n`);
    for (const [index, change] of changes.entries()) {
      if (add(fold(change, diff)) || add(headOnly(change))) continue;
      leftOut.push(...changes.slice(index));
      break;
    }
  }
  return parts.join("") + noRoomText(leftOut);
}

/** The counts of changes that are left out: `120 tables to create, 3 deployments to run`. */
function noRoomText(changes: readonly Change[]): string {
  if (changes.length === 0) return "";
  const counts = new Map<string, { readonly change: Change; count: number }>();
  for (const change of changes) {
    const key = `${change.action} ${change.kind}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { change, count: 1 });
    else known.count++;
  }
  const texts = [...counts.values()].map(
    ({ change, count }) => `${count} ${change.kind}${count === 1 ? "" : "s"} to ${change.action}`,
  );
  return `\nLeft out because a comment has no room for more: ${texts.join(", ")}.\n`;
}

function headOf(change: Change): string {
  const client = change.client === undefined ? "" : ` ${code(change.client, 60)}`;
  const words = changeWords(change);
  const said = words === "" ? "" : `: ${code(words)}`;
  return `${signOf(change.action)} ${code(change.address, 200)}${client} ${change.action}${said}`;
}

const signOf = (action: Action) => `<code>${escapeMarkdown(actionSigns[action])}</code>`;

const headOnly = (change: Change): string => `\n${headOf(change)}\n`;

function fold(change: Change, diff: LineDiff | null): string {
  const all = [
    ...change.fields.slice(0, mostLines).flatMap((field) => fieldLines(field, diff)),
    ...(change.fireTimes === undefined ? [] : [`next runs: ${fireTimesText(change.fireTimes, undefined)}`]),
    ...change.steps.map(stepLine),
    ...otherNotes(change),
  ];
  if (all.length === 0) return headOnly(change);
  const hidden = Math.max(0, all.length - mostLines) + Math.max(0, change.fields.length - mostLines);
  const more = hidden === 0 ? [] : [`... and ${hidden} more lines`];
  const lines = [...all.slice(0, mostLines), ...more].map((line) => escapeMarkdown(line));
  return `\n<details><summary>${headOf(change)}</summary>\n\n<pre>\n${lines.join("\n")}\n</pre>\n</details>\n`;
}

function fieldLines(field: FieldChange, diff: LineDiff | null): readonly string[] {
  const drift = field.drift === true ? " (changed outside of Mason)" : "";
  const texts = multiLine(field);
  if (texts === null) return [`${field.path}: ${side(field, "before")} -> ${side(field, "after")}${drift}`];
  const { added, removed, lines, leftOut } = shownDiff(texts[0], texts[1], diff);
  return [
    `${field.path}: text changed, ${added} added, ${removed} removed${drift}`,
    ...lines.map((line) => `  ${line.trimEnd()}`),
    ...(leftOut === 0 ? [] : [`  ... and ${leftOut} more lines of this difference`]),
  ];
}

const side = (field: FieldChange, name: "before" | "after") => {
  const value = field[name];
  return value === undefined ? "(none)" : valueText(value);
};

function stepLine(step: StepPlan): string {
  const columns = hasUnknownColumns(step) ? ["columns known after apply"] : stepColumns(step);
  const end = step.certainty === "predicted" && columns.length > 0 ? "; predicted" : "";
  const raw = step.raw.length === 0 ? "" : `[raw SQL in ${step.raw.join(", ")}]`;
  const shown = columns.length === 0 ? "" : `(${columns.join(", ")}${end})`;
  return [`${stepName(step)}:`, stepSummary(step), raw, shown].filter((text) => text !== "").join(" ");
}
