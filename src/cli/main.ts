/** Starts a command: oclif finds it by its words and parses its flags. */
import { Config, run } from "@oclif/core";
import { reportFailure } from "./base.ts";
import { createTerminal } from "./terminal.ts";

/** Runs the command that the arguments name. `root` is the directory of Mason's package.json. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  try {
    const config = await Config.load({ root, devPlugins: false, userPlugins: false });
    await run([...argv], config);
  } catch (thrown) {
    process.exitCode = reportFailure(
      thrown,
      createTerminal({ json: argv.includes("--json"), noColor: argv.includes("--no-color"), env: process.env }),
    );
  }
}
