/** What the suite of state backends works with: a place for one state, independent clients of it, and states to save. */
import { Diagnosed } from "../../src/diagnostic/diagnostic.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import type { Entry, State } from "../../src/state/state.ts";

/** What clients race for: the directory of the exclusive writes. */
export type Exclusive = "state" | "lease" | "journal";

/** A place with nothing in it yet. */
export interface StatePlace {
  /** A new client, as in another process; `wrap` wraps its storage. */
  readonly client: (wrap?: (storage: Storage) => Storage) => Promise<StateBackend>;
  /** Makes the next `count` exclusive writes of that kind wait for each other, so that they are decided in the same moment. */
  readonly together: (writers: number, what: Exclusive) => void;
  readonly close?: () => Promise<void>;
}

/** A backend to test, and how much of it. */
export interface StateBackendHarness {
  readonly place: () => Promise<StatePlace>;
  /** False when the state is one file in place of numbered files of the storage. */
  readonly numbered: boolean;
  /** The number of clients in a race, and of races. */
  readonly racers: number;
  readonly rounds: number;
  /** The number of clients that wait for the lease, and how many of them look again at each release. */
  readonly takers: number;
  readonly awake: number;
}

/** Makes several clients of a place. */
export const clientsOf = (place: StatePlace, count: number): Promise<readonly StateBackend[]> =>
  Promise.all(Array.from({ length: count }, () => place.client()));

const size = 60;
const savePrefix = "table.saves.";

/** A state whose entries all name its writer, which reveals a mixture of two states, and which lists the saves that it is made of. */
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

/** A refusal as `code: detail`; throws any other error again. */
export function refusalOf(thrown: unknown): string {
  if (!(thrown instanceof Diagnosed)) throw thrown;
  return thrown.diagnostics.map(({ code, detail }) => `${code}: ${detail}`).join("\n");
}

/** The refusal of work; fails if it was not refused. */
export const refused = (work: Promise<unknown>): Promise<string> => work.then(() => "it was not refused", refusalOf);
