// Runs Mason: arguments as a list, an environment without what is not its business.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Refused } from "./refused.mjs";

const own = fileURLToPath(new URL("../bin/mason", import.meta.url));

/** Settings that these scripts give as flags, or not at all. */
const given = ["MASON_ENV", "MASON_PROJECT", "MASON_JSON", "MASON_MARKDOWN", "MASON_OUT"];
/** All that a plan without trust sees of the environment. */
const harmless = ["PATH", "HOME", "TMPDIR", "TEMP", "LANG", "LC_ALL", "SystemRoot"];

/** The environment for Mason. The token of these scripts is in none, under whatever name. */
export function masonEnvironment(env, { token, trusted }) {
  const kept = Object.entries(env).filter(([name, value]) => {
    if (!trusted) return harmless.includes(name);
    return !name.startsWith("MASON_ACTION_") && !given.includes(name) && (token === "" || value !== token);
  });
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}

/** Flags that say which project is meant; a value never looks like a flag. */
export const projectFlags = ({ directory, environment }) => [
  `--project=${directory}`,
  ...(environment === "" ? [] : [`--env=${environment}`]),
];

/** Runs a command of Mason; gives its stdout and exit code. What it says on stderr goes to `print` as it comes. */
export function runMason(settings, args, { trusted, print }) {
  const [command, first] = settings.mason === "" ? [process.execPath, [own]] : [settings.mason, []];
  const child = spawn(command, [...first, ...args], {
    env: masonEnvironment(process.env, { token: settings.token, trusted }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A cancelled job stops Mason in order: it gives its lease back.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (part) => {
    stdout += part;
  });
  child.stderr.setEncoding("utf8").on("data", print);
  return new Promise((resolve, reject) => {
    child.on("error", () =>
      reject(new Refused(`The command "${command}" could not be started. Correct the input "mason".`)),
    );
    child.on("close", (code) => resolve({ code: code ?? 130, stdout }));
  });
}

/** What a plan file says, with its content checked against its id. Null when Mason refuses it. */
export async function readPlan(settings, print) {
  const { code, stdout } = await runMason(settings, ["show", settings.planFile, "--json"], { trusted: false, print });
  return code === 0 ? JSON.parse(stdout) : null;
}
