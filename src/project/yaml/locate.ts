/**
 * Locates diagnostics. It loads the package `yaml` only when there is something to locate: a command without diagnostics does not
 * pay for it.
 */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";

/** Turns paths into lines and columns, and lists every error of a file that could not be parsed. */
export async function locate(
  diagnostics: readonly Diagnostic[],
  textOf: (file: string) => string | null,
): Promise<readonly Diagnostic[]> {
  if (diagnostics.length === 0) return diagnostics;
  const { locateDiagnostics, yamlProblems } = await import("./positions.ts");
  const every = diagnostics.flatMap((diagnostic) => {
    const file = /^yaml\/(syntax|duplicate-key|unknown-tag)$/.test(diagnostic.code)
      ? diagnostic.place?.file
      : undefined;
    const text = file === undefined ? null : textOf(file);
    const found = file === undefined || text === null ? [] : yamlProblems(file, text);
    return found.length === 0 ? [diagnostic] : found;
  });
  return locateDiagnostics(every, textOf);
}
