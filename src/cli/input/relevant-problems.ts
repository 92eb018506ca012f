/** The problems of a project that matter to a command about a part of it. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";

/** Everything but warnings about deployments other than the one that is meant: those are for plan, apply and validate to tell. */
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
