/** Changed texts of several lines, and the lines of them to show. */
import type { Json } from "../../json.ts";
import type { FieldChange } from "../../plan/field-change.ts";
import type { Change } from "../../plan/plan.ts";
import type { LineDiff } from "./line-diff.ts";

/** The most lines of one difference to show. */
const mostLines = 20;
/** The longest text that is compared line by line. */
const mostCharacters = 50_000;

/** The two texts of a field if at least one has several lines; an absent side is empty. */
export function multiLine({ before, after }: FieldChange): readonly [before: string, after: string] | null {
  if (!isText(before) || !isText(after)) return null;
  const [left, right] = [before ?? "", after ?? ""];
  return left.trimEnd().includes("\n") || right.trimEnd().includes("\n") ? [left, right] : null;
}

const isText = (value: Json | undefined): value is string | undefined =>
  value === undefined || typeof value === "string";

/** The differ if a field of these changes needs it, else `null`: most plans never load it. */
export async function loadLineDiff(changes: readonly Change[]): Promise<LineDiff | null> {
  const isNeeded = changes.some((change) => change.fields.some((field) => multiLine(field) !== null));
  return isNeeded ? (await import("./line-diff.ts")).lineDiff : null;
}

/** The visible part of a difference: its first lines and the number of further lines. */
export interface ShownDiff {
  /** The numbers of added and removed lines. */
  readonly added: number;
  readonly removed: number;
  readonly lines: readonly string[];
  readonly leftOut: number;
}

/** The difference of two texts, limited to twenty lines. */
export function shownDiff(before: string, after: string, diff: LineDiff | null): ShownDiff {
  const isLong = before.length + after.length > mostCharacters;
  const all = isLong ? null : (diff?.(before, after) ?? null);
  if (all === null) return { added: countLines(after), removed: countLines(before), lines: [], leftOut: 0 };
  const count = (sign: string) => all.filter((line) => line.startsWith(sign)).length;
  return {
    added: count("+"),
    removed: count("-"),
    lines: all.slice(0, mostLines),
    leftOut: Math.max(0, all.length - mostLines),
  };
}

function countLines(text: string): number {
  let count = text === "" || text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
