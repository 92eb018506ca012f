/**
 * The state: what was last applied, as a value. This folder owns its shape and its text (the lockfile), and the refresh that
 * reads what is really there. It decides nothing: comparing is the work of src/plan.
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

/** What is known of one resource. `failed`: its last run or change did not succeed. */
export interface Entry {
  readonly status: "applied" | "failed";
  /** The run that did not succeed. */
  readonly run?: string;
  readonly client?: ClientRecord;
  /** For objects in another client than their metastore's: the storage that a table's location is a path of. */
  readonly storage?: ClientRecord;
  readonly digest: string;
  /** What was declared when it was applied. */
  readonly declared: JsonObject;
  /** What was last seen of the object; absent for definitions. */
  readonly object?: JsonObject;
  /** Fingerprints by what was read: `table sales.orders`, `path raw/orders`. */
  readonly inputs?: Readonly<Record<string, InputRecord>>;
  readonly lifecycle?: { readonly prevent_destroy?: boolean; readonly delete_data?: boolean };
  /** Direct edges only. */
  readonly depends_on: readonly Address[];
}

/** The highest serial: names of files hold ten digits of it, and it only rises by one. */
export const mostSerial = 9_000_000_000;

/** True for a serial that a state may have. */
export const isSerial = (serial: number): boolean => Number.isInteger(serial) && serial >= 0 && serial <= mostSerial;

/** Everything that was last applied. Immutable: a change makes a new one. */
export interface State {
  readonly lineage: string;
  /** Rises with every apply that did anything. */
  readonly serial: number;
  /** The id of the plan that was applied last. */
  readonly lastPlan: string | null;
  readonly resources: ReadonlyMap<Address, Entry>;
}

/** A state in which nothing was ever applied. */
export const emptyState = (lineage: string): State => ({ lineage, serial: 0, lastPlan: null, resources: new Map() });
