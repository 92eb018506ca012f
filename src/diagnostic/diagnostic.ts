/**
 * A diagnostic is an error or a warning that the user can act on. This folder owns its shape, the places it points at, the code
 * frame and "Did you mean". It prints nothing and decides no exit code. README.md explains how to write a message.
 */

/** The severity of a diagnostic: an error stops the command after the stage that found it; a warning never does. */
export type Severity = "error" | "warning";

/** A stretch of a file: 1-based line and column, length in characters (at least 1). */
export interface Range {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/**
 * A place inside a YAML document, given by its path while its line is unknown: `path` is the chain of keys and list indexes from
 * the document's root; `at` selects the key or the value at the end of it.
 */
export interface DocumentPlace {
  readonly file: string;
  /** 0-based index of the document in its file. */
  readonly document: number;
  readonly path: readonly (string | number)[];
  readonly at: "key" | "value";
}

/** Where a diagnostic points: a range, a path that becomes a range when printed, or a whole file. */
export type Place = Range | DocumentPlace | { readonly file: string };

/** One problem for the user. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable machine name, `area/problem`: `step/unknown-operator`. */
  readonly code: string;
  /** Short, the same words for the same problem, without user names: "Unknown operator". */
  readonly summary: string;
  /** Full sentences with names in double quotes; the last one says what to do. */
  readonly detail: string;
  readonly place?: Place;
  /** Other places that matter, such as the first definition of a duplicate. */
  readonly related?: readonly { readonly label: string; readonly place: Place }[];
  /** The resource or step that the problem is about. */
  readonly address?: string;
  /** The address of the resource whose absence is the problem: it goes without saying when that could not be read. */
  readonly absent?: string;
  /** What is already there and stops this: an object of another state of this project, or an output that may not be replaced. */
  readonly inTheWay?: { readonly lineage: string } | { readonly output: string };
}

/** The result of a stage: its value, if it could make one, and all diagnostics, warnings included. */
export interface Checked<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Returns the value, or throws Diagnosed when there is none. */
export function required<T>({ value, diagnostics }: Checked<T>): T {
  if (value === undefined) throw new Diagnosed(diagnostics);
  return value;
}

/** A diagnostic without its severity. */
export type Problem = Omit<Diagnostic, "severity">;

/** An error. */
export const error = (problem: Problem): Diagnostic => ({ severity: "error", ...problem });

/** A warning. */
export const warning = (problem: Problem): Diagnostic => ({ severity: "warning", ...problem });

/** True when at least one of the diagnostics is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** An exception that carries diagnostics where a return value can't; the stage or the command catches it. */
export class Diagnosed extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.summary}: ${diagnostic.detail}`).join("\n"));
    this.name = "Diagnosed";
    this.diagnostics = diagnostics;
  }
}

/** Throws one error. */
export function fail(problem: Problem): never {
  throw new Diagnosed([error(problem)]);
}
