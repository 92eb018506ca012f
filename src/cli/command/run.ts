/** `mason run operator` and `mason run workflow`: check, run, print, and return the exit code. */
import { type RunRequest, runRequest } from "../../command/run.ts";
import { hasErrors } from "../../diagnostic/diagnostic.ts";
import { envelopeOf, notStarted } from "../../view/run/run-result.ts";
import { type BodyFlags, prepareBody } from "../input/body-request.ts";
import { reportRun, withEnvelope } from "../output/report-run.ts";
import { createRunProgress } from "../output/run-progress.ts";
import type { Terminal } from "../output/terminal.ts";
import type { MakeWorld } from "./apply.ts";

/** Values of the flags of `mason run operator` and `mason run workflow`. */
export interface RunFlags extends BodyFlags {
  readonly "log-level": string;
  readonly "allow-destroy"?: string[] | undefined;
}

/** Runs an operator or workflow; returns 0, 1, or 130 if it was interrupted. */
export function runCommand(
  terminal: Terminal,
  makeWorld: MakeWorld,
  target: RunRequest["target"],
  flags: RunFlags,
): Promise<number> {
  return withEnvelope(terminal, async () => {
    const progress = createRunProgress(terminal, flags["log-level"]);
    const world = makeWorld(progress.emit);
    const { loaded, ready, diagnostics, textOf } = await prepareBody(world, target, flags);
    const options = { told: target.type === "workflow", quiet: isQuiet(flags["log-level"]), textOf };
    if (ready === undefined) {
      reportRun(terminal, notStarted(diagnostics), diagnostics, options);
      return 1;
    }
    const request = { ...ready.request, allowDestroy: flags["allow-destroy"] ?? [] };
    const ran = await runRequest(world, loaded, request, ready.checked, null).finally(progress.end);
    const before = [...diagnostics, ...ran.diagnostics];
    if (ran.value === undefined || hasErrors(ran.diagnostics)) {
      reportRun(terminal, notStarted(before), before, options);
      return 1;
    }
    const envelope = envelopeOf(ran.value, target.type === "operator", before);
    reportRun(terminal, envelope, [...before, ...envelope.errors], options);
    return exitCode(ran.value.run.state);
  });
}

/** The exit code of a run: 0 if it succeeded, 130 if it was interrupted, else 1. */
export const exitCode = (state: string): number => (state === "succeeded" ? 0 : state === "cancelled" ? 130 : 1);

/** True if stderr shows problems only. */
export const isQuiet = (logLevel: string): boolean => logLevel === "error" || logLevel === "warn";
