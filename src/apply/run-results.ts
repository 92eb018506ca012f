/** What a run of a deployment left, for the state: tables and databases that belong to it, and the paths that it wrote. */
import type { Address } from "../address.ts";
import { stepsOfMason } from "../bundle/bundle.ts";
import { configsOf } from "../bundle/make-bundle.ts";
import { hasFiles } from "../catalog/has-files.ts";
import type { Metastore } from "../engine/metastore.ts";
import { canonical, type Json, type JsonObject } from "../json.ts";
import { normalPath } from "../model/path.ts";
import type { StepRecord } from "../model/run.ts";
import type { Owner, Table } from "../model/table.ts";
import { markOwner } from "../operator/mark-owner.ts";
import type { Outputs } from "../plan/drift/outputs.ts";
import type { StageWork } from "../plan/stage.ts";
import { findConfig, type Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { isProviderError } from "../provider/error.ts";
import { tableContent } from "../state/declared.ts";
import type { BegunPath } from "../state/journal-entry.ts";
import { type MadeObject, objectsMadeBy } from "../state/made-objects.ts";
import type { Entry } from "../state/state.ts";
import type { BundleRun } from "../step/run-bundle.ts";

type RunWork = Extract<StageWork, { kind: "run" }>;

/** A run that came to its end. */
export interface EndedRun {
  readonly project: Project;
  readonly engines: EngineSource;
  readonly work: RunWork;
  readonly result: BundleRun;
  readonly owner: Owner;
  /** {@link absentDatabases} before it. */
  readonly absent: ReadonlySet<string>;
  /** The entry of the deployment before it. */
  readonly before: Entry | undefined;
  /** Paths where nothing was before an earlier part of it that was cut off. */
  readonly fresh: readonly string[];
  /** Paths that runs before it, or an earlier part of it, wrote. */
  readonly earlier: readonly string[];
  /** Whether the state has an address. */
  readonly known: (address: Address) => boolean;
}

/** The object of the deployment's entry: `made` and `wrote` add up over its runs, `outputs` is what this one left. */
export async function runResults(ended: EndedRun): Promise<JsonObject> {
  const { result } = ended;
  const isDone = result.run.state === "succeeded";
  const written = [...pathsWritten(result.steps), ...ended.earlier, ...(isDone ? [] : ended.fresh)];
  const wrote = new Set(written);
  const { made, tables } = await readMade(ended);
  // A run that failed is done again whatever became of its outputs.
  const outputs: Outputs = isDone ? { ...tables, ...Object.fromEntries(await pathsThere(ended)) } : {};
  return {
    ...(made.length === 0 ? {} : { made: made as unknown as Json }),
    ...(wrote.size === 0 ? {} : { wrote: [...wrote].sort() }),
    ...(Object.keys(outputs).length === 0 ? {} : { outputs }),
  };
}

/** Databases of the tables that it writes that are not there yet: if they are afterwards, the run made them. */
export async function absentDatabases(
  project: Project,
  engines: EngineSource,
  work: RunWork,
): Promise<ReadonlySet<string>> {
  const absent = new Set<string>();
  for (const { configId, database } of work.writes) {
    const config = findConfig(project, configId);
    const metastore = config === null ? undefined : (await engines.ofConfig(config)).metastore;
    const real = await metastore?.getDatabase(database);
    if (real === null || real?.catalogued === false) absent.add(`${configId} ${database}`);
  }
  return absent;
}

/** Paths that operators of Mason are to write for this run, and whether something is there. */
export async function begunPaths(
  project: Project,
  engines: EngineSource,
  work: RunWork,
  run: string,
): Promise<readonly BegunPath[]> {
  const whole = stepsOfMason(work.bundle);
  const begun: BegunPath[] = [];
  for (const { configId, path, steps } of work.paths) {
    const config = steps.some((step) => whole.has(step)) ? findConfig(project, configId) : null;
    const storage = config === null ? undefined : (await engines.ofConfig(config)).storage;
    const record = config === null ? null : engines.recordOf(config, "storage");
    if (storage === undefined || record === null) continue;
    const isThere = await hasFiles(async () => storage, path).catch((thrown) => {
      // The run itself says what is wrong with its storage.
      if (!isProviderError(thrown)) throw thrown;
      return null;
    });
    begun.push({ client: record.record, path, steps, runs: [run], ...(isThere === false ? { fresh: true } : {}) });
  }
  return begun;
}

/** Paths that steps wrote. */
export function pathsWritten(steps: readonly StepRecord[]): readonly string[] {
  return steps.flatMap(({ state, outputs: { output_path: path } }) =>
    state === "succeeded" && typeof path === "string" ? [normalPath(path) ?? path] : [],
  );
}

/** Of the paths that steps wrote, those with files: what it only needed on the way is gone. */
async function pathsThere({ project, engines, work, result }: EndedRun): Promise<readonly [string, JsonObject][]> {
  const succeeded = new Set(result.steps.flatMap(({ step, state }) => (state === "succeeded" ? [step] : [])));
  const there: [string, JsonObject][] = [];
  for (const { configId, path, name, steps } of work.paths) {
    const config = steps.some((step) => succeeded.has(step)) ? findConfig(project, configId) : null;
    const storage = config === null ? undefined : (await engines.ofConfig(config)).storage;
    if (storage !== undefined && (await hasFiles(async () => storage, path)) === true) there.push([name, {}]);
  }
  return there;
}

const keyOf = (item: MadeObject): string => canonical(item as unknown as Json);

/** A table that a run wrote; the name is that of the place, where it was known before. */
interface Written {
  readonly configId: string;
  readonly database: string;
  readonly table: string;
  readonly name?: string;
}

/** Tables that steps say they wrote: their names may have been unknown before. */
function tablesWritten({ bundle }: RunWork, { steps }: BundleRun): readonly Written[] {
  const records = new Map(steps.map((record) => [record.step, record]));
  return bundle.steps.flatMap(({ id, configId, operator }) => {
    const { database_name: database, table_name: table } = records.get(id)?.outputs ?? {};
    const writes = operator.writes.some((touch) => "table" in touch);
    return writes && typeof database === "string" && typeof table === "string" ? [{ configId, database, table }] : [];
  });
}

/** Tables that belong to the deployment now, as they are there, and databases that its runs made. */
async function readMade(ended: EndedRun): Promise<{ readonly made: readonly MadeObject[]; readonly tables: Outputs }> {
  const { project, engines, work, result, owner, absent, before } = ended;
  const made = new Map<string, MadeObject>(
    (before === undefined ? [] : objectsMadeBy(before)).map((item) => [keyOf(item), item]),
  );
  const tables: Record<string, JsonObject> = {};
  const configs = configsOf(project, work.bundle.steps);
  const isOurs = (other: Owner | undefined) => other?.lineage === owner.lineage && other.address === owner.address;
  const written: readonly Written[] = [...work.writes, ...tablesWritten(work, result)];
  for (const { configId, database, table, name } of written) {
    const config = configs.get(configId);
    const record = config === undefined ? null : engines.recordOf(config, "metastore");
    const metastore = config === undefined ? undefined : (await engines.ofConfig(config)).metastore;
    if (record === null || metastore === undefined) continue;
    const item: MadeObject = { client: record.record, database, table };
    const real = await markedAgain(metastore, await metastore.getTable(database, table), ended, made.has(keyOf(item)));
    if (real !== null && isOurs(real.owner)) {
      made.set(keyOf(item), item);
      if (name !== undefined) tables[name] = tableContent(real);
    } else made.delete(keyOf(item));
    const home = await metastore.getDatabase(database);
    if (home?.catalogued === true && (absent.has(`${configId} ${database}`) || isOurs(home.owner))) {
      const { table: _, ...whole } = item;
      made.set(keyOf(whole), whole);
    }
  }
  // In an order of its own: a run that is done again after a crash knows of them in another one.
  const sorted = [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return { made: sorted, tables };
}

/**
 * A table that somebody dropped and made again is written by the run all the same: it belongs to the deployment again. So does one that a
 * rename which was cut off gave to a name that is not used any more.
 */
async function markedAgain(
  metastore: Metastore,
  real: Table | null,
  { owner, result, project, known }: EndedRun,
  wasOurs: boolean,
): Promise<Table | null> {
  const { lineage, address = "" } = real?.owner ?? {};
  const isNobodys = lineage === owner.lineage && !project.resources.has(address) && !known(address);
  const isLost = real?.catalogued === true && (real.owner === undefined || (address !== owner.address && isNobodys));
  if (real === null || !isLost || !wasOurs || result.run.state !== "succeeded") return real;
  await markOwner(metastore, real, owner);
  return metastore.getTable(real.database, real.name);
}
