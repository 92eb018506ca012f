/** What the suite of state backends runs on: a place for one state, clients of it that know nothing of each other, and states to save. */
import { Diagnosed } from "../../src/diagnostic/diagnostic.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import type { Entry, State } from "../../src/state/state.ts";

/** What clients race for: the directory of what is written exclusively. */
export type Exclusive = "state" | "lease" | "journal";

/** A place with nothing in it yet. */
export interface StatePlace {
  /** A new client, as another process would have; `wrap` is put around its storage. */
  readonly client: (wrap?: (storage: Storage) => Storage) => Promise<StateBackend>;
  /** The next so many exclusive writes of that kind wait for each other, and are then decided about in the same moment. */
  readonly together: (writers: number, what: Exclusive) => void;
  readonly close?: () => Promise<void>;
}

/** A backend to test, and how much of it. */
export interface StateBackendHarness {
  readonly place: () => Promise<StatePlace>;
  /** False when the state is one file, and no numbered files of the storage. */
  readonly numbered: boolean;
  /** Clients in a race, and how many races. */
  readonly racers: number;
  readonly rounds: number;
  /** Clients that all wait for the lease, and how many of them look again when it is released. */
  readonly takers: number;
  readonly awake: number;
}

/** So many clients of a place. */
export const clientsOf = (place: StatePlace, count: number): Promise<readonly StateBackend[]> =>
  Promise.all(Array.from({ length: count }, () => place.client()));

const size = 60;
const savePrefix = "table.saves.";

/** A state in which every entry names its writer, so that a mixture of two can be told, and which lists the saves that it is made of. */
export function stateBy(writer: string, serial: number, saves: readonly string[] = []): State {
  const entry: Entry = { status: "applied", digest: writer, declared: { serial }, depends_on: [] };
  const addresses = Array.from({ length: size }, (_, index) => `table.all.t${index}`);
  const resources = [...addresses, ...saves.map((save) => savePrefix + save)].map(
    (address) => [address, entry] as const,
  );
  return { lineage: "lineage", serial, lastPlan: null, resources: new Map(resources) };
}

/** The writer of a state, or what is wrong with it. */
export function writerOf(state: State): string {
  const entries = [...state.resources.values()];
  const writers = new Set(entries.map(({ digest }) => digest));
  const serials = new Set(entries.map(({ declared }) => declared.serial));
  const isWhole = entries.length >= size && writers.size === 1 && serials.size === 1 && serials.has(state.serial);
  return isWhole ? [...writers].join() : `a mixture: ${entries.length} entries of ${[...writers].join(" and ")}`;
}

/** The saves that a state is made of. */
export const savesIn = (state: State): readonly string[] =>
  [...state.resources.keys()].flatMap((address) =>
    address.startsWith(savePrefix) ? [address.slice(savePrefix.length)] : [],
  );

/** The state that a client reads; throws when it can't be read. */
export async function readWhole(client: StateBackend): Promise<State> {
  const { value, diagnostics } = await client.read("lineage");
  if (value === undefined) throw new Diagnosed(diagnostics);
  return value;
}

/** What a refusal says, as `code: detail`; what is no refusal is thrown again. */
export function refusalOf(thrown: unknown): string {
  if (!(thrown instanceof Diagnosed)) throw thrown;
  return thrown.diagnostics.map(({ code, detail }) => `${code}: ${detail}`).join("\n");
}

/** The refusal of work; says so when it was not refused. */
export const refused = (work: Promise<unknown>): Promise<string> => work.then(() => "it was not refused", refusalOf);
