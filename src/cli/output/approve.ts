/** The question before an apply. Without somebody who can answer, nothing is done. */
import { createInterface } from "node:readline/promises";
import { fail } from "../../diagnostic/diagnostic.ts";
import { type Change, isDefinition } from "../../plan/plan.ts";
import type { Terminal } from "./terminal.ts";

/** What was given on the command line. */
export interface ApprovalFlags {
  readonly "auto-approve": boolean;
  readonly overwrite: boolean;
}

/** True when the changes may be made. `command`: what to run to go on without a question. `interrupt` is called on Ctrl-C. */
export async function approve(
  terminal: Terminal,
  changes: readonly Change[],
  flags: ApprovalFlags,
  command: string,
  interrupt: () => void,
): Promise<boolean> {
  if (flags["auto-approve"]) return true;
  const asks = changes.some((change) => !isDefinition(change.kind) || (change.action === "update" && !flags.overwrite));
  if (!asks) return true;
  if (!terminal.interactive) {
    return fail({
      code: "apply/no-approval",
      summary: "Nobody to ask",
      detail: `This would change something, and there is no terminal to ask on. Nothing was done. Look at the plan, then run: ${command}`,
    });
  }
  return answered(terminal, "Do this?", interrupt);
}

/** Asks a question that only "yes" answers; refused where nobody can. */
export async function ask(terminal: Terminal, question: string, command: string): Promise<boolean> {
  if (terminal.interactive) return answered(terminal, question, () => undefined);
  return fail({
    code: "apply/no-approval",
    summary: "Nobody to ask",
    detail: `${question} There is no terminal to ask on, and nothing was done. To go on without a question, run: ${command}`,
  });
}

async function answered(terminal: Terminal, text: string, interrupt: () => void): Promise<boolean> {
  const question = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await question.question(`\n${text} Only "yes" will be accepted: `);
    return answer.trim() === "yes";
  } catch (thrown) {
    // The question takes the keys, so Ctrl-C and Ctrl-D arrive here and not as a signal.
    if (!(thrown instanceof Error && thrown.name === "AbortError")) throw thrown;
    terminal.note("");
    if (thrown.message.includes("Ctrl+C")) interrupt();
    return false;
  } finally {
    question.close();
  }
}
