/**
 * The client of the memory provider, and the system that it talks to: spaces of files, tables and schedules. In another
 * provider this file makes the SDK's client from the settings; engines take it as an argument, so that tests can pass their own.
 */
import type { Registration, RunState, ScheduledRun } from "../../src/model/schedule.ts";
import type { Database, Partition, Table } from "../../src/model/table.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { ProviderError } from "../../src/provider/error.ts";

/** A file in memory. */
export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly modified: number;
  readonly etag: string;
}

/** A table in memory; `partitionList` holds what was added. */
export interface StoredTable {
  readonly table: Table;
  readonly partitionList: readonly Partition[];
}

/** A run in memory and what it said. */
export interface StoredRun {
  readonly run: ScheduledRun;
  readonly log: string;
}

/** Everything that one space holds. */
export interface Space {
  readonly files: Map<string, StoredFile>;
  readonly databases: Map<string, Database>;
  /** By `database/table`. */
  readonly tables: Map<string, StoredTable>;
  readonly registrations: Map<string, Registration>;
  /** By registration, then by run key. */
  readonly runs: Map<string, Map<string, StoredRun>>;
  /** The last number that was given to anything: etags and versions are never used twice. */
  lastNumber: number;
}

/** What the engines are given. */
export interface MemoryClient {
  readonly name: string;
  readonly space: Space;
  readonly now: () => Date;
  readonly user: string;
}

// This is the fake system itself, which outlives its clients like a server does. No other provider keeps state in a module.
const spaces = new Map<string, Space>();

/** The space of this name, empty when nobody used it before. */
export function spaceOf(name: string): Space {
  const known = spaces.get(name);
  if (known !== undefined) return known;
  const space: Space = {
    files: new Map(),
    databases: new Map(),
    tables: new Map(),
    registrations: new Map(),
    runs: new Map(),
    lastNumber: 0,
  };
  spaces.set(name, space);
  return space;
}

/** The client that the settings mean. */
export function createMemoryClient(context: ProviderContext): MemoryClient {
  const name = typeof context.settings.space === "string" ? context.settings.space : "default";
  return { name, space: spaceOf(name), now: context.now, user: context.user };
}

/** A number of the space that nothing had before. */
export function nextNumber(space: Space): string {
  space.lastNumber++;
  return String(space.lastNumber);
}

/** Ends a run as a worker of a real scheduler would: memory starts none, so tests say how a run went. */
export function endRun(space: Space, name: string, key: string, state: RunState, at: string, log = ""): void {
  const stored = space.runs.get(name)?.get(key);
  if (stored === undefined)
    throw new ProviderError("not_found", `Schedule "${name}" has no run "${key}". Trigger it first.`);
  space.runs.get(name)?.set(key, { run: { ...stored.run, state, endedAt: at }, log: stored.log + log });
}
