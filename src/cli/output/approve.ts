/** The question before an apply. If nobody can answer it, nothing is done. */
import { createInterface } from "node:readline/promises";
import { fail } from "../../diagnostic/diagnostic.ts";
import { type Change, isDefinition } from "../../plan/plan.ts";
import type { Terminal } from "./terminal.ts";

/** The flags that answer the question. */
export interface ApprovalFlags {
  readonly "auto-approve": boolean;
  readonly overwrite: boolean;
}

/** True if the changes may be made. `command` does the same without asking. `interrupt` is called on Ctrl-C. */
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
      detail: `This needs approval, but there is no terminal to ask on. Nothing was changed. Review the plan, then run: ${command}`,
    });
  }
  return answered(terminal, "Apply this plan?", interrupt);
}

/** Asks a question that only "yes" approves. Fails if nobody can answer. */
export async function ask(terminal: Terminal, question: string, command: string): Promise<boolean> {
  if (terminal.interactive) return answered(terminal, question, () => undefined);
  return fail({
    code: "apply/no-approval",
    summary: "Nobody to ask",
    detail: `${question} There is no terminal to ask on, and nothing was changed. To proceed without a question, run: ${command}`,
  });
}

async function answered(terminal: Terminal, text: string, interrupt: () => void): Promise<boolean> {
  const question = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await question.question(`\n${text} Only "yes" is accepted: `);
    return answer.trim() === "yes";
  } catch (thrown) {
    // The prompt reads the keys, so Ctrl-C and Ctrl-D arrive here instead of as a signal.
    if (!(thrown instanceof Error && thrown.name === "AbortError")) throw thrown;
    terminal.note("");
    if (thrown.message.includes("Ctrl+C")) interrupt();
    return false;
  } finally {
    question.close();
  }
}
