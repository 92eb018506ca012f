/** Plans tables by a three-way diff of the declaration, the last applied form and the real table. Deleting and replacing touch the catalogue only. */
import type { TableInput } from "../../engine/metastore.ts";
import { digest, type Json, type JsonObject, sameJson } from "../../json.ts";
import type { ReadSettings } from "../../model/read-settings.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { Table } from "../../model/table.ts";
import type { TableResource } from "../../project/resource.ts";
import { lifecycleEntry, tableContent } from "../../state/declared.ts";
import type { Reason } from "../action.ts";
import { fieldChanges, threeWay, withoutIgnored } from "../compare.ts";
import { noCatalogDrift, type PlannedCatalogAndFiles, planCatalogAndFiles } from "../drift/catalog-and-files.ts";
import { cutOffText, driftReasons, droppedText, missing, outsideDrift } from "../drift/drift.ts";
import type { FieldChange } from "../field-change.ts";
import { change, impossible, type Planned, unchanged } from "../planned.ts";
import type { EntryDraft, StageWork } from "../stage.ts";
import { belongsToOthers, clientMoved, mayTake } from "../stops/ownership.ts";
import { type ObjectSetting, recorded, sameRecord } from "./database.ts";

/** The plan for a table; `real` is `null` if it is not in the catalogue. */
export function planTable(resource: TableResource, real: Table | null, setting: ObjectSetting): Planned {
  const { entry, lineage } = setting;
  const declared = tableContent(resource);
  const draft = draftOf(resource, declared, setting);
  const moved = clientMoved(resource.address, entry?.client, setting.client);
  if (moved !== null) return impossible(resource, moved);
  const lastSeen = setting.offline ? entry?.object : undefined;
  if (real === null && lastSeen === undefined) {
    if (entry === undefined)
      return make(resource, setting, { action: "create", reasons: [{ code: "new", text: "new" }], draft });
    const drift = [missing(subjectOf(resource, setting), setting.dropping ? cutOffText : droppedText)];
    return { ...make(resource, setting, { action: "create", reasons: driftReasons(drift), draft }), drift };
  }
  const content = real === null ? (lastSeen ?? declared) : tableContent(real);
  if (entry === undefined) {
    const taken = mayTake(real ?? {}, resource.address, lineage, resource.onExisting);
    if ("problem" in taken) return impossible(resource, taken.problem);
    const fields = shown(fieldChanges(content, declared));
    return make(resource, setting, { action: "adopt", reasons: [taken.reason], fields, draft, real });
  }
  const foreign = real === null ? null : belongsToOthers(real, resource.address, lineage);
  if (foreign !== null) return impossible(resource, foreign);
  const ignored = resource.lifecycle.ignoreChanges;
  const fields = [
    ...withoutIgnored(withoutIgnoredOrder(threeWay(declared, entry.object, content), ignored), ignored),
    ...(real !== null && real.owner === undefined ? [ownerLost] : []),
  ];
  const replaces = fields.some((field) => /^(format|location|partitions)(\.|$)/.test(field.path));
  const outside = outsideDrift(subjectOf(resource, setting), shown(fields));
  const files = replaces
    ? noCatalogDrift
    : planCatalogAndFiles(subjectOf(resource, setting), setting.files, setting.listsPartitions === true);
  const drift = [...outside, ...files.drift];
  if (fields.length === 0 && files.partitions === undefined && setting.from === undefined) {
    const seen = withoutIgnored(withoutIgnoredOrder(fieldChanges(entry.object, content), ignored), ignored);
    if (sameRecord(entry, draft) && seen.length === 0) return { ...unchanged(resource), drift };
    return { ...recorded(resource, { ...entry, object: content }, draft, setting.client), drift };
  }
  if (replaces && resource.lifecycle.deleteData) return impossible(resource, losesData(resource));
  if (replaces && (resource.lifecycle.preventDestroy || entry.lifecycle?.prevent_destroy === true))
    return impossible(resource, isProtected(resource, fields));
  const reasons = [...editReasons(entry.declared, declared, fields), ...driftReasons(outside), ...files.reasons];
  const action = replaces ? "replace" : "update";
  return { ...make(resource, setting, { action, reasons, fields: shown(fields), draft, real, files }), drift };
}

const subjectOf = ({ address }: TableResource, { client }: ObjectSetting) => ({
  address,
  kind: "table" as const,
  client: client.provider,
});

/** The drift of a table without our mark: somebody else made it again, and an apply marks it. */
const ownerLost: FieldChange = { path: "owner", after: "this project", drift: true };

/** The changes without a reordering that only concerns ignored columns. */
function withoutIgnoredOrder(changes: readonly FieldChange[], ignored: readonly string[]): readonly FieldChange[] {
  const kept = (value: Json | undefined) =>
    Array.isArray(value) ? value.filter((name) => !ignored.includes(`columns.${name}`)) : value;
  return changes.filter(
    (change) =>
      change.path !== "column_order" ||
      !(ignored.includes("columns") || sameJson(kept(change.before), kept(change.after))),
  );
}

const losesData = (resource: TableResource) => ({
  code: "table/replace-loses-data",
  summary: "Replacing would lose data",
  detail: `Table "${resource.database}.${resource.name}" would be replaced, and "lifecycle.delete_data" would delete its files with it. Remove "delete_data", apply, and add it again.`,
});

const isProtected = (resource: TableResource, fields: readonly FieldChange[]) => ({
  code: "lifecycle/prevent-destroy",
  summary: "Resource is protected",
  detail: `"${resource.address}" would be replaced, since its ${fields.map((field) => field.path).join(", ")} changed, but its "lifecycle.prevent_destroy" forbids that. Undo the change; take over what is there with "mason state import ${resource.address} --write"; or set prevent_destroy to false, apply, and then change it.`,
});

function draftOf(
  resource: TableResource,
  declared: JsonObject,
  { client, storage, dependsOn }: ObjectSetting,
): EntryDraft {
  return {
    client,
    ...(storage === undefined || !resource.lifecycle.deleteData ? {} : { storage }),
    digest: digest(declared),
    declared: { database: resource.database, name: resource.name, ...declared },
    depends_on: dependsOn,
    ...lifecycleEntry(resource.lifecycle),
  };
}

/** The reason for edits of the declaration. */
function editReasons(before: JsonObject, declared: JsonObject, fields: readonly FieldChange[]): readonly Reason[] {
  if (fields.length === 0) return [];
  const { database: _, name: __, ...content } = before;
  const edited = new Set(fieldChanges(content, declared).map((field) => field.path.split(".")[0]));
  if (edited.size === 0) return [];
  const names = [...edited].filter((path) => path !== "column_order").join(", ");
  return [{ code: "definition_changed", text: `${names || "order of columns"} changed` }];
}

/** The names of changes. The order of columns is named only if nothing else differs: a new column changes it too. */
const shown = (fields: readonly FieldChange[]): readonly FieldChange[] => {
  const rest = fields.filter((field) => field.path !== "column_order");
  return rest.length > 0 ? rest : fields;
};

/** The action for a table, with its reasons. */
interface TableChange {
  readonly action: "create" | "update" | "replace" | "adopt";
  readonly reasons: readonly Reason[];
  readonly fields?: readonly FieldChange[];
  readonly draft: EntryDraft;
  /** The real table. */
  readonly real?: Table | null;
  readonly files?: PlannedCatalogAndFiles;
}

function make(resource: TableResource, setting: ObjectSetting, tableChange: TableChange): Planned {
  const { action, reasons, fields = [], draft, real = null, files = noCatalogDrift } = tableChange;
  const table: TableInput = {
    database: resource.database,
    name: resource.name,
    ...wantedContent(resource, real),
    ...settingsOf(resource, real),
    owner: { lineage: setting.lineage, address: resource.address },
    ...(real?.csv === undefined || real.format !== resource.format ? {} : { csv: real.csv }),
    ...(real?.properties === undefined ? {} : { properties: real.properties }),
  };
  const { from } = setting;
  const verb = from === undefined ? verbOf(action, fields) : "rename";
  const work: StageWork = {
    kind: "table",
    verb,
    table,
    draft,
    ...(from === undefined ? {} : { from }),
    ...(setting.offline && setting.entry?.object !== undefined ? { seen: setting.entry.object } : {}),
    ...(files.partitions === undefined ? {} : { partitions: files.partitions }),
    ...(real?.version === undefined || from !== undefined ? {} : { ifVersion: real.version }),
  };
  return {
    change: change({
      address: resource.address,
      kind: "table",
      action,
      client: setting.client.provider,
      summary: summaryOf(resource),
      reasons,
      fields,
      notes: [
        ...(action === "replace" ? ["only the catalogue changes, the files stay where they are"] : []),
        ...files.notes,
      ],
    }),
    stage: { work, client: setting.client },
    diagnostics: [],
  };
}

function verbOf(action: TableChange["action"], fields: readonly FieldChange[]) {
  if (action === "create" || action === "adopt") return action;
  return action === "update" && fields.length === 0 ? "partitions" : "update";
}

/** The table to make. Ignored attributes keep their real values. */
function wantedContent(
  resource: TableResource,
  real: Table | null,
): Pick<TableInput, "format" | "location" | "columns" | "partitions"> {
  const ignored = resource.lifecycle.ignoreChanges;
  const from = (name: string) => (real !== null && ignored.includes(name) ? real : resource);
  return {
    format: from("format").format,
    location: from("location").location,
    columns: real === null || ignored.includes("columns") ? from("columns").columns : wantedColumns(resource, real),
    partitions: from("partitions").partitions,
  };
}

/** The settings for reading; what is ignored is left as it is. */
function settingsOf({ settings, lifecycle }: TableResource, real: Table | null): Pick<TableInput, "settings"> {
  const from = (name: "csv" | "files" | "on_mismatch") =>
    real !== null && lifecycle.ignoreChanges.includes(name) ? real : { settings };
  const csv = from("csv").settings?.csv;
  const files = from("files").settings?.files;
  const onMismatch = from("on_mismatch").settings?.onMismatch;
  const kept: ReadSettings = {
    ...(csv === undefined ? {} : { csv }),
    ...(files === undefined ? {} : { files }),
    ...(onMismatch === undefined ? {} : { onMismatch }),
  };
  return Object.keys(kept).length === 0 ? {} : { settings: kept };
}

function wantedColumns({ columns, lifecycle }: TableResource, real: Table): Schema {
  const isIgnored = ({ name }: Column) => lifecycle.ignoreChanges.includes(`columns.${name}`);
  const there = new Map(real.columns.filter(isIgnored).map((column) => [column.name, column]));
  const declared = columns.flatMap((column) => (isIgnored(column) ? (there.get(column.name) ?? []) : column));
  const names = new Set(columns.map((column) => column.name));
  return [...declared, ...[...there.values()].filter((column) => !names.has(column.name))];
}

function summaryOf(resource: TableResource): string {
  const count = resource.columns.length;
  const parts = [`${count} ${count === 1 ? "column" : "columns"}`, resource.format];
  if (resource.partitions.length > 0)
    parts.push(`partitioned by ${resource.partitions.map((column) => column.name).join(", ")}`);
  return parts.join(", ");
}
