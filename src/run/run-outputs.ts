/** What a run of a deployment left, for the state: tables and databases that belong to it, and the paths that it wrote. */
import { canonical, type Json, type JsonObject } from "../json.ts";
import { normalPath } from "../model/path.ts";
import type { Owner, Table } from "../model/table.ts";
import type { EngineSource } from "../plan/engine-source.ts";
import { configsOf } from "../plan/make-bundle.ts";
import { outputsJson } from "../plan/outputs.ts";
import { type Made, madeBy, wroteBy } from "../plan/plan-removed.ts";
import type { StageWork } from "../plan/stage.ts";
import { findConfig, type Project } from "../project/project.ts";
import { hasFiles } from "../state/outputs-there.ts";
import type { Entry } from "../state/state.ts";
import type { BundleRun } from "./run-bundle.ts";

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
}

/** The object of the deployment's entry: `made` and `wrote` add up over its runs, `outputs` is what this one left. */
export async function whatRunLeft(ended: EndedRun): Promise<JsonObject> {
  const { result, before } = ended;
  const written = pathsWritten(result);
  const wrote = [...new Set([...(before === undefined ? [] : wroteBy(before)), ...written])].sort();
  const { made, tables } = await readMade(ended);
  // A run that failed is done again whatever became of its outputs.
  const outputs =
    result.run.state === "succeeded" ? outputsJson(tables, await pathsThere(ended, new Set(written))) : {};
  return {
    ...(made.length === 0 ? {} : { made: made as unknown as Json }),
    ...(wrote.length === 0 ? {} : { wrote }),
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

/** Paths that the steps of a run wrote. */
function pathsWritten({ steps }: BundleRun): readonly string[] {
  return steps.flatMap(({ state, outputs: { output_path: path } }) =>
    state === "succeeded" && typeof path === "string" ? [normalPath(path) ?? path] : [],
  );
}

/** Of the paths that it was to write and wrote, those with files: what it only needed on the way is gone. */
async function pathsThere(
  { project, engines, work }: EndedRun,
  written: ReadonlySet<string>,
): Promise<readonly string[]> {
  const there = new Set<string>();
  for (const { configId, path } of work.paths) {
    const config = written.has(path) ? findConfig(project, configId) : null;
    const storage = config === null ? undefined : (await engines.ofConfig(config)).storage;
    if (storage !== undefined && (await hasFiles(async () => storage, path)) === true) there.add(path);
  }
  return [...there];
}

const keyOf = (item: Made): string => canonical(item as unknown as Json);

/** Tables that steps say they wrote: their names may have been unknown before. */
function tablesWritten({ bundle }: RunWork, { steps }: BundleRun): RunWork["writes"] {
  const records = new Map(steps.map((record) => [record.step, record]));
  return bundle.steps.flatMap(({ id, configId, operator }) => {
    const { database_name: database, table_name: table } = records.get(id)?.outputs ?? {};
    const writes = operator.writes.some((touch) => "table" in touch);
    return writes && typeof database === "string" && typeof table === "string" ? [{ configId, database, table }] : [];
  });
}

/** Tables that belong to the deployment now, as they are there, and databases that its runs made. */
async function readMade({
  project,
  engines,
  work,
  result,
  owner,
  absent,
  before,
}: EndedRun): Promise<{ readonly made: readonly Made[]; readonly tables: readonly Table[] }> {
  const made = new Map<string, Made>((before === undefined ? [] : madeBy(before)).map((item) => [keyOf(item), item]));
  const tables = new Map<string, Table>();
  const configs = configsOf(project, work.bundle.steps);
  const isOurs = (other: Owner | undefined) => other?.lineage === owner.lineage && other.address === owner.address;
  for (const { configId, database, table } of [...work.writes, ...tablesWritten(work, result)]) {
    const config = configs.get(configId);
    const record = config === undefined ? null : engines.recordOf(config, "metastore");
    const metastore = config === undefined ? undefined : (await engines.ofConfig(config)).metastore;
    if (record === null || metastore === undefined) continue;
    const real = await metastore.getTable(database, table);
    const item: Made = { client: record.record, database, table };
    if (real !== null && isOurs(real.owner)) {
      made.set(keyOf(item), item);
      tables.set(keyOf(item), real);
    } else {
      made.delete(keyOf(item));
      tables.delete(keyOf(item));
    }
    const home = await metastore.getDatabase(database);
    if (home?.catalogued === true && (absent.has(`${configId} ${database}`) || isOurs(home.owner))) {
      const { table: _, ...whole } = item;
      made.set(keyOf(whole), whole);
    }
  }
  // In an order of its own: a run that is done again after a crash knows of them in another one.
  const sorted = [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return { made: sorted, tables: [...tables.values()] };
}
