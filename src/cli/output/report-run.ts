/** The report of a run: rows on stdout and notes on stderr; with `--json`, only the envelope on stdout. */
import { Diagnosed, type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { visible } from "../../diagnostic/visible.ts";
import { ProviderError } from "../../provider/error.ts";
import { dataText } from "../../view/run/data-text.ts";
import { envelopeJson, notStarted, type RunEnvelope } from "../../view/run/run-result.ts";
import type { Terminal } from "./terminal.ts";

/** What to print besides the data. */
export interface ReportOptions {
  /** The notes of steps were printed during the run. */
  readonly told: boolean;
  /** Print problems only, by `--log-level`. */
  readonly quiet: boolean;
  /** Print the data even if the run failed. */
  readonly partial?: boolean;
  readonly textOf?: (file: string) => string | null;
}

/** Prints an envelope; `diagnostics` are all located problems. */
export function reportRun(
  terminal: Terminal,
  envelope: RunEnvelope,
  diagnostics: readonly Diagnostic[],
  options: ReportOptions,
): void {
  // Rows of earlier steps are in the JSON; on a screen they would only hide the reason of the failure.
  if (envelope.status === "succeeded" || options.partial === true)
    terminal.print(dataText(envelope.data, terminal.rows));
  terminal.printJson(envelopeJson(envelope));
  const stepWarnings = envelope.warnings.slice(
    diagnostics.filter((diagnostic) => diagnostic.severity === "warning").length,
  );
  const info = options.told || options.quiet ? [] : envelope.info;
  for (const text of info) terminal.note(visible(text));
  if (isSilent(envelope) && !options.quiet) terminal.note("Done. There are no rows.");
  for (const text of stepWarnings) terminal.note(`Warning: ${visible(text)}`);
  terminal.problems(diagnostics, options.textOf ?? (() => null));
}

const isSilent = ({ status, runId, data, info, warnings }: RunEnvelope) =>
  status === "succeeded" && runId !== undefined && data.length === 0 && info.length === 0 && warnings.length === 0;

/** Does the work; with `--json` a thrown failure is also printed as an envelope on stdout. */
export async function withEnvelope(terminal: Terminal, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (thrown) {
    terminal.printJson(envelopeJson(notStarted(diagnosticsOf(thrown))));
    throw thrown;
  }
}

function diagnosticsOf(thrown: unknown): readonly Diagnostic[] {
  if (thrown instanceof Diagnosed) return thrown.diagnostics;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof ProviderError ? `provider/${thrown.code}` : "bug";
  return [error({ code, summary: code === "bug" ? "Bug in Mason" : "Operation failed", detail })];
}
