/** Calls the verbs of one stage and derives its entry from their results. Deployments run through the given `run`. */
import type { Address } from "../address.ts";
import type { Metastore, TableInput } from "../engine/metastore.ts";
import { type Json, type JsonObject, sameJson } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import { normalPath } from "../model/path.ts";
import type { Owner, Table } from "../model/table.ts";
import { markOwner } from "../operator/mark-owner.ts";
import { registrationContent } from "../plan/kinds/registration.ts";
import type { Stage, StageWork } from "../plan/stage.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { isProviderError, ProviderError } from "../provider/error.ts";
import { tableContent } from "../state/declared.ts";
import type { MadeObject } from "../state/made-objects.ts";
import type { Entry } from "../state/state.ts";
import type { StageOutcome } from "./apply-stages.ts";

/** The input for a stage. */
export interface ExecuteSetting {
  readonly engines: EngineSource;
  readonly lineage: string;
  /** `token` is the id of the run. */
  readonly run: (stage: Stage, work: Extract<StageWork, { kind: "run" }>, token: string) => Promise<StageOutcome>;
}

/** Does the work of a stage. Throws ProviderError when a verb failed. */
export async function executeStage(stage: Stage, token: string, setting: ExecuteSetting): Promise<StageOutcome> {
  const { work } = stage;
  if (stage.rehome !== undefined && stage.movedFrom !== undefined)
    await rehome(stage.rehome, stage.movedFrom, stage.address, setting);
  switch (work.kind) {
    case "record":
      return { entry: work.entry, detail: "recorded" };
    case "forget":
      return { entry: null, detail: "forgotten" };
    case "run":
      return setting.run(stage, work, token);
    case "database":
      return database(work, await metastoreOf(stage, setting));
    case "table":
      return table(work, await metastoreOf(stage, setting));
    case "drop_database":
      return dropDatabase(stage, work.name, setting);
    case "drop_table":
      return dropTable(stage, work, setting);
    case "drop_made":
      return dropMade(work.made, setting, stage.address);
    case "register":
    case "unregister":
      return registration(stage, work, setting);
  }
}

const clientOf = (stage: Stage): ClientRecord => {
  if (stage.client === undefined) throw new ProviderError("failed", `The stage of ${stage.address} names no client.`);
  return stage.client;
};

const metastoreOf = (stage: Stage, { engines }: ExecuteSetting): Promise<Metastore> =>
  engines.ofClient(clientOf(stage), "metastore");

async function database(work: Extract<StageWork, { kind: "database" }>, metastore: Metastore): Promise<StageOutcome> {
  if (work.verb === "create")
    await makeOrFind(work.database.owner, metastore.createDatabase(work.database), () =>
      metastore.getDatabase(work.database.name),
    );
  const { owner: _, ...content } = work.database;
  const entry: Entry = { status: "applied", ...work.draft, object: content as unknown as JsonObject };
  return { entry, detail: work.verb === "create" ? "created" : "adopted" };
}

async function table(work: Extract<StageWork, { kind: "table" }>, metastore: Metastore): Promise<StageOutcome> {
  const { database: name, name: tableName } = work.table;
  if (work.seen !== undefined) await requireSeen(work.seen, await metastore.getTable(name, work.from ?? tableName));
  if (work.verb === "rename") await rename(work, metastore);
  if (work.verb === "create")
    await makeOrFind(work.table.owner, metastore.createTable(work.table), () => metastore.getTable(name, tableName));
  else if (work.verb !== "partitions")
    await metastore.updateTable(work.table, work.ifVersion === undefined ? {} : { ifVersion: work.ifVersion });
  if (work.partitions !== undefined) await listPartitions(work.table, work.partitions, metastore);
  const real = await metastore.getTable(name, tableName);
  const entry: Entry = { status: "applied", ...work.draft, object: tableContent(real ?? work.table) };
  return { entry, detail: work.verb === "create" ? "created" : work.verb === "adopt" ? "adopted" : "updated" };
}

/** Refuses to overwrite changes that an offline plan could not show. */
async function requireSeen(seen: JsonObject, real: Table | null): Promise<void> {
  if (real !== null && sameJson(seen, tableContent(real))) return;
  throw new ProviderError(
    "conflict",
    "It was changed outside of Mason, which this offline plan could not see. Plan again without --offline.",
  );
}

/** Makes the catalogue list the partitions on storage. */
async function listPartitions(
  { database, name }: Pick<TableInput, "database" | "name">,
  { add, drop }: NonNullable<Extract<StageWork, { kind: "table" }>["partitions"]>,
  metastore: Metastore,
): Promise<void> {
  if (metastore.addPartitions === undefined || metastore.deletePartitions === undefined)
    throw new ProviderError("unsupported", `The metastore of table "${database}.${name}" can't list partitions.`);
  if (add.length > 0) await metastore.addPartitions(database, name, add);
  if (drop.length === 0) return;
  await metastore.deletePartitions(
    database,
    name,
    drop.map((partition) => partition.values),
  );
}

/** Waits for a create. If it fails but an object with our mark exists, only the answer was lost. */
async function makeOrFind(
  owner: Owner | undefined,
  making: Promise<void> | undefined,
  read: () => Promise<{ readonly owner?: Owner } | null> | undefined,
): Promise<void> {
  try {
    await making;
  } catch (thrown) {
    const real = await Promise.resolve(read()).catch(() => null);
    const isOurs = real?.owner !== undefined && sameJson(real.owner as unknown as Json, owner as unknown as Json);
    if (!isOurs || !isProviderError(thrown)) throw thrown;
  }
}

async function dropDatabase(stage: Stage, name: string, setting: ExecuteSetting): Promise<StageOutcome> {
  const metastore = await metastoreOf(stage, setting);
  refuseOthers(`Database "${name}"`, (await metastore.getDatabase(name))?.owner, stage, setting);
  await endDrop(metastore, name);
  return { entry: null, detail: "dropped" };
}

/** Drops a database. After an interrupted drop it may be gone already, while parts of it are left over. */
async function endDrop(metastore: Metastore, name: string): Promise<void> {
  try {
    await metastore.deleteDatabase(name);
  } catch (thrown) {
    if (!isProviderError(thrown, "not_found")) throw thrown;
  }
}

/** Refuses an object that went to another project between plan and apply. */
function refuseOthers(what: string, owner: Owner | undefined, { address }: Stage, { lineage }: ExecuteSetting): void {
  if (owner === undefined || owner.lineage === lineage) return;
  throw new ProviderError(
    "denied",
    `${what} now belongs to another project. Run "mason state rm ${address}" to forget it.`,
  );
}

/** Makes a moved resource the owner of what its runs made under the old address. */
async function rehome(
  made: readonly MadeObject[],
  from: Address,
  to: Address,
  { engines, lineage }: ExecuteSetting,
): Promise<void> {
  for (const { client, database, table } of made) {
    if (table === undefined) continue;
    const metastore = await engines.ofClient(client, "metastore");
    const real = await metastore.getTable(database, table);
    if (real?.owner?.lineage !== lineage || real.owner.address !== from) continue;
    await markOwner(metastore, real, { lineage, address: to });
  }
}

/** Renames the table. An interrupted apply may have made the new one already and not yet removed the old one. */
async function rename({ table, from }: Extract<StageWork, { kind: "table" }>, metastore: Metastore): Promise<void> {
  if (from === undefined) return;
  const [now, before] = [
    await metastore.getTable(table.database, table.name),
    await metastore.getTable(table.database, from),
  ];
  if (now?.catalogued === true) {
    const isCopy = before?.owner !== undefined && before.owner.lineage === now.owner?.lineage;
    if (isCopy) await metastore.deleteTable(table.database, from);
    return;
  }
  if (metastore.renameTable === undefined)
    throw new ProviderError(
      "unsupported",
      `This metastore can't rename a table. Remove "moved_from", and drop the table "${from}" yourself.`,
    );
  await metastore.renameTable(table.database, from, table.name);
}

async function dropTable(
  stage: Stage,
  work: Extract<StageWork, { kind: "drop_table" }>,
  setting: ExecuteSetting,
): Promise<StageOutcome> {
  const metastore = await metastoreOf(stage, setting);
  const real = await metastore.getTable(work.database, work.name);
  refuseOthers(`Table "${work.database}.${work.name}"`, real?.owner, stage, setting);
  await metastore.deleteTable(work.database, work.name);
  if (!work.deleteData || work.location === undefined || stage.storage === undefined)
    return { entry: null, detail: "dropped" };
  if (normalPath(work.location) === "")
    throw new ProviderError(
      "denied",
      `The location of table "${work.database}.${work.name}" is the root of its storage, and Mason never deletes that.`,
    );
  const storage = await setting.engines.ofClient(stage.storage, "storage");
  await storage.delete(work.location);
  return { entry: null, detail: "dropped, with its files" };
}

/** Drops the objects that runs made and still own. A database goes only if it is empty. */
async function dropMade(
  made: readonly MadeObject[],
  { engines, lineage }: ExecuteSetting,
  address: string,
): Promise<StageOutcome> {
  const dropped: string[] = [];
  const databases = new Map<string, { readonly item: MadeObject; readonly isOwn: boolean }>();
  const keyOf = ({ client, database }: MadeObject) => JSON.stringify([client, database]);
  for (const item of made) if (item.table === undefined) databases.set(keyOf(item), { item, isOwn: true });
  for (const item of made) {
    if (item.table === undefined) continue;
    const metastore = await engines.ofClient(item.client, "metastore");
    const real = await metastore.getTable(item.database, item.table);
    if (real !== null && (real.owner?.lineage !== lineage || real.owner.address !== address)) continue;
    if (real !== null) {
      await metastore.deleteTable(item.database, item.table);
      dropped.push(`${item.database}.${item.table}`);
    }
    if (!databases.has(keyOf(item))) databases.set(keyOf(item), { item, isOwn: false });
  }
  for (const { item, isOwn } of databases.values()) {
    const metastore = await engines.ofClient(item.client, "metastore");
    if (await dropEmpty(metastore, item.database, lineage, isOwn)) dropped.push(item.database);
  }
  return { entry: null, detail: dropped.length === 0 ? "forgotten" : `dropped ${dropped.join(", ")}` };
}

/**
 * Drops an empty database. The last table takes a database of another deployment with it, since that deployment may be gone. After an
 * interrupted drop, leftovers are removed. True if the database existed.
 */
async function dropEmpty(metastore: Metastore, name: string, lineage: string, isOwn: boolean): Promise<boolean> {
  const real = await metastore.getDatabase(name);
  const isThere = real !== null && real.catalogued !== false;
  const owner = real?.owner;
  const isTheirs = owner?.lineage === lineage && owner.address.startsWith("deployment.");
  if (isThere && owner !== undefined ? !isTheirs : !isOwn) return false;
  try {
    await endDrop(metastore, name);
    return isThere;
  } catch (thrown) {
    if (isProviderError(thrown, "not_empty")) return false;
    throw thrown;
  }
}

async function registration(
  stage: Stage,
  work: Extract<StageWork, { kind: "register" | "unregister" }>,
  setting: ExecuteSetting,
): Promise<StageOutcome> {
  const scheduler = await setting.engines.ofClient(clientOf(stage), "scheduler");
  if (work.kind === "unregister") {
    const owner = (await scheduler.getRegistration?.(work.name))?.owner;
    if (owner !== undefined && owner.lineage !== setting.lineage) return { entry: null, detail: "forgotten" };
    await scheduler.delete?.(work.name);
    return { entry: null, detail: "deleted" };
  }
  if (work.verb === "create")
    await makeOrFind(work.registration.owner, scheduler.register?.(work.registration), () =>
      scheduler.getRegistration?.(work.registration.name),
    );
  else await scheduler.register?.(work.registration);
  const entry: Entry = { status: "applied", ...work.draft, object: registrationContent(work.registration) };
  return { entry, detail: work.verb === "create" ? "registered" : "updated" };
}
