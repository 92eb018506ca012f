/** Runs as text: a list, a single run with its steps, and log lines. */
import { visible } from "../../diagnostic/visible.ts";
import type { RunRecord, StepRecord } from "../../model/run.ts";
import { formatDuration } from "../../schedule/duration.ts";
import type { TextOptions } from "../plan/plan-text.ts";
import { tableText } from "../table.ts";
import { valueLines } from "../value-text.ts";
import { mismatchLines } from "./mismatches.ts";

/** A line of a log from the run store. */
export interface LogText {
  readonly step: string;
  readonly at: string;
  readonly line: string;
}

/** The milliseconds from start to end, or to now for a running one; `undefined` before the start. */
export function durationOf(
  record: { readonly startedAt?: string; readonly endedAt?: string; readonly state: string },
  now: Date,
): number | undefined {
  if (record.startedAt === undefined) return undefined;
  if (record.endedAt === undefined && record.state !== "running") return undefined;
  const end = record.endedAt === undefined ? now.getTime() : Date.parse(record.endedAt);
  return Math.max(0, end - Date.parse(record.startedAt));
}

/** One line for each run, newest first. The environment is shown where runs have one. */
export function runsText(runs: readonly RunRecord[], now: Date, options: TextOptions): string {
  const hasEnvironments = runs.some((run) => run.environment !== null);
  const environment = (text: string) => (hasEnvironments ? [text] : []);
  const titles = ["Id", "Address", ...environment("Environment"), "State", "Started (UTC)", "Took", "Reason"];
  const columns = titles.map((title) => ({ title }));
  const rows = runs.map((run) => [
    run.id,
    run.address,
    ...environment(run.environment ?? "-"),
    run.state,
    timeText(run.startedAt),
    tookText(durationOf(run, now)),
    firstLine(run.error ?? ""),
  ]);
  return tableText(columns, rows, options);
}

/** One run: its attributes, then its steps. */
export function runText(run: RunRecord, steps: readonly StepRecord[], now: Date): string {
  const facts = {
    run: run.id,
    address: run.address,
    state: run.state,
    started: `${timeText(run.startedAt)} UTC`,
    ...(run.endedAt === undefined ? {} : { ended: `${timeText(run.endedAt)} UTC` }),
    took: tookText(durationOf(run, now)),
    "scheduled for": `${timeText(run.at)} UTC`,
    key: run.key,
    bundle: run.bundle,
    ...(run.environment === null ? {} : { environment: run.environment }),
    ...(run.error === undefined ? {} : { error: run.error }),
  };
  return [...valueLines(facts, ""), ...steps.flatMap((step) => ["", ...stepLines(step, now)])].join("\n");
}

function stepLines(step: StepRecord, now: Date): readonly string[] {
  const took = durationOf(step, now);
  const tries = step.tries > 1 ? [`${step.tries} tries`] : [];
  const head = [`${visible(step.step)} ${visible(step.operator)}`, step.state, ...tries];
  const why = step.error === undefined ? step.reason : `${step.error.message} (${step.error.code})`;
  return [
    [...head, ...(took === undefined ? [] : [tookText(took)])].join("  "),
    ...(why === undefined ? [] : [`  ${visible(why)}`]),
    ...step.info.map((line) => `  ${visible(line)}`),
    ...step.warnings.map((line) => `  warning: ${visible(line)}`),
    ...mismatchLines(step.mismatches ?? []).map((line) => `  ${line}`),
    ...valueLines(step.outputs, "  "),
  ];
}

/** Log lines with their time and step. */
export function logsText(lines: readonly LogText[]): string {
  return lines.map((line) => `${visible(timeText(line.at))}  ${visible(line.step)}  ${visible(line.line)}`).join("\n");
}

const timeText = (instant: string): string => instant.slice(0, 19).replace("T", " ");
const tookText = (ms: number | undefined): string => (ms === undefined ? "-" : formatDuration(ms));
const firstLine = (text: string): string => text.split("\n")[0] ?? "";
