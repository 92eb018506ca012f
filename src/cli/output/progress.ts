/** Progress of an apply or run: live on a terminal, else one line an event on stderr; with `--json`, JSON on stdout. */
import type { ApplyEvent, Emit } from "../../apply/events.ts";
import type { StepRecord } from "../../model/run.ts";
import { eventLine } from "../../view/apply/apply-text.ts";
import { eventJson } from "../../view/apply/events-json.ts";
import { interruption, sayInterruption } from "../interrupt.ts";
import type { Progress, Shown } from "./shown.ts";
import type { Terminal } from "./terminal.ts";

/** Progress for this terminal. */
export async function createProgress(terminal: Terminal, logLevel: string): Promise<Progress> {
  const shown = await shownOn(terminal, logLevel);
  const steps = new Map<string, StepRecord[]>();
  const keep = (event: ApplyEvent) => {
    if (event.type !== "step_end") return;
    const known = steps.get(event.address);
    if (known === undefined) steps.set(event.address, [event.record]);
    else known.push(event.record);
  };
  return {
    ...shown,
    steps,
    emit: (event) => {
      keep(event);
      shown.emit(event);
    },
  };
}

async function shownOn(terminal: Terminal, logLevel: string): Promise<Shown> {
  if (terminal.json) return lineByLine((event) => terminal.printJson(eventJson(event)));
  const isDetailed = logLevel === "debug" || logLevel === "trace";
  const isQuiet = logLevel === "error" || logLevel === "warn";
  if (terminal.interactive && !isDetailed && !isQuiet) {
    const { createLiveProgress } = await import("./live-progress.ts");
    return createLiveProgress({
      stream: process.stderr,
      // listr2 wraps at the width of stdout, whatever stream it writes to.
      width: () => Math.min(process.stderr.columns ?? 80, process.stdout.columns ?? 80),
      color: terminal.color,
      signal: interruption(terminal.json),
      onDrawing: sayInterruption,
      now: () => performance.now(),
    });
  }
  return lineByLine((event) => {
    const line = isQuiet ? null : eventLine(event, isDetailed);
    if (line !== null) terminal.note(line);
  });
}

const lineByLine = (emit: Emit): Shown => ({
  emit,
  live: false,
  expect: () => undefined,
  end: async () => undefined,
});
