/** The text of live progress: a title with counts, and a line for each running stage or step. It tracks events and draws nothing. */
import type { ApplyEvent, StageResult } from "../../apply/events.ts";
import { visible } from "../../diagnostic/visible.ts";
import type { Action } from "../../plan/action.ts";
import { formatDuration } from "../../schedule/duration.ts";
import { cut, widthOf } from "../layout.ts";
import { doing } from "./apply-text.ts";

/** The current progress. Times are milliseconds of any monotonic clock. */
export interface ProgressScreen {
  /** Records an event that happened at this time. */
  take(event: ApplyEvent, at: number): void;
  /** Sets the total number of stages. */
  expect(total: number): void;
  /** `Applying: 12 of 40 done, 1 failed`. */
  title(state: "going" | "stopping" | "ended"): string;
  /** True if anything failed, was skipped or was cancelled. */
  hasProblems(): boolean;
  /** The latest failures and the running work: at most `most` lines of at most `width` columns. */
  lines(now: number, width: number, most: number): readonly string[];
}

interface GoingStep {
  readonly operator: string;
  readonly since: number;
  part: number;
  note: string;
}

interface GoingStage {
  readonly action: Action;
  readonly since: number;
  readonly steps: Map<string, GoingStep>;
}

/** Work that takes longer than this shows its duration, in milliseconds. */
const worthSaying = 3000;
const shownFailures = 3;

/** An empty screen. */
export function createProgressScreen(): ProgressScreen {
  const going = new Map<string, GoingStage>();
  const counts: Record<StageResult["status"] | "steps", number> = {
    done: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    steps: 0,
  };
  const failures: string[] = [];
  let total: number | null = null;
  let hasStages = false;
  return {
    expect: (count) => {
      total = count;
    },
    take: (event, at) => {
      if (event.type === "stage_end") {
        hasStages = true;
        going.delete(event.result.address);
        counts[event.result.status]++;
        if (event.result.status === "failed")
          failures.push(`${event.result.address} failed: ${visible(event.result.detail)}`);
      } else if (event.type === "stage_start") {
        hasStages = true;
        going.set(event.address, { action: event.action, since: at, steps: new Map() });
      } else {
        if (event.type === "step_end") {
          counts.steps++;
          if (event.record.state === "failed" && !hasStages) counts.failed++;
        }
        takeStep(going, event, at);
      }
    },
    hasProblems: () => counts.failed + counts.skipped + counts.cancelled > 0,
    title: (state) => {
      const others = (["failed", "skipped", "cancelled"] as const).filter((status) => counts[status] > 0);
      const done = !hasStages
        ? `${counts.steps} ${counts.steps === 1 ? "step" : "steps"} ended`
        : total === null
          ? `${counts.done} done`
          : `${counts.done} of ${total} done`;
      const word =
        state === "stopping"
          ? "Stopping (Ctrl-C again ends at once)"
          : state === "ended"
            ? "Ended"
            : hasStages
              ? "Applying"
              : "Running";
      return `${word}: ${[done, ...others.map((status) => `${counts[status]} ${status}`)].join(", ")}`;
    },
    lines: (now, width, most) => {
      const all = [...going]
        .flatMap(([address, stage]) => stageLines(address, stage, now))
        .map((line) => keepEnd(line, width));
      const failed = failures.slice(-shownFailures);
      const room = Math.max(1, most - failed.length);
      const shown = all.length <= room ? all : [...all.slice(0, room - 1), `... and ${all.length - room + 1} more`];
      return [...failed.map((line) => cut(line, width)), ...shown];
    },
  };
}

type StepEvent = Exclude<ApplyEvent, { readonly type: "stage_start" | "stage_end" }>;

function takeStep(going: Map<string, GoingStage>, event: StepEvent, at: number): void {
  if (event.type === "step_log") return;
  const id = event.type === "step_end" ? event.record.step : event.step;
  // A run by hand has steps without a stage.
  const stage = going.get(event.address) ?? { action: "run" as const, since: at, steps: new Map() };
  going.set(event.address, stage);
  const step = stage.steps.get(id);
  switch (event.type) {
    case "step_start":
      stage.steps.set(id, { operator: event.operator, since: at, part: 0, note: "" });
      return;
    case "step_progress":
      if (step !== undefined) Object.assign(step, { part: event.part, note: "" });
      return;
    case "step_retry":
      if (step !== undefined) step.note = `trying again in ${formatDuration(event.delayMs)}: ${visible(event.reason)}`;
      return;
    case "step_end":
      stage.steps.delete(id);
  }
}

/** A line whose end (progress, duration) stays visible when its beginning is cut. */
interface Line {
  readonly start: string;
  readonly end: string;
}

const keepEnd = ({ start, end }: Line, width: number): string =>
  end === "" ? cut(start, width) : `${cut(start, Math.max(10, width - widthOf(end) - 2))}  ${end}`;

function stageLines(address: string, stage: GoingStage, now: number): readonly Line[] {
  if (stage.steps.size === 0)
    return [{ start: `${visible(address)}  ${doing[stage.action]}`, end: since(stage.since, now) }];
  return [...stage.steps].map(([id, step]) => {
    const name = id === "run" ? address : `${address}/${id}`;
    const part = step.part > 0 && step.part < 1 ? `${Math.floor(step.part * 100)} %` : "";
    const text = (parts: readonly string[]) => parts.filter((word) => word !== "").join("  ");
    return {
      start: visible(text([name, step.note === "" ? step.operator : step.note])),
      end: text([part, since(step.since, now)]),
    };
  });
}

const since = (start: number, now: number): string =>
  now - start < worthSaying ? "" : formatDuration(Math.floor((now - start) / 1000) * 1000);
