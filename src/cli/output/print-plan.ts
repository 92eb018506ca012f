/** Prints a plan in the one form that was asked for. The others are not made: a large plan would cost twice as much. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Terminal } from "./terminal.ts";

/** Prints the plan. With `--json`, `event` wraps it as the first of several lines. */
export async function printPlan(
  terminal: Terminal,
  plan: Plan,
  diagnostics: readonly Diagnostic[],
  form: "plan" | "markdown" | "event",
): Promise<void> {
  if (terminal.json) {
    const { planJson } = await import("../../view/plan/plan-json.ts");
    const json = planJson(plan, diagnostics);
    terminal.printJson(form === "event" ? { type: "plan", plan: json } : json);
  } else if (form === "markdown") {
    const { planMarkdown } = await import("../../view/plan/plan-markdown.ts");
    terminal.print(await planMarkdown(plan));
  } else {
    const { planText } = await import("../../view/plan/plan-text.ts");
    terminal.print(await planText(plan, terminal));
  }
}
