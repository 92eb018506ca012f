// Runs Mason with a list of arguments and a reduced environment.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Refused } from "./refused.mjs";

const own = fileURLToPath(new URL("../bin/mason", import.meta.url));

/** The settings that these scripts pass as flags or not at all. */
const given = ["MASON_ENV", "MASON_PROJECT", "MASON_JSON", "MASON_MARKDOWN", "MASON_OUT"];
/** The variables that an untrusted plan sees. */
const harmless = ["PATH", "HOME", "TMPDIR", "TEMP", "LANG", "LC_ALL", "SystemRoot"];

/** The environment for Mason. It never contains the token of these scripts, under any name. */
export function masonEnvironment(env, { token, trusted }) {
  const kept = Object.entries(env).filter(([name, value]) => {
    if (!trusted) return harmless.includes(name);
    return !name.startsWith("MASON_ACTION_") && !given.includes(name) && (token === "" || value !== token);
  });
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}

/** The flags that name the project; a value can't be mistaken for a flag. */
export const projectFlags = ({ directory, environment }) => [
  `--project=${directory}`,
  ...(environment === "" ? [] : [`--env=${environment}`]),
];

/** Runs a command of Mason and returns its stdout and exit code. Its stderr goes to `print` immediately. */
export function runMason(settings, args, { trusted, print }) {
  const [command, first] = settings.mason === "" ? [process.execPath, [own]] : [settings.mason, []];
  const child = spawn(command, [...first, ...args], {
    env: masonEnvironment(process.env, { token: settings.token, trusted }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A cancelled job stops Mason in order, so Mason releases its lease.
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

/** The content of a plan file, checked against its id; null if Mason refuses it. */
export async function readPlan(settings, print) {
  const { code, stdout } = await runMason(settings, ["show", settings.planFile, "--json"], { trusted: false, print });
  return code === 0 ? JSON.parse(stdout) : null;
}
