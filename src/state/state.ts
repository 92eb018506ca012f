/**
 * The state: what was last applied, as a value. This folder owns its shape, its text (the lockfile) and the entries of a journal. It
 * decides nothing: src/plan compares.
 */
import type { Address } from "../address.ts";
import type { JsonObject } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";

/** The fingerprint of an input when the last run started. */
export interface InputRecord {
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
}

/** What the state knows about one resource. `failed`: its last run or change did not succeed. */
export interface Entry {
  readonly status: "applied" | "failed";
  /** The id of the run that did not succeed. */
  readonly run?: string;
  /** True if somebody interrupted that run: then it did not fail by itself. */
  readonly interrupted?: boolean;
  readonly client?: ClientRecord;
  /** The storage that holds a table's location, if it is another client than the metastore. */
  readonly storage?: ClientRecord;
  readonly digest: string;
  /** What was declared when it was applied. */
  readonly declared: JsonObject;
  /** The object as last seen; absent for definitions. */
  readonly object?: JsonObject;
  /** Fingerprints, by input: `table sales.orders`, `path raw/orders`. */
  readonly inputs?: Readonly<Record<string, InputRecord>>;
  readonly lifecycle?: { readonly prevent_destroy?: boolean; readonly delete_data?: boolean };
  /** Direct edges only. */
  readonly depends_on: readonly Address[];
}

/** The highest serial: file names hold ten digits of it, and it rises by one at a time. */
export const mostSerial = 9_000_000_000;

/** True for a serial that a state may have. */
export const isSerial = (serial: number): boolean => Number.isInteger(serial) && serial >= 0 && serial <= mostSerial;

/** Everything that was last applied. Immutable: a change makes a new state. */
export interface State {
  readonly lineage: string;
  /** Rises with every apply that changed anything. */
  readonly serial: number;
  /** The id of the plan that was applied last. */
  readonly lastPlan: string | null;
  readonly resources: ReadonlyMap<Address, Entry>;
}

/** The state of a project in which nothing was ever applied. */
export const emptyState = (lineage: string): State => ({ lineage, serial: 0, lastPlan: null, resources: new Map() });
