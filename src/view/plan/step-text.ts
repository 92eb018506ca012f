/** The steps of a deployment as indented lines: name, what it reads and writes, and the resulting columns. */
import { visible } from "../../diagnostic/visible.ts";
import type { StepPlan } from "../../plan/plan.ts";
import { cut, hang, head, pad, widthOf } from "../layout.ts";
import { hasUnknownColumns, stepColumns, stepName, stepSummary } from "./change-words.ts";
import type { Drawing } from "./field-text.ts";

/** The least room for columns. */
const leastRoom = 40;

/** The lines of the steps. */
export function stepLines(steps: readonly StepPlan[], hasColumns: boolean, drawing: Drawing): readonly string[] {
  const longest = Math.min(34, Math.floor(drawing.width * 0.35));
  const names = steps.reduce((most, step) => Math.max(most, Math.min(longest, widthOf(visible(stepName(step))))), 0);
  return steps.flatMap((step) => oneStep(step, names, hasColumns, drawing));
}

function oneStep(step: StepPlan, names: number, hasColumns: boolean, { width, style }: Drawing): readonly string[] {
  const name = cut(visible(stepName(step)), width - 6);
  const start = head(`      ${pad(name, names)}   `);
  const indent = width - 9 - names >= 32 ? 9 + names : 10;
  const lines = [...hang(start, visible(stepSummary(step)), indent, width)];
  if (hasColumns) addColumns(lines, step, indent, width);
  if (step.raw.length > 0)
    lines.push(
      ...hang(head(" ".repeat(indent)), `raw SQL in ${visible(step.raw.join(", "))}`, indent, width, style.yellow),
    );
  return lines;
}

/** Adds the columns to the last line if there is room, else on a line of their own. */
function addColumns(lines: string[], step: StepPlan, indent: number, width: number): void {
  const columns = hasUnknownColumns(step) ? ["columns known after apply"] : stepColumns(step).map(visible);
  if (columns.length === 0) return;
  const end = step.certainty === "predicted" ? "; predicted" : "";
  const last = lines.at(-1) ?? "";
  const room = width - widthOf(last) - 1;
  const whole = columns.reduce((sum, column) => sum + widthOf(column) + 2, end.length);
  if (room >= Math.min(leastRoom, whole)) lines[lines.length - 1] = `${last} ${inParentheses(columns, end, room)}`;
  else lines.push(" ".repeat(indent) + inParentheses(columns, end, width - indent));
}

/** `(id bigint, amount decimal(18,2), ...)`: as many columns as fit. */
function inParentheses(columns: readonly string[], end: string, width: number): string {
  const room = width - 2 - end.length;
  const whole = columns.join(", ");
  if (widthOf(whole) <= room) return `(${whole}${end})`;
  const shown: string[] = [];
  let used = "...".length;
  for (const column of columns) {
    used += widthOf(column) + 2;
    if (used > room) break;
    shown.push(column);
  }
  const inside = shown.length === 0 ? cut(columns[0] ?? "", room) : `${shown.join(", ")}, ...`;
  return `(${inside}${end})`;
}
