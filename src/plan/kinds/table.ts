/** One table in the plan: the object that it is compared with, which may still have the name of before. */
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

/** The part of a table in the plan. `from`: the address that its entry has in the state, when that is another one. */
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
  // Both are there when a rename was cut off: the new name is ours then. What others gave that name is not to be taken.
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
  // A move that is declared is said as a move.
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
