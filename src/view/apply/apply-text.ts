/** The progress of an apply as plain lines. */
import type { ApplyEvent, StageResult } from "../../apply/events.ts";
import { visible } from "../../diagnostic/visible.ts";
import type { StepRecord } from "../../model/run.ts";
import type { Action } from "../../plan/action.ts";
import { formatDuration } from "../../schedule/duration.ts";

/** The word for each action in progress. */
export const doing: Readonly<Record<Action, string>> = {
  create: "creating",
  update: "updating",
  replace: "replacing",
  delete: "deleting",
  run: "running",
  adopt: "adopting",
  forget: "forgetting",
  none: "leaving",
};

/** A line for an event, or `null` if only live progress shows it. `detailed` includes logs of steps. */
export function eventLine(event: ApplyEvent, detailed: boolean): string | null {
  switch (event.type) {
    case "stage_start":
      return event.action === "run" ? `${visible(event.address)}: running` : null;
    case "stage_end":
      return stageLine(event.result);
    case "step_start":
    case "step_progress":
      return null;
    case "step_log":
      return detailed ? `${stepAddress(event.address, event.step)}: ${visible(event.line)}` : null;
    case "step_retry":
      return `${stepAddress(event.address, event.step)}: trying again in ${formatDuration(event.delayMs)}: ${visible(event.reason)}`;
    case "step_end":
      return stepLine(event.address, event.record);
  }
}

/** The address of a step. The single step of an operator has no name worth printing. */
const stepAddress = (address: string, step: string): string => visible(step === "run" ? address : `${address}/${step}`);

function stepLine(address: string, record: StepRecord): string | null {
  // The line for the end of the stage says the same.
  if (record.step === "run" && (record.state === "failed" || record.state === "cancelled")) return null;
  const words =
    record.state === "succeeded"
      ? [...record.info, ...record.warnings.map((text) => `Warning: ${text}`)].map(visible).join(" ")
      : visible(record.error?.message ?? record.reason ?? "");
  return `${stepAddress(address, record.step)}: ${record.state}${words === "" ? "" : `: ${words}`}${took(record)}`;
}

/** The duration of a step if it is at least a second, else nothing. */
export function took({ startedAt, endedAt }: Pick<StepRecord, "startedAt" | "endedAt">): string {
  if (startedAt === undefined || endedAt === undefined) return "";
  const ms = Date.parse(endedAt) - Date.parse(startedAt);
  return ms < 1000 ? "" : ` (${formatDuration(ms)})`;
}

function stageLine(result: StageResult): string {
  const said = result.status === "done" ? result.detail : `${result.status}: ${result.detail}`;
  return `${visible(result.address)}: ${visible(said)}`;
}

/** The last line of an apply. */
export function applySummary(results: readonly StageResult[]): string {
  const count = (status: StageResult["status"]) => results.filter((result) => result.status === status).length;
  const others = (["failed", "skipped", "cancelled"] as const).flatMap((status) =>
    count(status) === 0 ? [] : [`${count(status)} ${status}`],
  );
  const done = `${count("done")} done`;
  const word = others.length === 0 ? "Applied" : count("cancelled") > 0 ? "Interrupted" : "Not everything was applied";
  return `${word}: ${[done, ...others].join(", ")}.`;
}
