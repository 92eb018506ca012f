/** Stages: the work of an apply, one for each changed resource. They are data: the view shows them and the executor runs them. */
import type { Address } from "../address.ts";
import type { Bundle } from "../bundle/bundle.ts";
import type { NamedPlace } from "../bundle/effects.ts";
import type { InputSource } from "../bundle/inputs.ts";
import type { TableInput } from "../engine/metastore.ts";
import type { RegistrationInput } from "../engine/scheduler.ts";
import type { DoomedFiles } from "../facts/data-to-delete.ts";
import type { DroppedDatabase } from "../facts/unknown-tables.ts";
import type { JsonObject } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Database, Partition } from "../model/table.ts";
import type { Entry } from "../state/state.ts";
import type { Action } from "./action.ts";

/** The entry of the state, without the parts that are known after the stage. */
export type EntryDraft = Omit<Entry, "status" | "object" | "inputs">;

/** The work of a stage. */
export type StageWork =
  /** Puts this entry into the state and calls nothing. */
  | { readonly kind: "record"; readonly entry: Entry }
  | { readonly kind: "forget" }
  | {
      readonly kind: "database";
      readonly verb: "create" | "adopt";
      readonly database: Database;
      readonly draft: EntryDraft;
    }
  | {
      readonly kind: "table";
      /** `partitions` leaves the definition unchanged. */
      readonly verb: "create" | "update" | "adopt" | "rename" | "partitions";
      /** The old name in the same database, for `rename`. */
      readonly from?: string;
      readonly table: TableInput;
      readonly ifVersion?: string;
      /** The last known form, if the plan did not look: a different real table is not overwritten. */
      readonly seen?: JsonObject;
      /** Partitions that the catalogue gains and loses to match the storage. */
      readonly partitions?: { readonly add: readonly Partition[]; readonly drop: readonly Partition[] };
      readonly draft: EntryDraft;
    }
  | {
      readonly kind: "run";
      readonly bundle: Bundle;
      readonly inputs: readonly InputSource[];
      /** Tables and paths that it writes, as far as they are known before the run. */
      readonly writes: readonly Extract<NamedPlace, { kind: "table" }>[];
      readonly paths: readonly Extract<NamedPlace, { kind: "path" }>[];
      readonly draft: EntryDraft;
    }
  | {
      readonly kind: "register";
      readonly verb: "create" | "update";
      readonly registration: RegistrationInput;
      readonly draft: EntryDraft;
    }
  | { readonly kind: "drop_database"; readonly name: string }
  | {
      readonly kind: "drop_table";
      readonly database: string;
      readonly name: string;
      readonly location?: string;
      readonly deleteData: boolean;
    }
  /** Drops the tables that runs of a deployment made and that it still owns. */
  | {
      readonly kind: "drop_made";
      readonly made: readonly { readonly client: ClientRecord; readonly database: string; readonly table?: string }[];
    }
  | { readonly kind: "unregister"; readonly name: string };

/** One stage. */
export interface Stage {
  readonly address: Address;
  readonly action: Action;
  /** The client of its verbs. Absent if the stage only changes the state. */
  readonly client?: ClientRecord;
  /** The storage of that client, for deleting data. */
  readonly storage?: ClientRecord;
  /** The old address of the resource. Its entry goes when the stage is done. */
  readonly movedFrom?: Address;
  /** Objects that runs made under the old address. The new address becomes their owner. */
  readonly rehome?: readonly { readonly client: ClientRecord; readonly database: string; readonly table?: string }[];
  /** Addresses of stages of this plan that must succeed first. */
  readonly dependencies: readonly Address[];
  readonly work: StageWork;
}

/** The files that stages delete. */
export const doomedFiles = (stages: readonly Stage[]): readonly DoomedFiles[] =>
  stages.flatMap(({ address, storage, work }) =>
    work.kind === "drop_table" && work.deleteData && work.location !== undefined && storage !== undefined
      ? [{ address, storage, location: work.location }]
      : [],
  );

/** The databases that stages drop. */
export const droppedDatabases = (stages: readonly Stage[]): readonly DroppedDatabase[] =>
  stages.flatMap(({ address, client, work }) =>
    work.kind === "drop_database" && client !== undefined ? [{ address, client, name: work.name }] : [],
  );
