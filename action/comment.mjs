// Writes the plan of a fork as a comment, in a run that may write and that reads nothing of the fork except the plan file.
import { readPlan, runMason } from "./mason.mjs";
import { commentBody, writeComment } from "./record.mjs";
import { Refused } from "./refused.mjs";

/** Finds the plan file of the previous run. */
export async function locateComment(_settings, forge) {
  const { artifact, runId, planId } = await forge.planOfRun();
  forge.output("plan_id", planId);
  forge.output("artifact", artifact);
  forge.output("run_id", runId);
  return 0;
}

/** Writes the comment. The file is untrusted: it is only shown. */
export async function comment(settings, forge) {
  const { pull, planId } = await forge.planOfRun();
  if (pull.trusted) return 0;
  const made = await forge.quoting((print) => readPlan(settings, print));
  if (made === null || made.plan_id !== planId || !isWellFormed(made))
    throw new Refused("The plan file of this run is not one that Mason wrote. Look at the pull request's own run.");
  const show = ["show", settings.planFile, "--markdown"];
  const { code, stdout } = await forge.quoting((print) => runMason(settings, show, { trusted: false, print }));
  if (code !== 0) throw new Refused("The plan file of this run can't be shown. Look at the pull request's own run.");
  const { key } = settings;
  const changes = made.changes.length > 0;
  const record = { key, planId, head: pull.head, changes, trusted: false, state: "planned" };
  const sentence = `Mason, for commit <code>${pull.head.slice(0, 12)}</code> of a fork. Planned as untrusted: Mason contacted no system, and this plan can't be applied.`;
  await writeComment(forge, pull.number, key, commentBody(record, sentence, stdout));
  return 0;
}

/** A sentence in markdown, written by Mason itself. */
const isWellFormed = ({ changes }) =>
  changes.every(({ action, kind }) =>
    [action, kind].every((word) => typeof word === "string" && /^[a-z]+$/.test(word)),
  );
