/** Shows the events of an apply or run: live on a terminal, a line each elsewhere, JSON with `--json`. */
import type { ApplyEvent, Emit } from "../apply/events.ts";
import type { Json } from "../json.ts";
import { eventLine } from "../view/apply-text.ts";
import type { Terminal } from "./terminal.ts";

/** Takes events until it is ended. */
export interface Progress {
  readonly emit: Emit;
  end(): Promise<void>;
}

/** Progress for this terminal. */
export async function createProgress(terminal: Terminal, logLevel: string): Promise<Progress> {
  if (terminal.json) return { emit: (event) => terminal.printJson(eventJson(event)), end: async () => undefined };
  const isDetailed = logLevel === "debug" || logLevel === "trace";
  const isQuiet = logLevel === "error" || logLevel === "warn";
  if (terminal.interactive && !isDetailed && !isQuiet)
    return (await import("./live-progress.ts")).createLiveProgress(terminal);
  return {
    emit: (event) => {
      const line = isQuiet ? null : eventLine(event, isDetailed);
      if (line !== null) terminal.note(line);
    },
    end: async () => undefined,
  };
}

/** An event as one JSON object. */
function eventJson(event: ApplyEvent): Json {
  return JSON.parse(JSON.stringify(event)) as Json;
}
