/** Plans resources that are no longer declared, and all resources on destroy: deleted, or forgotten if already gone. */
import { type Address, kindOf, nameOf } from "../../address.ts";
import { error } from "../../diagnostic/diagnostic.ts";
import type { JsonObject } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import { objectsMadeBy } from "../../state/made-objects.ts";
import type { Entry } from "../../state/state.ts";
import type { Reason } from "../action.ts";
import { change, type Planned, type StageDraft } from "../planned.ts";
import type { StageWork } from "../stage.ts";

/** Whether an existing object is still ours; `null` if it is gone. */
export type Presence = { readonly owned: boolean } | null;

/** The plan for a resource that goes. `preventDestroy` is the current setting, if the project still declares the resource. */
export function planRemoved(
  address: Address,
  entry: Entry,
  presence: Presence,
  options: {
    readonly destroy: boolean;
    readonly preventDestroy: boolean;
    readonly registers: boolean;
    /** Tables that its runs made: `sales.loaded`. */
    readonly made: readonly { readonly table: string; readonly presence: Presence }[];
  },
): Planned {
  const kind = kindOf(address) ?? "config";
  const reason: Reason = options.destroy
    ? { code: "destroy", text: "destroy" }
    : { code: "no_longer_declared", text: "no longer declared" };
  const draft = draftOf(address, entry, presence, options.registers);
  const base = {
    address,
    kind,
    reasons: [reason],
    summary: "",
    ...(entry.client === undefined ? {} : { client: entry.client.provider }),
  };
  if (draft === null)
    return {
      change: change({
        ...base,
        action: "forget",
        summary: presence === null ? "already gone" : "no longer ours",
        notes: presence === null ? [] : ["an object with this name was made by somebody else and stays"],
      }),
      stage: { work: { kind: "forget" } },
      diagnostics: [],
    };
  const prevented = entry.lifecycle?.prevent_destroy === true || options.preventDestroy;
  return {
    change: change({ ...base, action: "delete", notes: notesOf(draft.work, options.made) }),
    stage: draft,
    diagnostics: prevented ? [protectedBy(address)] : [],
  };
}

/** The plan for a resource that only leaves the state. Its object stays, and `note` says why. */
export function planForgotten(address: Address, entry: Entry, note: string): Planned {
  const reasons = [{ code: "no_longer_declared" as const, text: "no longer declared" }];
  const base = { address, kind: kindOf(address) ?? ("config" as const), reasons, summary: "" };
  return {
    change: change({
      ...base,
      action: "forget",
      notes: [note],
      ...(entry.client === undefined ? {} : { client: entry.client.provider }),
    }),
    stage: { work: { kind: "forget" } },
    diagnostics: [],
  };
}

const protectedBy = (address: Address) =>
  error({
    code: "lifecycle/prevent-destroy",
    summary: "Resource is protected",
    detail: `"${address}" would be deleted, but its "lifecycle.prevent_destroy" forbids that. Keep it declared, or set prevent_destroy to false, apply, and then remove it.`,
    address,
  });

function draftOf(address: Address, entry: Entry, presence: Presence, registers: boolean): StageDraft | null {
  const { client, declared } = entry;
  switch (kindOf(address)) {
    case "database":
      return presence?.owned !== true || client === undefined
        ? null
        : { work: { kind: "drop_database", name: String(declared.name ?? nameOf(address)) }, client };
    case "table":
      return presence?.owned !== true || client === undefined ? null : dropTable(entry, client, declared);
    case "deployment":
      return registers && client !== undefined
        ? { work: { kind: "unregister", name: String(declared.schedule_name ?? nameOf(address)) }, client }
        : { work: { kind: "drop_made", made: objectsMadeBy(entry) } };
    default:
      return { work: { kind: "forget" } };
  }
}

function dropTable(entry: Entry, client: ClientRecord, declared: JsonObject): StageDraft {
  const deleteData = entry.lifecycle?.delete_data === true;
  return {
    work: {
      kind: "drop_table",
      database: String(declared.database),
      name: String(declared.name),
      deleteData,
      ...(deleteData ? { location: String(declared.location) } : {}),
    },
    client,
    ...(entry.storage === undefined ? {} : { storage: entry.storage }),
  };
}

function notesOf(
  work: StageWork,
  made: readonly { readonly table: string; readonly presence: Presence }[],
): readonly string[] {
  if (work.kind === "drop_table") return [work.deleteData ? "its files are deleted too" : "its files stay"];
  if (work.kind === "unregister") return ["data that its runs wrote stays"];
  if (work.kind === "drop_database") return ["refused while it holds a table that Mason does not delete"];
  if (work.kind !== "drop_made") return [];
  const databases = work.made.flatMap((item) =>
    item.table === undefined ? [`database ${item.database} when it is empty`] : [],
  );
  const tables = (owned: boolean) => made.flatMap((item) => (item.presence?.owned === owned ? [item.table] : []));
  const [dropped, foreign] = [[...tables(true), ...databases], tables(false)];
  return [
    ...(dropped.length === 0 ? [] : [`drops what it made from the catalogue: ${dropped.join(", ")}`]),
    ...(foreign.length === 0 ? [] : [`kept, since somebody else recreated it: ${foreign.join(", ")}`]),
    "files that it wrote stay",
  ];
}
