/** The world of a bench program that calls orchestrators of Mason itself: like that of the command, without a terminal. */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { providers } from "../providers/index.ts";
import type { CommandWorld } from "../src/command/command-world.ts";
import { builtins } from "../src/operator/builtins.ts";
import { createRegistry } from "../src/provider/registry.ts";

/** The world of this process over a project's directory. */
export const worldOf = (directory: string): CommandWorld => ({
  directory,
  project: directory,
  environment: null,
  variables: {},
  env: process.env,
  registry: createRegistry(providers),
  builtins,
  version: "bench",
  clock: { now: () => new Date(), sleep: async (ms) => setTimeout(ms) },
  newId: () => randomBytes(8).toString("hex"),
  user: "bench",
  signal: new AbortController().signal,
  emit: () => undefined,
});
