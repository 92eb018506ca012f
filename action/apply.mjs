// mason apply after a merge: applies the last plan of the pull request, made for exactly the merged commit.
import { existsSync } from "node:fs";
import { projectFlags, readPlan, runMason } from "./mason.mjs";
import { ownComment, plainMarkdown, withSentence } from "./record.mjs";
import { Refused } from "./refused.mjs";

/** Finds the plan of the pull request whose merge is this commit, and the place of its file. */
export async function locateApply(settings, forge) {
  const { pull, record } = await planOfMerge(settings, forge);
  forge.output("plan_id", record.planId);
  forge.output("has_changes", String(record.changes));
  if (whyDone(record) !== null) return 0;
  const place = await forge.findPlan(record.planId, pull);
  for (const [name, value] of Object.entries(place)) forge.output(name, value);
  return 0;
}

/** Applies the plan file if it holds the plan of that id, and reports the result in the comment. Returns the exit code of mason apply. */
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

/** A sentence that says why there is nothing to do; null if there is work. */
function whyDone({ planId, changes, state }) {
  const name = `Plan ${planId.slice(0, 8)}`;
  if (!changes) return `${name} has nothing to do.`;
  return state === "applied" ? `${name} is already applied.` : null;
}

async function planOfMerge(settings, forge) {
  const pull = await forge.mergedPull();
  if (pull === null)
    throw new Refused(
      "No pull request was merged with this commit, so there is no reviewed plan. Apply by hand, or change the project through a pull request.",
    );
  const name = `Pull request ${pull.number}`;
  const found = ownComment(await forge.comments(pull.number), settings.key);
  if (found === null || found.record.planId === null)
    throw new Refused(`${name} has no plan of this project. Plan it again in a new pull request.`);
  const { record } = found;
  if (record.head !== pull.head)
    throw new Refused(
      `${name} was planned at ${record.head.slice(0, 12)} and merged at ${pull.head.slice(0, 12)}: the merged commit was not reviewed. Plan it again in a new pull request.`,
    );
  if (!record.trusted || !pull.trusted)
    throw new Refused(
      `${name} was planned as untrusted, like one from a fork, and such a plan can't be applied. Plan it again in a pull request from a branch of this repository.`,
    );
  if (record.state === "partly")
    throw new Refused(`${name} was applied only in part. Finish it by hand: mason apply --resume.`);
  return { pull, record, comment: found };
}

async function requirePlan(settings, forge, planId) {
  const short = planId.slice(0, 8);
  if (!existsSync(settings.planFile))
    throw new Refused(`The file of plan ${short} does not exist. Plan it again in a new pull request.`);
  const made = await forge.quoting((print) => readPlan(settings, print));
  if (made === null) throw new Refused(`The file of plan ${short} can't be read. Plan it again in a new pull request.`);
  if (made.plan_id !== planId)
    throw new Refused(
      `The file holds plan ${made.plan_id.slice(0, 8)}, but plan ${short} was reviewed. Nothing was applied. Plan it again in a new pull request.`,
    );
  // The action never plans one.
  if (made.destroy) throw new Refused(`Plan ${short} deletes everything. Apply such a plan by hand.`);
}

/** The result. The last line of mason apply sums it up. */
function outcome({ code, stdout }) {
  if (code === 1) return "**Not applied:** nothing was changed.";
  const last = `**${plainMarkdown(stdout.trimEnd().split("\n").at(-1) ?? "", 60)}**`;
  return code === 0 ? last : `${last} Finish it by hand: mason apply --resume.`;
}
