/** Plans databases: creates, adopts, or leaves them unchanged. No metastore changes one in place, so a changed declaration is refused. */
import type { FileDrift } from "../../facts/catalog-and-files.ts";
import { digest, type JsonObject } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import type { Database } from "../../model/table.ts";
import type { DatabaseResource } from "../../project/resource.ts";
import { declaredDatabase, lifecycleEntry } from "../../state/declared.ts";
import type { Entry } from "../../state/state.ts";
import type { Reason } from "../action.ts";
import { fieldChanges, withoutIgnored } from "../compare.ts";
import { cutOffText, type Drift, droppedText, missing, offered, outsideDrift, type Subject } from "../drift/drift.ts";
import type { FieldChange } from "../field-change.ts";
import { change, impossible, type Planned, unchanged } from "../planned.ts";
import type { EntryDraft, StageWork } from "../stage.ts";
import { belongsToOthers, clientMoved, mayTake } from "../stops/ownership.ts";

/** The input for planning an object, besides its declaration. */
export interface ObjectSetting {
  readonly lineage: string;
  readonly client: ClientRecord;
  readonly storage?: ClientRecord;
  readonly dependsOn: readonly string[];
  readonly entry: Entry | undefined;
  /** True if the object was not read: then its last known form stands for it. */
  readonly offline: boolean;
  /** True if the unfinished apply had begun to drop it. */
  readonly dropping: boolean;
  /** For a table: how its files and the catalogue differ, and whether its metastore can list partitions. */
  readonly files?: FileDrift;
  readonly listsPartitions?: boolean;
  /** The name of a table before it was moved. */
  readonly from?: string;
}

/** The plan for a database; `real` is `null` if it does not exist. */
export function planDatabase(resource: DatabaseResource, real: Database | null, setting: ObjectSetting): Planned {
  const { entry, lineage, client, dependsOn } = setting;
  const declared = declaredDatabase(resource);
  const draft: EntryDraft = {
    client,
    digest: digest(declared),
    declared,
    depends_on: dependsOn,
    ...lifecycleEntry(resource.lifecycle),
  };
  const planned = (action: "create" | "adopt", reason: Reason): Planned => {
    const database: Database = {
      name: resource.name,
      ...(resource.location === undefined ? {} : { location: resource.location }),
      ...(resource.comment === undefined ? {} : { comment: resource.comment }),
      owner: { lineage, address: resource.address },
    };
    const work: StageWork = { kind: "database", verb: action, database, draft };
    return {
      change: change({
        address: resource.address,
        kind: "database",
        action,
        client: client.provider,
        summary: resource.description,
        reasons: [reason],
      }),
      stage: { work, client },
      diagnostics: [],
    };
  };
  const problem = clientMoved(resource.address, entry?.client, client);
  if (problem !== null) return impossible(resource, problem);
  const subject = { address: resource.address, kind: "database" as const, client: client.provider };
  if (real === null && !(setting.offline && entry !== undefined)) {
    if (entry === undefined) return planned("create", { code: "new", text: "new" });
    const text = setting.dropping ? cutOffText : droppedText;
    return { ...planned("create", { code: "missing", text }), drift: [missing(subject, text)] };
  }
  if (entry === undefined) {
    const taken = mayTake(real ?? {}, resource.address, lineage, resource.onExisting);
    return "problem" in taken ? impossible(resource, taken.problem) : planned("adopt", taken.reason);
  }
  const foreign = real === null ? null : belongsToOthers(real, resource.address, lineage);
  if (foreign !== null) return impossible(resource, foreign);
  const changes = withoutIgnored(fieldChanges(entry.declared, declared), resource.lifecycle.ignoreChanges);
  if (changes.length > 0) {
    return impossible(resource, {
      code: "database/changed",
      summary: "Database can't be changed",
      detail: `The ${changes.map((field) => field.path).join(", ")} of database "${resource.name}" changed, and a metastore can't change a database in place. Undo the change, or declare a database with another name.`,
    });
  }
  const drift = real === null ? [] : databaseDrift(subject, resource, entry, real);
  return { ...(sameRecord(entry, draft) ? unchanged(resource) : recorded(resource, entry, draft, client)), drift };
}

/** Drift of attributes that were changed by hand. Attributes that the metastore chose, like a location, don't count. No apply can revert them. */
function databaseDrift(
  subject: Subject,
  { lifecycle }: DatabaseResource,
  { object = {} }: Entry,
  { location, comment }: Database,
): readonly Drift[] {
  const there: JsonObject = { location, comment };
  const fields = ["location", "comment"]
    .filter((path) => object[path] !== undefined && object[path] !== there[path])
    .map((path): FieldChange => ({ path, drift: true }));
  const changed = withoutIgnored(fields, lifecycle.ignoreChanges);
  const before = changed.map(({ path }) => `${path} ${JSON.stringify(object[path])}`).join(", ");
  return outsideDrift(subject, changed, offered("revert", `give it ${before} again by hand`));
}

/** True if the entry already equals the draft. */
export const sameRecord = (entry: Entry, draft: EntryDraft): boolean =>
  entry.digest === draft.digest &&
  digest({ ...entry.lifecycle, ...entry.client } as never) ===
    digest({ ...draft.lifecycle, ...draft.client } as never) &&
  entry.depends_on.join(" ") === draft.depends_on.join(" ");

/** A change of the record alone: a lifecycle setting, an edge. */
export const recorded = (
  resource: {
    readonly address: string;
    readonly kind: "database" | "table" | "deployment";
    readonly description: string;
  },
  entry: Entry,
  draft: EntryDraft,
  client: ClientRecord,
): Planned => ({
  change: change({
    address: resource.address,
    kind: resource.kind,
    action: "update",
    client: client.provider,
    summary: "settings of the record",
    reasons: [{ code: "definition_changed", text: "only the record changes" }],
    fields: fieldChanges({ lifecycle: { ...entry.lifecycle } }, { lifecycle: { ...draft.lifecycle } }),
  }),
  stage: { work: { kind: "record", entry: { ...withoutSettings(entry), ...draft } } },
  diagnostics: [],
});

/** The entry without optional settings: a draft that lacks them means the defaults. */
const withoutSettings = ({ lifecycle: _, storage: __, ...entry }: Entry): Entry => entry;
