/** The problems of a project that matter to a command about one part of it. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";

/** All problems except warnings about other deployments, which plan, apply and validate report. */
export const relevantProblems = (
  diagnostics: readonly Diagnostic[],
  deployment: string | null,
): readonly Diagnostic[] =>
  diagnostics.filter(
    ({ severity, address }) =>
      severity === "error" ||
      address === undefined ||
      !address.startsWith("deployment.") ||
      address === deployment ||
      address.startsWith(`${deployment}/`),
  );
