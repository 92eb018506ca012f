/** The entry point: oclif finds the command and parses its flags. */

import { Config, run } from "@oclif/core";
import { Diagnosed, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { reportFailure } from "./base.ts";
import { refuseSingleDash, withHelpFlag } from "./input/familiar-words.ts";
import { guardStreams } from "./output/streams.ts";
import type { Terminal } from "./output/terminal.ts";
import { createTerminal } from "./output/terminal.ts";
import { watchStalls } from "./stall.ts";
import { watchStrays } from "./stray.ts";

/** Runs the command that the arguments name. `root` is the directory of Mason's package.json. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  const terminal = () =>
    createTerminal({ json: argv.includes("--json"), noColor: argv.includes("--no-color"), env: process.env });
  const giveUp = () => {
    process.exitCode = reportFailure(new Diagnosed([neverEnds]), terminal());
  };
  const command = () => watchStalls(() => runCommand(argv, root, terminal), giveUp);
  await watchStrays(command, (thrown) => reportFailure(thrown, terminal()));
}

const neverEnds = error({
  code: "command/never-ends",
  summary: "Command never finished",
  detail:
    "The command waits for something that can no longer happen, so it did not finish. An operator, a workflow module or a provider left a promise pending. Run it with --log-level debug to see the last thing that it did.",
});

async function runCommand(argv: readonly string[], root: string, terminal: () => Terminal): Promise<void> {
  let known: readonly string[] = [];
  const words = withHelpFlag(argv);
  guardStreams(words.includes("--json"));
  try {
    const config = await Config.load({ root, devPlugins: false, userPlugins: false });
    known = config.commandIDs.map((id) => id.replaceAll(":", " "));
    refuseSingleDash(words, new Set(config.commands.flatMap((command) => Object.keys(command.flags))));
    await run([...words], config);
  } catch (thrown) {
    process.exitCode = reportFailure(unknownCommand(thrown, known) ?? thrown, terminal());
  }
}

/** The problem for a word that is not a command, with the command that may have been meant. */
function unknownCommand(thrown: unknown, known: readonly string[]): Diagnosed | null {
  const name =
    thrown instanceof Error ? /^command (\S+) not found$/.exec(thrown.message)?.[1]?.replaceAll(":", " ") : undefined;
  if (name === undefined) return null;
  const detail = `There is no command "${name}". "mason --help" lists all commands.${didYouMean(name, known)}`;
  return new Diagnosed([error({ code: "command/unknown", summary: "Unknown command", detail })]);
}
