/** Providers that fail on demand: a verb is refused, or its answer is lost, or the whole world ends with it. */
import type { Provider, ProviderEntry } from "../../../src/provider/contract.ts";
import { ProviderError } from "../../../src/provider/error.ts";

/** The end of a world: none of its verbs does anything any longer, as after a kill. */
export class Killed extends Error {
  override name = "Killed";
}

/** The failure of a verb, at the n-th call that changes something. `lost`: it is done, but its answer does not arrive. */
export interface Trouble {
  readonly at: number;
  readonly kind: "refused" | "unavailable" | "lost" | "kill before" | "kill after";
}

/** Trouble for the providers of one world. */
export interface Troubled {
  wrap(provider: Provider): Provider;
  readonly happened: () => boolean;
  readonly isDead: () => boolean;
}

const changing =
  /^(write|delete|copy|move|create\w+|update\w+|rename\w+|delete\w+|add\w+|register|pause|resume|trigger|cancelRun)$/;

/** Counts the changing calls of all providers that it wraps. */
export function troubled(trouble: Trouble | null): Troubled {
  let calls = 0;
  let happened = false;
  let dead = false;
  const call = async (verb: string, provider: string, run: () => Promise<unknown>): Promise<unknown> => {
    if (dead) throw new Killed("The process is gone.");
    // Faults of the disk under the state have a test of their own: here it only ends.
    const isState = provider === "local";
    if (trouble === null || !changing.test(verb) || ++calls !== trouble.at) return run();
    if (isState && !trouble.kind.startsWith("kill")) return run();
    happened = true;
    if (trouble.kind === "kill before") dead = true;
    if (trouble.kind === "refused") throw new ProviderError("denied", `${verb} was refused, for a test.`);
    if (trouble.kind === "unavailable") throw new ProviderError("unavailable", `${verb} did not answer, for a test.`);
    if (dead) throw new Killed("The process is gone.");
    await run();
    if (trouble.kind === "kill after") {
      dead = true;
      throw new Killed("The process is gone.");
    }
    throw new ProviderError("unavailable", `The answer to ${verb} was lost, for a test.`);
  };
  const around = <T extends object>(engine: T, provider: string): T =>
    new Proxy(engine, {
      get: (target, verb) => {
        const member: unknown = Reflect.get(target, verb);
        if (typeof member !== "function" || verb === "uri" || verb === "validateSchedule") return member;
        return (...args: readonly unknown[]) =>
          call(String(verb), provider, () => Reflect.apply(member, target, args) as Promise<unknown>);
      },
    });
  const wrapEntry = (entry: ProviderEntry, name: string): ProviderEntry => ({
    manifest: entry.manifest,
    ...(entry.storage === undefined ? {} : { storage: (context) => around(entry.storage?.(context) as never, name) }),
    ...(entry.metastore === undefined
      ? {}
      : { metastore: (context, storage) => around(entry.metastore?.(context, storage) as never, name) }),
    ...(entry.execution === undefined ? {} : { execution: entry.execution }),
    ...(entry.scheduler === undefined
      ? {}
      : { scheduler: (context) => around(entry.scheduler?.(context) as never, name) }),
  });
  return {
    wrap: (provider) => ({
      manifest: provider.manifest,
      load: async () => wrapEntry(await provider.load(), provider.manifest.name),
    }),
    happened: () => happened,
    isDead: () => dead,
  };
}
