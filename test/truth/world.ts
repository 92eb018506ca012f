/** The world of a project that is tried: everything in this process, and an execution engine that tells which SQL it was given. */
import { join } from "node:path";
import { providers } from "../../providers/index.ts";
import type { CommandWorld } from "../../src/command/command-world.ts";
import { builtins } from "../../src/operator/builtins.ts";
import type { Provider } from "../../src/provider/contract.ts";
import { createRegistry } from "../../src/provider/registry.ts";

let worlds = 0;

/** A world in this directory; `submitted` gets the SQL of each query. */
export function worldOf(directory: string, submitted: string[]): CommandWorld {
  const prefix = ++worlds;
  let ids = 0;
  return {
    directory,
    project: directory,
    environment: null,
    variables: {},
    env: { MASON_HOME: join(directory, ".home") },
    registry: createRegistry(providers.map((provider) => listening(provider, submitted))),
    builtins,
    version: "0.0.0-test",
    clock: { now: () => new Date("2026-03-01T12:00:00Z"), sleep: async () => undefined },
    newId: () => `${prefix.toString(16).padStart(4, "0")}${(++ids).toString(16).padStart(12, "0")}`,
    user: "tester",
    signal: new AbortController().signal,
    emit: () => undefined,
  };
}

/** A provider whose execution engine tells which SQL it was given. */
function listening(provider: Provider, submitted: string[]): Provider {
  return {
    manifest: provider.manifest,
    load: async () => {
      const entry = await provider.load();
      const make = entry.execution;
      if (make === undefined) return entry;
      return {
        ...entry,
        execution: (...given: Parameters<typeof make>) => {
          const engine = make(...given);
          return new Proxy(engine, {
            get: (target, verb) => {
              const member: unknown = Reflect.get(target, verb);
              if (verb !== "submit" || typeof member !== "function") return member;
              return (...args: readonly unknown[]) => {
                submitted.push(String(Object(args[0]).sql ?? ""));
                return Reflect.apply(member, target, args);
              };
            },
          });
        },
      };
    },
  };
}
