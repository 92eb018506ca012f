/** Prints how a run ended: rows on stdout, what there is to say on stderr, with `--json` the envelope and nothing else on stdout. */
import { Diagnosed, type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { visible } from "../../diagnostic/visible.ts";
import { ProviderError } from "../../provider/error.ts";
import { dataText } from "../../view/run/data-text.ts";
import { envelopeJson, notStarted, type RunEnvelope } from "../../view/run/run-result.ts";
import type { Terminal } from "./terminal.ts";

/** What is said beside the data. */
export interface ReportOptions {
  /** The sentences of steps were told while it ran. */
  readonly told: boolean;
  /** By `--log-level`: only what is wrong. */
  readonly quiet: boolean;
  /** The data are worth a look also when it failed. */
  readonly partial?: boolean;
  readonly textOf?: (file: string) => string | null;
}

/** Prints an envelope; `diagnostics` are all problems, located. */
export function reportRun(
  terminal: Terminal,
  envelope: RunEnvelope,
  diagnostics: readonly Diagnostic[],
  options: ReportOptions,
): void {
  // Rows of the steps before the one that failed are in the JSON; on a screen they would only hide the reason.
  if (envelope.status === "succeeded" || options.partial === true) terminal.print(dataText(envelope.data, terminal));
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

/** Does the work; with `--json` what it throws ends as an envelope on stdout too. */
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
  return [error({ code, summary: code === "bug" ? "Bug in Mason" : "A verb failed", detail })];
}
