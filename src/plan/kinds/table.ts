/** Plans one table: finds the object to compare it with, which may still have the old name. */
import { type Address, nameOf } from "../../address.ts";
import { clientKey } from "../../bundle/effects.ts";
import { nameBefore } from "../../facts/wanted-objects.ts";
import type { ConfigResource, TableResource } from "../../project/resource.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { hasVerb } from "../../provider/registry.ts";
import type { PlanInput } from "../plan-input.ts";
import type { Planned } from "../planned.ts";
import { databaseMissing } from "../stops/database-missing.ts";
import type { ObjectSetting } from "./database.ts";
import { planTable } from "./table-diff.ts";

/** The plan for a table. `from` is the address of its entry in the state, if it differs. */
export function planTableResource(
  input: PlanInput,
  resource: TableResource,
  {
    config,
    metastore,
    setting,
    from,
  }: {
    readonly config: ConfigResource;
    readonly metastore: NonNullable<ReturnType<EngineSource["recordOf"]>>;
    readonly setting: ObjectSetting;
    readonly from: Address | undefined;
  },
): Planned {
  const { project, state, facts } = input;
  const files = facts.files.get(resource.address);
  const own = facts.tables.get(resource.address) ?? null;
  const before = from ?? nameBefore(project, resource, setting.entry);
  const old = before === undefined ? null : (facts.tables.get(before) ?? null);
  // After an interrupted rename both exist, and the new name is ours. A table that others gave that name must stay.
  const isOurs = own?.owner?.lineage === state.lineage && [before, resource.address].includes(own.owner.address);
  const isRenamed = old !== null && (own === null || isOurs);
  const isOthers = old !== null && own !== null && !isOurs;
  const planned = planTable(resource, own ?? old, {
    ...setting,
    ...(files === undefined ? {} : { files }),
    listsPartitions: ["addPartitions", "deletePartitions"].every((verb) => hasVerb(metastore, "metastore", verb)),
    ...(isOthers ? { entry: undefined } : {}),
    ...(isRenamed ? { from: old.name } : {}),
  });
  // A declared move is shown as a move.
  const reason = { code: "moved" as const, text: `renamed, it was ${nameOf(before ?? "")}` };
  const renamed = isRenamed && from === undefined ? [reason] : [];
  const hasDatabase = facts.hasDatabase(clientKey(input.engines, config, "metastore"), resource.database) === true;
  const missing = planned.change.action === "create" ? databaseMissing(project, resource, hasDatabase) : [];
  input.world.make(config, [{ table: { ...resource, catalogued: true } }]);
  return {
    ...planned,
    change: { ...planned.change, reasons: [...renamed, ...planned.change.reasons] },
    diagnostics: [...planned.diagnostics, ...missing],
  };
}
