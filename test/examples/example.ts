/** Copies of the examples in temporary directories, so that a test leaves the repository as it is. */
import { cp, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ignore from "ignore";
import { type Ran, runMason } from "../e2e/mason.ts";

/** The root of the repository. */
export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** The time at which the plans in the repository were made. */
export const now = "2026-11-24T00:00:00Z";

/** An example as a user has it after a clone. */
export interface Example {
  readonly directory: string;
  /** Runs `mason ...args` in the copy, at a fixed time. */
  run(...args: readonly string[]): Promise<Ran>;
  /** All files with their text, except those in `.mason`. */
  files(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** A copy without the files that git ignores. `env`: what its commands find in the environment. */
export async function copyOfExample(name: string, env: Readonly<Record<string, string>> = {}): Promise<Example> {
  const source = join(repository, "examples", name);
  const ignored = ignore().add(await readFile(join(source, ".gitignore"), "utf8"));
  const directory = await realpath(await mkdtemp(join(tmpdir(), `mason-${name}-`)));
  await cp(source, directory, {
    recursive: true,
    filter: async (from) => {
      const path = relative(source, from);
      return path === "" || !ignored.ignores((await stat(from)).isDirectory() ? `${path}/` : path);
    },
  });
  return {
    directory,
    run: (...args) => runMason(directory, args, { MASON_NOW: now, ...env }),
    files: () => filesOf(directory),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

async function filesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
  const kept = paths.filter((path) => !relative(directory, path).startsWith(".mason")).sort();
  return new Map(
    await Promise.all(
      kept.map(async (path): Promise<[string, string]> => [relative(directory, path), await readFile(path, "latin1")]),
    ),
  );
}

/** The expected text in a file of the repository; UPDATE_GOLDEN first writes it there. */
export async function golden(file: string, found: string): Promise<string> {
  if ((process.env.UPDATE_GOLDEN ?? "") !== "") await writeFile(file, found);
  return readFile(file, "utf8");
}
