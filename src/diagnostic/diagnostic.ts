/**
 * Diagnostics: what a user reads when something is wrong and can be acted on. This folder owns their shape, the places they
 * point at, the code frame and "Did you mean". It prints nothing and decides no exit code. README.md beside this file says
 * how a message is written.
 */

/** How bad it is: an error stops the command after the stage that found it, a warning never does. */
export type Severity = "error" | "warning";

/** A stretch of a file: 1-based line and column, length in characters (at least 1). */
export interface Range {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/**
 * A place inside a YAML document by its path, before anyone has looked for the line: `path` is the chain of keys and list
 * indexes from the document's root, `at` says whether the key or the value at its end is meant.
 */
export interface DocumentPlace {
  readonly file: string;
  /** 0-based index of the document in its file. */
  readonly document: number;
  readonly path: readonly (string | number)[];
  readonly at: "key" | "value";
}

/** Where a diagnostic points: a known range, a path that is turned into one when printed, or a file as a whole. */
export type Place = Range | DocumentPlace | { readonly file: string };

/** One problem for the user. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable machine name, `area/problem`: `step/unknown-operator`. */
  readonly code: string;
  /** Short, the same words for the same problem, no user names in it: "Unknown operator". */
  readonly summary: string;
  /** Full sentences with names in double quotes; the last says what to do. */
  readonly detail: string;
  readonly place?: Place;
  /** Other places that belong to it: the first definition of a duplicate. */
  readonly related?: readonly { readonly label: string; readonly place: Place }[];
  /** The resource or step it is about. */
  readonly address?: string;
}

/** What a stage returns: the value if it could be made, and everything worth saying, warnings too. */
export interface Checked<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** The value; throws Diagnosed when there is none. */
export function required<T>({ value, diagnostics }: Checked<T>): T {
  if (value === undefined) throw new Diagnosed(diagnostics);
  return value;
}

/** Everything of a diagnostic but its severity. */
export type Problem = Omit<Diagnostic, "severity">;

/** An error. */
export const error = (problem: Problem): Diagnostic => ({ severity: "error", ...problem });

/** A warning. */
export const warning = (problem: Problem): Diagnostic => ({ severity: "warning", ...problem });

/** True when at least one of the diagnostics is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** Diagnostics thrown where a return value has no room for them; caught at the edge of the stage or command. */
export class Diagnosed extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.summary}: ${diagnostic.detail}`).join("\n"));
    this.name = "Diagnosed";
    this.diagnostics = diagnostics;
  }
}

/** Stops with one error. */
export function fail(problem: Problem): never {
  throw new Diagnosed([error(problem)]);
}
