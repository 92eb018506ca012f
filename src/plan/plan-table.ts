/** Tables: a three-way diff of what is declared, what was last applied and what is there. Deleting and replacing touch the catalogue only. */
import type { TableInput } from "../engine/metastore.ts";
import { digest, type JsonObject, sameJson } from "../json.ts";
import type { Table } from "../model/table.ts";
import type { TableResource } from "../project/resource.ts";
import type { Action, Reason } from "./action.ts";
import { fieldChanges, threeWay, withoutIgnored } from "./compare.ts";
import { lifecycleEntry, tableContent } from "./declared.ts";
import { mayTake } from "./ownership.ts";
import type { FieldChange } from "./plan.ts";
import { type ObjectSetting, recorded, sameRecord } from "./plan-database.ts";
import { change, impossible, type Planned, unchanged } from "./planned.ts";
import type { EntryDraft, StageWork } from "./stage.ts";

/** The part of a table in the plan; `real` is `null` when it is not in the catalogue. */
export function planTable(resource: TableResource, real: Table | null, setting: ObjectSetting): Planned {
  const { entry, lineage } = setting;
  const declared = tableContent(resource);
  const draft = draftOf(resource, declared, setting);
  if (real === null) {
    const reason: Reason =
      entry === undefined ? { code: "new", text: "new" } : { code: "missing", text: "dropped outside of Mason" };
    return make(resource, "create", [reason], [], draft, null, setting);
  }
  const content = tableContent(real);
  if (entry === undefined) {
    const taken = mayTake(real, resource.address, lineage, resource.onExisting);
    if ("problem" in taken) return impossible(resource, taken.problem);
    return make(resource, "adopt", [taken.reason], shown(fieldChanges(content, declared)), draft, real, setting);
  }
  const fields = withoutIgnored(threeWay(declared, entry.object, content), resource.lifecycle.ignoreChanges);
  if (fields.length === 0) {
    if (sameRecord(entry, draft) && sameJson(entry.object, content)) return unchanged(resource);
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
    format: resource.format,
    location: resource.location,
    columns: resource.columns,
    partitions: resource.partitions,
    owner: { lineage: setting.lineage, address: resource.address },
    ...(real?.csv === undefined || real.format !== resource.format ? {} : { csv: real.csv }),
    ...(real?.properties === undefined ? {} : { properties: real.properties }),
  };
  const verb = action === "create" ? "create" : action === "adopt" ? "adopt" : "update";
  const work: StageWork = {
    kind: "table",
    verb,
    table,
    draft,
    ...(real?.version === undefined ? {} : { ifVersion: real.version }),
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
    }),
    stage: { work, client: setting.client },
    diagnostics: [],
  };
}

function summaryOf(resource: TableResource): string {
  const count = resource.columns.length;
  const parts = [`${count} ${count === 1 ? "column" : "columns"}`, resource.format];
  if (resource.partitions.length > 0)
    parts.push(`partitioned by ${resource.partitions.map((column) => column.name).join(", ")}`);
  return parts.join(", ");
}
