/** The terminal of a command: the result goes to stdout, everything else to stderr. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { diagnosticJson, renderDiagnostics } from "../../diagnostic/frame.ts";
import type { Json } from "../../json.ts";
import { writeResult } from "./streams.ts";

/** The place where a command prints. */
export interface Terminal {
  /** Columns of stdout; 100 when it is no terminal. */
  readonly width: number;
  readonly color: boolean;
  /** The options for rows of a result, which are cut on a terminal only: a program that reads them needs them whole. */
  readonly rows: { readonly width: number; readonly color: boolean };
  /** True if a person can answer a question and see progress. */
  readonly interactive: boolean;
  readonly json: boolean;
  /** Prints a part of the result as text; does nothing with `--json`. */
  print(text: string): void;
  /** Prints the result as one JSON value, or one event a line; does nothing without `--json`. */
  printJson(value: Json): void;
  /** Prints a line for a person on stderr; does nothing with `--json`. */
  note(text: string): void;
  /** Prints problems on stderr: as text, or with `--json` as one JSON object a line. */
  problems(diagnostics: readonly Diagnostic[], textOf: (file: string) => string | null): void;
}

/** The terminal of a process. */
export function createTerminal(options: {
  readonly json: boolean;
  readonly noColor: boolean;
  readonly env: NodeJS.ProcessEnv;
}): Terminal {
  const { stdout, stderr, stdin } = process;
  const { json } = options;
  const color =
    !options.noColor && (options.env.NO_COLOR ?? "") === "" && stdout.isTTY === true && options.env.TERM !== "dumb";
  const width = Math.max(40, stdout.columns ?? (Number(options.env.COLUMNS) || 100));
  const whole = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);
  const toStderr = (text: string) => stderr.write(whole(text));
  return {
    width,
    color,
    rows: { width: stdout.isTTY === true ? width : Number.POSITIVE_INFINITY, color },
    interactive: stdin.isTTY === true && stderr.isTTY === true && (options.env.CI ?? "") === "",
    json,
    print: (text) => {
      if (!json && text !== "") writeResult(whole(text));
    },
    printJson: (value) => {
      if (json) writeResult(whole(JSON.stringify(value)));
    },
    note: (text) => {
      if (!json) toStderr(text);
    },
    problems: (diagnostics, textOf) => {
      if (diagnostics.length === 0) return;
      if (json) for (const diagnostic of diagnostics) toStderr(JSON.stringify(diagnosticJson(diagnostic)));
      else
        toStderr(
          renderDiagnostics(diagnostics, {
            textOf,
            width: Math.min(width, 100),
            color: color && stderr.isTTY === true,
          }),
        );
    },
  };
}
