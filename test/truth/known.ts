/** Faults that are known and still open, with the rule that each breaks. The test fails when a new one occurs and when one of these no longer does. */
import type { Figure } from "./fault.ts";

/** A class of faults. */
export interface KnownFault {
  readonly rule: string;
  readonly name: string;
  readonly figure: Figure;
  readonly key: RegExp;
}

export const known: readonly KnownFault[] = [];
