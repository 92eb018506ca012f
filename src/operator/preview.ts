/** Previews of operators whose columns nobody asks for: one line, and nothing that would be there afterwards. */
import type { Preview, PreviewContext } from "./operator.ts";

/** A preview that is no more than its line. */
export const lineOnly = (summary: string): Preview => ({
  summary,
  certainty: "unknown",
  statements: [],
  makes: [],
  problems: [],
});

/** A parameter's value as a plan shows it. */
export const shown = ({ parameters, unknown }: Pick<PreviewContext, "parameters" | "unknown">, name: string): string =>
  unknown.has(name) ? "(known after apply)" : String(parameters[name] ?? "");
