/** Progress of a run by hand: a line on stderr for each step and retry, and a changing line on a terminal. */
import type { ApplyEvent, Emit } from "../../apply/events.ts";
import { visible } from "../../diagnostic/visible.ts";
import { onlyStep } from "../../graph/expand.ts";
import { eventLine } from "../../view/apply/apply-text.ts";
import { cut } from "../../view/layout.ts";
import type { Terminal } from "./terminal.ts";

/** A receiver of events until it ends. */
export interface RunProgress {
  readonly emit: Emit;
  end(): void;
}

/** Progress for this terminal; nothing with `--json`. */
export function createRunProgress(terminal: Terminal, logLevel: string): RunProgress {
  if (terminal.json) return { emit: () => undefined, end: () => undefined };
  const isDetailed = logLevel === "debug" || logLevel === "trace";
  const isQuiet = logLevel === "error" || logLevel === "warn";
  const live = terminal.interactive && !isQuiet ? createLiveLine(terminal.width) : null;
  const emit: Emit = (event) => {
    const line = isQuiet ? null : lineOf(event, isDetailed);
    if (line !== null) {
      live?.clear();
      terminal.note(line);
    }
    const status = statusOf(event);
    if (status !== null) live?.show(status);
  };
  return { emit, end: () => live?.clear() };
}

/** The line for an event. A single operator reports its result at the end, so its start and end need no line. */
function lineOf(event: ApplyEvent, isDetailed: boolean): string | null {
  if (event.type === "step_start" && event.step !== onlyStep)
    return `${event.address}/${event.step}: running ${event.operator}`;
  if (event.type === "step_end" && event.record.step === onlyStep) return null;
  return eventLine(event, isDetailed);
}

function statusOf(event: ApplyEvent): string | null {
  const name = "step" in event && event.step !== onlyStep ? `${event.address}/${event.step}` : "";
  switch (event.type) {
    case "step_start":
      return `${name === "" ? event.address : name} ...`;
    case "step_progress":
      return `${name === "" ? event.address : name} ${Math.round(event.part * 100)} %`;
    case "step_log":
      return `${name === "" ? event.address : name}: ${visible(event.line)}`;
    default:
      return null;
  }
}

function createLiveLine(width: number) {
  let shown = false;
  return {
    show: (text: string) => {
      process.stderr.write(`\r\u001b[2K${cut(text, width - 1, "…")}`);
      shown = true;
    },
    clear: () => {
      if (shown) process.stderr.write("\r\u001b[2K");
      shown = false;
    },
  };
}
