/** An operator that reports its start and waits for a file, so that an apply pauses where a test needs it. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A project's operator `my:wait`: writes a line to `log/NAME`, waits for the file `go`, and writes another one. It comes after `after`. */
export const gateFiles: Readonly<Record<string, string>> = {
  "operators/my/wait/operator.yaml":
    'type: operator\nnamespace: my\ncommand: wait\nparameters: { required: [name], optional: [{ name: after, type: string, default: nothing }] }\nreads: [{ path: "done/${after}" }]\nwrites: [{ path: "done/${name}" }]\noutputs: [{ name: name, type: string }]\nrepeatable: true\nmodule: operator.js\n',
  "operators/my/wait/operator.js": `import { appendFileSync, existsSync, mkdirSync } from "node:fs";
export default { run: async ({ parameters }) => {
  mkdirSync("log", { recursive: true });
  appendFileSync("log/" + parameters.name, "begin " + process.pid + "\\n");
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
  appendFileSync("log/" + parameters.name, "end " + process.pid + "\\n");
  return { outputs: { name: parameters.name } };
} };
`,
};

/** The same operator without `repeatable`. */
export const onceFiles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(gateFiles).map(([path, text]) => [path, text.replace("repeatable: true\n", "")]),
);

/** The lines that the operator wrote for a name. */
export const logOf = async (directory: string, name: string): Promise<readonly string[]> =>
  (await readFile(join(directory, "log", name), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

/** Polls until something has happened; fails after a minute. */
export async function until(what: string, happened: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await happened())) {
    if (Date.now() > end) throw new Error(`It did not happen: ${what}`);
    await pause(20);
  }
}

/** Waits until a file of a project exists and has content: it appears before it is written. */
export const untilFile = (directory: string, path: string): Promise<void> =>
  until(`${path} appears`, () => {
    const file = join(directory, path);
    return existsSync(file) && statSync(file).size > 0;
  });
