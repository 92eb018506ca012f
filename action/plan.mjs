// mason plan on a pull request: writes the plan file, one comment, and the outputs.
import { mkdir, rm } from "node:fs/promises";
import { projectFlags, readPlan, runMason } from "./mason.mjs";
import { commentBody, writeComment } from "./record.mjs";
import { Refused } from "./refused.mjs";

const show = { trusted: false, print: () => {} };

/** Plans; returns 0 or 1. It writes no comment without a pull request. */
export async function plan(settings, forge) {
  const pull = forge.pull();
  const trusted = !settings.untrusted && (pull?.trusted ?? true);
  await mkdir(settings.files, { recursive: true });
  await rm(settings.planFile, { force: true });
  const flags = ["--out", settings.planFile, "--markdown", "--detailed-exitcode", ...(trusted ? [] : ["--untrusted"])];
  const args = ["plan", ...projectFlags(settings), ...flags];
  const ran = await forge.quoting((print) => runMason(settings, args, { trusted, print }));
  const isPlanned = ran.code === 0 || ran.code === 2;
  const made = isPlanned ? await forge.quoting((print) => readPlan(settings, print)) : null;
  const changes = ran.code === 2;
  if (made !== null) {
    await forge.quoting(async (print) => print((await runMason(settings, ["show", settings.planFile], show)).stdout));
    forge.output("plan_id", made.plan_id);
    forge.output("has_changes", String(changes));
  }
  const failed = `**Plan failed.** ${forge.logLink("The log")} says why.`;
  const markdown = made === null ? `${failed}\n` : ran.stdout;
  forge.summary(markdown);
  if (made !== null && trusted && changes) await forge.keepPlan(made.plan_id, settings.planFile);
  if (pull !== null) {
    const { key } = settings;
    const state = made === null ? "failed" : "planned";
    const record = { key, planId: made?.plan_id ?? null, head: pull.head, changes, trusted, state };
    await say(forge, pull, trusted, key, commentBody(record, aboutPlan(pull, trusted), markdown));
  }
  return made === null ? 1 : 0;
}

const aboutPlan = ({ head }, trusted) =>
  `Mason, for commit <code>${head.slice(0, 12)}</code>.${trusted ? "" : " Planned as untrusted: Mason contacted no system, and this plan can't be applied."}`;

/** A run for a fork may not write a comment, so its plan is in the summary and the log. */
async function say(forge, pull, trusted, key, body) {
  try {
    await writeComment(forge, pull.number, key, body);
  } catch (error) {
    if (trusted || !(error instanceof Refused)) throw error;
    forge.note("This run may not write comments, so the plan is in its summary only.");
  }
}
