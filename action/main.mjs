// The program of the GitHub Action and the GitLab job, with Node built-ins only: main.mjs plan | locate-apply | apply | locate-comment | comment.
// All input comes from the environment; nothing is assembled as text for a shell.
import { apply, locateApply } from "./apply.mjs";
import { comment, locateComment } from "./comment.mjs";
import { github } from "./github.mjs";
import { gitlab } from "./gitlab.mjs";
import { plan } from "./plan.mjs";
import { Refused } from "./refused.mjs";
import { settingsFrom } from "./settings.mjs";

const commands = { plan, apply, comment, "locate-apply": locateApply, "locate-comment": locateComment };

/** Runs a command and returns the exit code. */
async function main(name) {
  const settings = settingsFrom(process.env);
  const forge = process.env.GITLAB_CI === undefined ? github(process.env, settings) : gitlab(process.env, settings);
  try {
    if (!Object.hasOwn(commands, name)) throw new Refused(`There is no command "${name}". Use plan or apply.`);
    return await commands[name](settings, forge);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    forge.problem(error.message);
    return 1;
  }
}

process.exitCode = await main(process.argv[2] ?? "");
