/** The guard of stdout and stderr: a reader that is gone is no error, and output that can't be written is one, with a sentence. */
import { error } from "../../diagnostic/diagnostic.ts";
import { diagnosticJson, renderDiagnostics } from "../../diagnostic/frame.ts";
import { systemReason } from "./system-problem.ts";

const { stdout } = process;
const ownWrite = stdout.write.bind(stdout);
let guarded = false;
let changed = false;

/** Notes that the command has changed something, so that lost output ends with 2 instead of 1. */
export const noteChange = (): void => {
  changed = true;
};

/** Writes a part of the result to stdout. */
export const writeResult = (text: string): void => {
  ownWrite(text);
};

/** Sends what anything else writes to stdout, like `console.log` in an operator, to stderr: stdout holds the result only. */
export function reserveStdout(): void {
  stdout.write = process.stderr.write.bind(process.stderr) as typeof stdout.write;
}

/**
 * Handles errors of both streams from now on. A closed pipe (`| head`) is ignored, because an apply must finish its work. Any other
 * error, like a full disk, is reported once on stderr and makes a successful command fail.
 */
export function guardStreams(json: boolean): void {
  if (guarded) return;
  guarded = true;
  let failed = false;
  // oclif has a handler too, which throws.
  stdout.removeAllListeners("error");
  stdout.on("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "EPIPE" || failed) return;
    failed = true;
    const detail = `The result could not be written to standard output: ${systemReason(thrown)}`;
    const problem = error({ code: "output/failed", summary: "Output lost", detail });
    const text = json
      ? JSON.stringify(diagnosticJson(problem))
      : renderDiagnostics([problem], { textOf: () => null, width: 100, color: false });
    process.stderr.write(`${text}\n`);
  });
  process.stderr.on("error", () => undefined);
  process.on("exit", (code) => {
    if (failed && code === 0) process.exitCode = changed ? 2 : 1;
  });
}
