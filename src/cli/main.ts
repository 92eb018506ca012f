/** The entry point: oclif finds the command and parses its flags. */
import { Config, run } from "@oclif/core";
import { Diagnosed, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { reportFailure } from "./base.ts";
import { createTerminal } from "./output/terminal.ts";

/** Runs the command that the arguments name. `root` is the directory of Mason's package.json. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  let known: readonly string[] = [];
  try {
    const config = await Config.load({ root, devPlugins: false, userPlugins: false });
    known = config.commandIDs.map((id) => id.replaceAll(":", " "));
    await run([...argv], config);
  } catch (thrown) {
    process.exitCode = reportFailure(
      unknownCommand(thrown, known) ?? thrown,
      createTerminal({ json: argv.includes("--json"), noColor: argv.includes("--no-color"), env: process.env }),
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
