// mason apply after a merge: the plan that the pull request showed last, for the very commit that was merged.
import { existsSync } from "node:fs";
import { projectFlags, readPlan, runMason } from "./mason.mjs";
import { ownComment, plainMarkdown, withSentence } from "./record.mjs";
import { Refused } from "./refused.mjs";

/** Finds the plan of the pull request that was merged with this commit, and where its file is. */
export async function locateApply(settings, forge) {
  const { pull, record } = await planOfMerge(settings, forge);
  forge.output("plan_id", record.planId);
  forge.output("has_changes", String(record.changes));
  if (whyDone(record) !== null) return 0;
  const place = await forge.findPlan(record.planId, pull);
  for (const [name, value] of Object.entries(place)) forge.output(name, value);
  return 0;
}

/** Applies the plan file when it is the plan of that id, and says in the comment what came of it; the exit code of mason apply. */
export async function apply(settings, forge) {
  const { pull, comment } = await planOfMerge(settings, forge);
  const { record } = comment;
  const done = whyDone(record);
  if (done !== null) {
    forge.summary(`${done}\n`);
    forge.note(done);
    return 0;
  }
  const report = async (state, sentence) => {
    const said = `${sentence} ${forge.logLink("The log")} has the details.`;
    forge.summary(`${said}\n`);
    await forge.updateComment(pull.number, comment.id, withSentence(comment.body, { ...record, state }, said));
  };
  try {
    await forge.fetchPlan(record.planId, settings.planFile);
    await requirePlan(settings, forge, record.planId);
  } catch (error) {
    if (error instanceof Refused) await report("planned", `**Not applied.** ${plainMarkdown(error.message, 300)}`);
    throw error;
  }
  const args = ["apply", settings.planFile, ...projectFlags(settings)];
  const ran = await forge.quoting(async (print) => {
    const result = await runMason(settings, args, { trusted: true, print });
    print(result.stdout);
    return result;
  });
  await report(ran.code === 0 ? "applied" : ran.code === 1 ? "planned" : "partly", outcome(ran));
  return ran.code;
}

/** In a sentence, why there is nothing to do; null when there is. */
function whyDone({ planId, changes, state }) {
  const name = `Plan ${planId.slice(0, 8)}`;
  if (!changes) return `${name} has nothing to do.`;
  return state === "applied" ? `${name} was applied already.` : null;
}

async function planOfMerge(settings, forge) {
  const pull = await forge.mergedPull();
  if (pull === null)
    throw new Refused(
      "No pull request was merged with this commit, so there is no plan that was reviewed. Apply by hand, or change the project through a pull request.",
    );
  const name = `Pull request ${pull.number}`;
  const found = ownComment(await forge.comments(pull.number), settings.key);
  if (found === null || found.record.planId === null)
    throw new Refused(`${name} has no plan of this project. Plan it again in a new pull request.`);
  const { record } = found;
  if (record.head !== pull.head)
    throw new Refused(
      `${name} was planned at ${record.head.slice(0, 12)} and merged at ${pull.head.slice(0, 12)}: what was merged was not reviewed. Plan it again in a new pull request.`,
    );
  if (!record.trusted || !pull.trusted)
    throw new Refused(
      `${name} was planned without trust, as one from a fork, and such a plan is only for reading. Plan it again in a pull request from a branch of this repository.`,
    );
  if (record.state === "partly")
    throw new Refused(`${name} was applied in part. Finish it by hand: mason apply --resume.`);
  return { pull, record, comment: found };
}

async function requirePlan(settings, forge, planId) {
  const short = planId.slice(0, 8);
  if (!existsSync(settings.planFile))
    throw new Refused(`The file of plan ${short} is not there. Plan it again in a new pull request.`);
  const made = await forge.quoting((print) => readPlan(settings, print));
  if (made === null) throw new Refused(`The file of plan ${short} can't be read. Plan it again in a new pull request.`);
  if (made.plan_id !== planId)
    throw new Refused(
      `The file holds plan ${made.plan_id.slice(0, 8)}, and plan ${short} was reviewed. Nothing was applied. Plan it again in a new pull request.`,
    );
  // The action never makes one.
  if (made.destroy) throw new Refused(`Plan ${short} deletes everything. Apply such a plan by hand.`);
}

/** What came of it. The last line of mason apply sums it up. */
function outcome({ code, stdout }) {
  if (code === 1) return "**Not applied:** nothing was changed.";
  const last = `**${plainMarkdown(stdout.trimEnd().split("\n").at(-1) ?? "", 60)}**`;
  return code === 0 ? last : `${last} Finish it by hand: mason apply --resume.`;
}
