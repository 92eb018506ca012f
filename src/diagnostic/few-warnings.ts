/** The diagnostics that people see: one setting of a project can cause the same warning in hundreds of places. */
import { type Diagnostic, warning } from "./diagnostic.ts";

/** The most warnings of one code that are printed. */
const most = 10;

/** All errors and the first ten warnings of each code, and for each code a warning with the count of the rest. */
export function fewWarnings(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const counts = new Map<string, { readonly summary: string; count: number }>();
  const shown = diagnostics.filter(({ severity, code, summary }) => {
    if (severity === "error") return true;
    const found = counts.get(code) ?? { summary, count: 0 };
    counts.set(code, found);
    found.count++;
    return found.count <= most;
  });
  const rest = [...counts].filter(([, { count }]) => count > most);
  return [...shown, ...rest.map(([code, { summary, count }]) => restOf(code, summary, count - most))];
}

const restOf = (code: string, summary: string, count: number): Diagnostic =>
  warning({
    code,
    summary: "More warnings of a kind",
    detail: `${count} more ${count === 1 ? "warning" : "warnings"} "${summary}" ${count === 1 ? "is" : "are"} not printed here. Add --json to see all of them.`,
  });
