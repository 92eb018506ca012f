/** The differing lines of two texts, computed by the package `diff`. Import it through text-diff.ts, which loads it on demand. */
import { structuredPatch } from "diff";

/** The limit of edits: beyond it the texts count as replaced. */
const mostEdits = 1000;

/** The lines of a unified diff with two lines of context; `null` if the texts have too little in common. */
export const lineDiff: LineDiff = (before, after) => {
  const patch = structuredPatch("", "", before, after, "", "", { context: 2, maxEditLength: mostEdits });
  if (patch === undefined) return null;
  const endsDiffer = before.endsWith("\n") !== after.endsWith("\n");
  return patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => endsDiffer || !line.startsWith("\\")),
  ]);
};

/** A function that returns the lines of a unified diff, each with its sign, or `null` if the texts have too little in common. */
export type LineDiff = (before: string, after: string) => readonly string[] | null;
