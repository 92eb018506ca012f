/** Tables: a three-way diff of what is declared, what was last applied and what is there. Deleting and replacing touch the catalogue only. */
import type { TableInput } from "../engine/metastore.ts";
import { digest, type Json, type JsonObject, sameJson } from "../json.ts";
import type { Column, Schema } from "../model/schema.ts";
import type { Table } from "../model/table.ts";
import type { TableResource } from "../project/resource.ts";
import type { Action, Reason } from "./action.ts";
import { fieldChanges, threeWay, withoutIgnored } from "./compare.ts";
import { lifecycleEntry, tableContent } from "./declared.ts";
import { belongsToOthers, clientMoved, mayTake } from "./ownership.ts";
import type { FieldChange } from "./plan.ts";
import { type ObjectSetting, recorded, sameRecord } from "./plan-database.ts";
import { change, impossible, type Planned, unchanged } from "./planned.ts";
import type { EntryDraft, StageWork } from "./stage.ts";

/** The part of a table in the plan; `real` is `null` when it is not in the catalogue. */
export function planTable(resource: TableResource, real: Table | null, setting: ObjectSetting): Planned {
  const { entry, lineage } = setting;
  const declared = tableContent(resource);
  const draft = draftOf(resource, declared, setting);
  const moved = clientMoved(resource.address, entry?.client, setting.client);
  if (moved !== null) return impossible(resource, moved);
  const lastSeen = setting.offline ? entry?.object : undefined;
  if (real === null && lastSeen === undefined) {
    const reason: Reason =
      entry === undefined ? { code: "new", text: "new" } : { code: "missing", text: "dropped outside of Mason" };
    return make(resource, "create", [reason], [], draft, null, setting);
  }
  const content = real === null ? (lastSeen ?? declared) : tableContent(real);
  if (entry === undefined) {
    const taken = mayTake(real ?? {}, resource.address, lineage, resource.onExisting);
    if ("problem" in taken) return impossible(resource, taken.problem);
    return make(resource, "adopt", [taken.reason], shown(fieldChanges(content, declared)), draft, real, setting);
  }
  const foreign = real === null ? null : belongsToOthers(real, resource.address, lineage);
  if (foreign !== null) return impossible(resource, foreign);
  const ignored = resource.lifecycle.ignoreChanges;
  const fields = [
    ...withoutIgnored(withoutIgnoredOrder(threeWay(declared, entry.object, content), ignored), ignored),
    ...(real !== null && real.owner === undefined ? [ownerLost] : []),
  ];
  if (fields.length === 0 && setting.from === undefined) {
    const seen = withoutIgnored(withoutIgnoredOrder(fieldChanges(entry.object, content), ignored), ignored);
    if (sameRecord(entry, draft) && seen.length === 0) return unchanged(resource);
    return recorded(resource, { ...entry, object: content }, draft, setting.client);
  }
  const replaces = fields.some((field) => /^(format|location|partitions)(\.|$)/.test(field.path));
  if (replaces && resource.lifecycle.deleteData) return impossible(resource, losesData(resource));
  return make(
    resource,
    replaces ? "replace" : "update",
    reasonsOf(fields, entry.declared, declared),
    shown(fields),
    draft,
    real,
    setting,
  );
}

/** What is not marked as ours any more was made again by somebody else; applying marks it. */
const ownerLost: FieldChange = { path: "owner", after: "this project", drift: true };

/** Without a change of the order of columns that only ignored columns make. */
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

function reasonsOf(fields: readonly FieldChange[], before: JsonObject, declared: JsonObject): readonly Reason[] {
  const { database: _, name: __, ...content } = before;
  const edited = new Set(fieldChanges(content, declared).map((field) => field.path.split(".")[0]));
  const outside = fields
    .filter((field) => field.drift === true && field.path !== "column_order")
    .map((field) => field.path);
  return [
    ...(edited.size === 0
      ? []
      : [
          {
            code: "definition_changed" as const,
            text: `${[...edited].filter((path) => path !== "column_order").join(", ") || "order of columns"} changed`,
          },
        ]),
    ...(outside.length === 0
      ? []
      : [{ code: "changed_outside" as const, text: `changed outside of Mason: ${outside.join(", ")}` }]),
  ];
}

/** The order of columns is said only when nothing else differs: a new column changes it too. */
const shown = (fields: readonly FieldChange[]): readonly FieldChange[] => {
  const rest = fields.filter((field) => field.path !== "column_order");
  return rest.length > 0 ? rest : fields;
};

function make(
  resource: TableResource,
  action: Action,
  reasons: readonly Reason[],
  fields: readonly FieldChange[],
  draft: EntryDraft,
  real: Table | null,
  setting: ObjectSetting,
): Planned {
  const table: TableInput = {
    database: resource.database,
    name: resource.name,
    ...wantedContent(resource, real),
    owner: { lineage: setting.lineage, address: resource.address },
    ...(real?.csv === undefined || real.format !== resource.format ? {} : { csv: real.csv }),
    ...(real?.properties === undefined ? {} : { properties: real.properties }),
  };
  const { from } = setting;
  const verb = from !== undefined ? "rename" : action === "create" ? "create" : action === "adopt" ? "adopt" : "update";
  const work: StageWork = {
    kind: "table",
    verb,
    table,
    draft,
    ...(from === undefined ? {} : { from }),
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
      notes: action === "replace" ? ["only the catalogue changes, the files stay where they are"] : [],
    }),
    stage: { work, client: setting.client },
    diagnostics: [],
  };
}

/** What the table is to be; what is ignored stays as it is there. */
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
