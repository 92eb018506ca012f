/** Stages: what an apply does, one for each resource that changes. They are data: the view shows them and the executor runs them. */
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

/** The entry of the state without what is known after the stage only. */
export type EntryDraft = Omit<Entry, "status" | "object" | "inputs">;

/** The work of a stage. */
export type StageWork =
  /** Nothing is called: the state gets this entry. */
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
      /** `partitions`: the definition stays. */
      readonly verb: "create" | "update" | "adopt" | "rename" | "partitions";
      /** For `rename`: the name before, in the same database. */
      readonly from?: string;
      readonly table: TableInput;
      readonly ifVersion?: string;
      /** What was last seen, when the plan did not look: another thing that is there now is not overwritten. */
      readonly seen?: JsonObject;
      /** Partitions that the catalogue gets and loses, so that it lists what is on storage. */
      readonly partitions?: { readonly add: readonly Partition[]; readonly drop: readonly Partition[] };
      readonly draft: EntryDraft;
    }
  | {
      readonly kind: "run";
      readonly bundle: Bundle;
      readonly inputs: readonly InputSource[];
      /** Tables and paths that it writes, as far as they are known before it runs. */
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
  /** Drops the tables that runs of a deployment made and that are still its own. */
  | {
      readonly kind: "drop_made";
      readonly made: readonly { readonly client: ClientRecord; readonly database: string; readonly table?: string }[];
    }
  | { readonly kind: "unregister"; readonly name: string };

/** One stage. */
export interface Stage {
  readonly address: Address;
  readonly action: Action;
  /** The client that its verbs go to; absent for what only changes the state. */
  readonly client?: ClientRecord;
  /** The storage that belongs to it, for deleting data. */
  readonly storage?: ClientRecord;
  /** The address that the resource had before; its entry goes when the stage is done. */
  readonly movedFrom?: Address;
  /** What runs made under the address before: it gets the new one as its owner. */
  readonly rehome?: readonly { readonly client: ClientRecord; readonly database: string; readonly table?: string }[];
  /** Addresses of stages of this plan that must have succeeded before. */
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
