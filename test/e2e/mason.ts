/** Runs the built command in temporary projects: what a user sees, with its exit code and the files afterwards. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a command gave. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; `null` when a signal ended it. */
  readonly code: number | null;
}

/** A project in a directory of its own. */
export interface MasonProject {
  readonly directory: string;
  /** Runs `mason ...args` in the directory. */
  run(...args: readonly string[]): Promise<Ran>;
  /** The same with variables in the environment. */
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran>;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  close(): Promise<void>;
}

/** The Node that runs the command: this one, or the one that the suite for other versions names. */
export const node = process.env.MASON_TEST_NODE ?? process.execPath;

/** The command. */
export const bin = fileURLToPath(new URL("../../bin/mason", import.meta.url));

/** The config that uses this machine for everything. */
export const localConfig = `type: config
id: 6
metastore_engine: local
storage_engine: local
execution_engine: local
scheduler_engine: local
clients:
  local: { configuration: { root: . } }
`;

/** A project with these files, by path. */
export async function masonProject(files: Readonly<Record<string, string>>): Promise<MasonProject> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "mason-e2e-")));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const runWith: MasonProject["runWith"] = (env, ...args) => runMason(directory, args, env);
  return {
    directory,
    run: (...args) => runMason(directory, args, {}),
    runWith,
    write,
    read: (path) => readFile(join(directory, path), "utf8"),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Runs the command in a directory. Nothing of this process's MASON_ settings reaches it. */
export const runMason = (
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> => runProgram(directory, node, [bin, ...args], env);

/** Runs a program in a directory as in a project of its own, with nobody at it. */
export function runProgram(
  directory: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MASON_")));
  const child = spawn(program, args, {
    cwd: directory,
    env: {
      ...inherited,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
      MASON_HOME: join(directory, ".home"),
      NO_COLOR: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (part) => {
      stdout += part;
    });
    child.stderr.on("data", (part) => {
      stderr += part;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ stdout, stderr, code }));
  });
}
