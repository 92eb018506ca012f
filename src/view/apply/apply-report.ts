/** The result of an apply as text: objects, runs with the notes of their steps, and what was not done and why. */
import { kindOf } from "../../address.ts";
import type { StageResult } from "../../apply/events.ts";
import { createStyle, plain, type Style } from "../../diagnostic/style.ts";
import { visible } from "../../diagnostic/visible.ts";
import type { StepRecord } from "../../model/run.ts";
import { actionSigns } from "../../plan/action.ts";
import { isDefinition } from "../../plan/plan.ts";
import { chopBehind, hang, head, pad, widthOf } from "../layout.ts";
import { actionPaint, type TextOptions } from "../plan/plan-text.ts";
import { applySummary, took } from "./apply-text.ts";

/** Options of the report. */
export interface ReportOptions extends TextOptions {
  /** True if reasons were not printed line by line during the apply. */
  readonly listProblems: boolean;
}

/** The number of results of one kind to list; the rest are counted. */
const mostListed = 50;

interface Context {
  readonly width: number;
  readonly style: Style;
  readonly steps: ReadonlyMap<string, readonly StepRecord[]>;
}

/** The report with its last line. `steps` holds the ended steps by the address of their deployment. */
export function applyReport(
  results: readonly StageResult[],
  steps: ReadonlyMap<string, readonly StepRecord[]>,
  options: ReportOptions,
): string {
  const style = createStyle(options.color);
  const context: Context = { width: Math.max(40, options.width), style, steps };
  const done = results.filter((result) => result.status === "done");
  const definitions = done.filter(isOfDefinition).length;
  // A problem was printed as an error.
  const others = options.listProblems
    ? results.filter((result) => result.status !== "done" && result.problem === undefined)
    : [];
  const objects = done.filter((result) => !isOfDefinition(result));
  const made = [
    ...resultLines(objects, context),
    ...(definitions === 0
      ? []
      : [`    ${definitions} ${definitions === 1 ? "definition" : "definitions"} recorded in the state`]),
  ];
  const parts = [
    ...(made.length === 0 ? [] : ["", ...made]),
    ...(others.length === 0 ? [] : ["", "  Not done:", ...resultLines(others, context)]),
    "",
    style.bold(applySummary(results)),
  ];
  return `${parts.join("\n")}\n`;
}

function isOfDefinition(result: StageResult): boolean {
  const kind = kindOf(result.address);
  return kind !== null && isDefinition(kind);
}

function resultLines(results: readonly StageResult[], context: Context): readonly string[] {
  const listed = results.slice(0, mostListed);
  const widths = listed.map((result) => widthOf(visible(result.address)));
  // A wider address does not move the words of the others.
  const column = Math.max(0, ...widths.filter((each) => each <= context.width * 0.4));
  return [
    ...listed.flatMap((result) => oneResult(result, column, context)),
    ...countedLines(results.slice(mostListed)),
  ];
}

function oneResult(result: StageResult, column: number, { width, style, steps }: Context): readonly string[] {
  const sign = { text: `  ${actionPaint(result.action, style)(actionSigns[result.action])} `, width: 4 };
  const address = visible(result.address);
  const words = result.status === "done" ? visible(result.detail) : `${result.status}: ${visible(result.detail)}`;
  const paint = result.status === "failed" ? style.red : result.status === "done" ? plain : style.yellow;
  const indent = width - column - 6 >= 24 && widthOf(address) <= column ? column + 6 : 6;
  const first = { text: `${sign.text}${pad(address, column)}  `, width: 6 + Math.max(column, widthOf(address)) };
  const lines =
    first.width <= width
      ? hang(first, words, indent, width, paint)
      : [...chopBehind(sign, address, width), ...hang(head("      "), words, 6, width, paint)];
  const records = result.status === "done" ? (steps.get(result.address) ?? []) : [];
  return [...lines, ...stepLines(records, width, style)];
}

/** The notes of the steps of a run. */
function stepLines(records: readonly StepRecord[], width: number, style: Style): readonly string[] {
  const names = records.map((record) => visible(record.step === "run" ? record.operator : record.step));
  const column = Math.min(
    24,
    names.reduce((most, name) => Math.max(most, widthOf(name)), 0),
  );
  return records.flatMap((record, index) => {
    const start = head(`      ${pad(names[index] ?? "", column)}  `);
    const said =
      record.state === "succeeded"
        ? record.info.join(" ")
        : `${record.state}: ${record.reason ?? record.error?.message ?? ""}`;
    const indent = 8 + column;
    return [
      ...hang(start, visible(`${said}${took(record)}`.trim()), indent, width),
      ...record.warnings.flatMap((text) =>
        hang(head(" ".repeat(indent)), `Warning: ${visible(text)}`, indent, width, style.yellow),
      ),
    ];
  });
}

/** `... and 9,950 more: 9,000 tables created, 950 deployments ran`. */
function countedLines(results: readonly StageResult[]): readonly string[] {
  if (results.length === 0) return [];
  const counts = new Map<string, number>();
  for (const result of results) {
    const key = `${kindOf(result.address) ?? "resource"} ${result.status === "done" ? result.detail : result.status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const texts = [...counts].map(([key, count]) => `${count} of ${visible(key)}`);
  const shown = texts.length <= 6 ? texts : [...texts.slice(0, 6), "others"];
  return [`    ... and ${results.length} more: ${shown.join(", ")}`];
}
