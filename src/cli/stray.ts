/**
 * Keeps modules of the project from ending the process: a call of `process.exit`, or an error in a timer or a callback, is a failure of
 * the step that did it. The rest of the command goes on.
 */
import { Diagnosed, error } from "../diagnostic/diagnostic.ts";
import { withoutSecrets } from "../model/secret.ts";
import { thrownText } from "../step/module-result.ts";
import { currentWork, type WatchedWork } from "./stall.ts";

/** Works that have called `process.exit`: the error that stops their code is no news. */
const exited = new WeakSet<WatchedWork>();

/** Runs the command and watches what strays, until the process ends. `report` prints a failure and gives the exit code. */
export async function watchStrays(command: () => Promise<void>, report: (thrown: unknown) => number): Promise<void> {
  const exit = process.exit.bind(process);
  let isDone = false;
  let failed = 0;
  const fails = (thrown: unknown) => {
    failed = report(thrown);
  };
  process.exit = ((code) => {
    const work = currentWork();
    if (work === undefined) return exit(code);
    exited.add(work);
    const why = "called process.exit. Let it return, or throw an error: only Mason ends the process.";
    if (!work.fail(why)) fails(tooLate(work, why));
    throw new Error(`${work.what} ${why}`);
  }) as typeof process.exit;
  const stray = (thrown: unknown) => {
    const work = currentWork();
    // A bug in Mason itself: nobody knows what state it left.
    if (work === undefined) return exit(report(thrown));
    if (exited.has(work)) return;
    const why = `threw an error outside of its promise: ${withoutSecrets(thrownText(thrown).replace(/\.$/, ""), process.env)}. Await all that it starts, so that its errors reach its caller.`;
    if (!work.fail(why)) fails(tooLate(work, why));
  };
  process.on("uncaughtException", stray);
  process.on("unhandledRejection", stray);
  process.on("exit", (code) => {
    // `import { exit } from "node:process"` got the function of Node.
    if (!isDone && code === 0) fails(endedHere(currentWork()));
    if (failed !== 0 && !process.exitCode) process.exitCode = failed;
  });
  await command();
  isDone = true;
}

const tooLate = ({ what }: WatchedWork, why: string): Diagnosed =>
  new Diagnosed([
    error({
      code: "command/stray",
      summary: "Operator failed after its end",
      detail: `${what} had ended, and then ${why}`,
    }),
  ]);

const endedHere = (work: WatchedWork | undefined): Diagnosed =>
  new Diagnosed([
    error({
      code: "command/ended",
      summary: "Command was ended from inside",
      detail: `${work?.what ?? "An operator, a workflow module or a provider"} called process.exit, so the command did not finish. Let it return, or throw an error. Run the command again; an apply continues with "mason apply --resume".`,
    }),
  ]);
