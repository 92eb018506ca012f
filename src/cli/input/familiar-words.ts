/** Words that people know from other commands: `help plan`, and long flags with one dash, as terraform has them. */
import { fail } from "../../diagnostic/diagnostic.ts";

/** The arguments with `help COMMAND` written as `COMMAND --help`. */
export const withHelpFlag = (argv: readonly string[]): readonly string[] =>
  argv[0] === "help" ? [...argv.slice(1).filter((word) => !word.startsWith("-")), "--help"] : argv;

/** Flags of terraform that have another name here, with what to write instead. */
const elsewhere: Readonly<Record<string, string>> = {
  "var-file":
    'Mason does not read variable files. Set "variables" of an environment in mason.yaml and choose it with --env NAME, or write --var NAME=VALUE.',
  chdir: "Write -C DIR.",
  refresh: "Write --offline to contact no system, or --refresh-only to record the real state only.",
  lock: "Write --lease-timeout 10m to wait for another apply.",
  "lock-timeout": "Write --lease-timeout 10m to wait for another apply.",
  replace: "Write --run ADDRESS to run a deployment again.",
};

/** Fails for a long flag with one dash; `names` are the long flags of all commands. Short flags with their value (`-c6`) pass. */
export function refuseSingleDash(argv: readonly string[], names: ReadonlySet<string>): void {
  const end = argv.indexOf("--");
  for (const word of end < 0 ? argv : argv.slice(0, end)) {
    const [, name, value] = /^--?([a-z][a-z-]+)(=.*)?$/s.exec(word) ?? [];
    if (name === undefined) continue;
    const advice = names.has(name)
      ? word.startsWith("--")
        ? undefined
        : `Write --${name}${value ?? ""}.`
      : elsewhere[name];
    if (advice !== undefined)
      fail({
        code: "command/usage",
        summary: "Wrong use of the command",
        detail: `There is no flag "${word.replace(/=.*/s, "")}". ${advice}`,
      });
  }
}
