/** One-line previews, for operators that give no columns and create nothing. */
import type { Preview, PreviewContext } from "./operator.ts";

/** A preview that is only its line. */
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
