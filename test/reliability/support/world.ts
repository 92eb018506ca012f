/** The world of an apply in this suite: its clock stands still and its ids are numbers, so that two applies write the same bytes. */
import { providers } from "../../../providers/index.ts";
import type { Emit } from "../../../src/apply/events.ts";
import type { CommandWorld } from "../../../src/command/command-world.ts";
import { builtins } from "../../../src/operator/builtins.ts";
import type { Provider } from "../../../src/provider/contract.ts";
import { createRegistry } from "../../../src/provider/registry.ts";
import { keptScheduler } from "./kept-scheduler.ts";

/** The options of a world. */
export interface FixedOptions {
  /** The start of all ids, in letters and digits. Two processes of one project need different ones. */
  readonly ids: string;
  readonly providers?: readonly Provider[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  readonly version?: string;
  readonly environment?: string | null;
  readonly emit?: Emit;
}

/** The world of one process over a project's directory. */
export function fixedWorld(directory: string, options: FixedOptions): CommandWorld {
  let made = 0;
  return {
    directory,
    project: directory,
    environment: options.environment ?? null,
    variables: options.variables ?? {},
    env: { MASON_HOME: `${directory}/.home`, ...options.env },
    registry: createRegistry(options.providers ?? [...providers, keptScheduler]),
    builtins,
    version: options.version ?? "0.0.0-test",
    clock: { now: () => new Date("2026-03-01T12:00:00Z"), sleep: async () => undefined },
    newId: () => `${options.ids}${(++made).toString(16).padStart(14, "0")}`,
    user: "tester",
    signal: new AbortController().signal,
    emit: options.emit ?? (() => undefined),
  };
}
