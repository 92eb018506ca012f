/** A world for orchestrators in tests: a temporary project directory, the providers that need no process, a clock that stands still. */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { providers } from "../../providers/index.ts";
import type { Emit } from "../../src/apply/events.ts";
import type { CommandWorld } from "../../src/command/command-world.ts";
import { builtins } from "../../src/operator/builtins.ts";
import { createRegistry, type Registry } from "../../src/provider/registry.ts";

/** A project in a directory of its own, and the world that commands see. */
export interface TestProject {
  readonly directory: string;
  readonly world: CommandWorld;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  read(path: string): Promise<string>;
  close(): Promise<void>;
}

/** What a test may set of the world. */
export interface WorldOptions {
  readonly registry?: Registry;
  readonly env?: NodeJS.ProcessEnv;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

let made = 0;

/** A project with these files, by path. */
export async function testProject(
  files: Readonly<Record<string, string>>,
  options: WorldOptions = {},
): Promise<TestProject> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "mason-test-")));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const prefix = ++made;
  let ids = 0;
  return {
    directory,
    write,
    remove: (path) => rm(join(directory, path), { recursive: true, force: true }),
    read: (path) => readFile(join(directory, path), "utf8"),
    close: () => rm(directory, { recursive: true, force: true }),
    world: {
      directory,
      project: directory,
      environment: null,
      variables: {},
      env: { MASON_HOME: join(directory, ".home"), ...options.env },
      registry: options.registry ?? createRegistry(providers),
      builtins,
      version: "0.0.0-test",
      clock: { now: () => new Date("2026-03-01T12:00:00Z"), sleep: async () => undefined },
      newId: () => `${prefix.toString(16).padStart(4, "0")}${(++ids).toString(16).padStart(12, "0")}`,
      user: "tester",
      signal: options.signal ?? new AbortController().signal,
      emit: options.emit ?? (() => undefined),
    },
  };
}
