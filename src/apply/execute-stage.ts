/** The verbs of one stage, and the entry that follows from what they gave. Deployments run through `run`, which is passed in. */
import type { Metastore } from "../engine/metastore.ts";
import type { JsonObject } from "../json.ts";
import { tableContent } from "../plan/declared.ts";
import type { EngineSource } from "../plan/engine-source.ts";
import { registrationContent } from "../plan/plan-registration.ts";
import type { Made } from "../plan/plan-removed.ts";
import type { Stage, StageWork } from "../plan/stage.ts";
import { isProviderError, ProviderError } from "../provider/error.ts";
import type { ClientRecord, Entry } from "../state/state.ts";
import type { StageOutcome } from "./apply.ts";

/** What executing needs besides the stage. */
export interface ExecuteSetting {
  readonly engines: EngineSource;
  readonly lineage: string;
  readonly run: (stage: Stage, work: Extract<StageWork, { kind: "run" }>) => Promise<StageOutcome>;
}

/** Does the work of a stage. Throws ProviderError when a verb failed. */
export async function executeStage(stage: Stage, setting: ExecuteSetting): Promise<StageOutcome> {
  const { work } = stage;
  switch (work.kind) {
    case "record":
      return { entry: work.entry, detail: "recorded" };
    case "forget":
      return { entry: null, detail: "forgotten" };
    case "run":
      return setting.run(stage, work);
    case "database":
      return database(work, await metastoreOf(stage, setting));
    case "table":
      return table(work, await metastoreOf(stage, setting));
    case "drop_database":
      await (await metastoreOf(stage, setting)).deleteDatabase(work.name);
      return { entry: null, detail: "dropped" };
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
  if (work.verb === "create") await metastore.createDatabase(work.database);
  const { owner: _, ...content } = work.database;
  const entry: Entry = { status: "applied", ...work.draft, object: content as unknown as JsonObject };
  return { entry, detail: work.verb === "create" ? "created" : "adopted" };
}

async function table(work: Extract<StageWork, { kind: "table" }>, metastore: Metastore): Promise<StageOutcome> {
  const { database: name, name: tableName } = work.table;
  if (work.verb === "create") await metastore.createTable(work.table);
  else await metastore.updateTable(work.table, work.ifVersion === undefined ? {} : { ifVersion: work.ifVersion });
  const real = await metastore.getTable(name, tableName);
  const entry: Entry = { status: "applied", ...work.draft, object: tableContent(real ?? work.table) };
  return { entry, detail: work.verb === "create" ? "created" : work.verb === "adopt" ? "adopted" : "updated" };
}

async function dropTable(
  stage: Stage,
  work: Extract<StageWork, { kind: "drop_table" }>,
  setting: ExecuteSetting,
): Promise<StageOutcome> {
  const metastore = await metastoreOf(stage, setting);
  const real = await metastore.getTable(work.database, work.name);
  if (real?.owner !== undefined && real.owner.lineage !== setting.lineage) {
    throw new ProviderError(
      "denied",
      `Table "${work.database}.${work.name}" belongs to another project now. Run "mason state rm ${stage.address}" to forget it.`,
    );
  }
  await metastore.deleteTable(work.database, work.name);
  if (!work.deleteData || work.location === undefined || stage.storage === undefined)
    return { entry: null, detail: "dropped" };
  if (work.location === "")
    throw new ProviderError(
      "denied",
      `The location of table "${work.database}.${work.name}" is the root of its storage, which Mason never deletes.`,
    );
  const storage = await setting.engines.ofClient(stage.storage, "storage");
  await storage.delete(work.location);
  return { entry: null, detail: "dropped, with its files" };
}

/** Drops what runs made and what is still theirs; a database only when nothing is left in it. */
async function dropMade(
  made: readonly Made[],
  { engines, lineage }: ExecuteSetting,
  address: string,
): Promise<StageOutcome> {
  const dropped: string[] = [];
  const tablesFirst = [...made].sort((a, b) => Number(a.table === undefined) - Number(b.table === undefined));
  for (const item of tablesFirst) {
    const metastore = await engines.ofClient(item.client, "metastore");
    if (item.table !== undefined) {
      const real = await metastore.getTable(item.database, item.table);
      if (real?.owner?.lineage !== lineage || real.owner.address !== address) continue;
      await metastore.deleteTable(item.database, item.table);
      dropped.push(`${item.database}.${item.table}`);
    } else if (await dropEmpty(metastore, item.database, lineage)) dropped.push(item.database);
  }
  return { entry: null, detail: dropped.length === 0 ? "forgotten" : `dropped ${dropped.join(", ")}` };
}

async function dropEmpty(metastore: Metastore, name: string, lineage: string): Promise<boolean> {
  const real = await metastore.getDatabase(name);
  if (real === null || real.catalogued === false || (real.owner !== undefined && real.owner.lineage !== lineage))
    return false;
  try {
    await metastore.deleteDatabase(name);
    return true;
  } catch (thrown) {
    if (isProviderError(thrown, "not_empty")) return false;
    throw thrown;
  }
}

async function registration(
  stage: Stage,
  work: Extract<StageWork, { kind: "register" | "unregister" }>,
  { engines }: ExecuteSetting,
): Promise<StageOutcome> {
  const scheduler = await engines.ofClient(clientOf(stage), "scheduler");
  if (work.kind === "unregister") {
    await scheduler.delete?.(work.name);
    return { entry: null, detail: "deleted" };
  }
  await scheduler.register?.(work.registration);
  const entry: Entry = { status: "applied", ...work.draft, object: registrationContent(work.registration) };
  return { entry, detail: work.verb === "create" ? "registered" : "updated" };
}
