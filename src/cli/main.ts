/** The entry point: oclif finds the command and parses its flags. */
import { Config, run } from "@oclif/core";
import { Diagnosed, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { reportFailure } from "./base.ts";
import { refuseSingleDash, withHelpFlag } from "./input/familiar-words.ts";
import { guardStreams } from "./output/streams.ts";
import { createTerminal } from "./output/terminal.ts";

/** Runs the command that the arguments name. `root` is the directory of Mason's package.json. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  let known: readonly string[] = [];
  const words = withHelpFlag(argv);
  guardStreams(words.includes("--json"));
  try {
    const config = await Config.load({ root, devPlugins: false, userPlugins: false });
    known = config.commandIDs.map((id) => id.replaceAll(":", " "));
    refuseSingleDash(words, new Set(config.commands.flatMap((command) => Object.keys(command.flags))));
    await run([...words], config);
  } catch (thrown) {
    const flags = { json: words.includes("--json"), noColor: words.includes("--no-color") };
    process.exitCode = reportFailure(
      unknownCommand(thrown, known) ?? thrown,
      createTerminal({ ...flags, env: process.env }),
    );
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
