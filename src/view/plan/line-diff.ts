/** The lines in which two texts differ, by the package `diff`. Import it through text-diff.ts, which loads it only when it is needed. */
import { structuredPatch } from "diff";

/** More edits than this are not looked for: the texts count as replaced. */
const mostEdits = 1000;

/** Lines of a unified diff with two lines of context; `null` when the texts have too little in common. */
export const lineDiff: LineDiff = (before, after) => {
  const patch = structuredPatch("", "", before, after, "", "", { context: 2, maxEditLength: mostEdits });
  if (patch === undefined) return null;
  const endsDiffer = before.endsWith("\n") !== after.endsWith("\n");
  return patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines.filter((line) => endsDiffer || !line.startsWith("\\")),
  ]);
};

/** Gives the lines of a unified diff, each with its sign in front, or `null` when the texts have too little in common. */
export type LineDiff = (before: string, after: string) => readonly string[] | null;
