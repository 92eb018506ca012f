/** Reads the results of a deployment's run for the state: its tables, its databases, and the paths that it wrote. */
import type { Address } from "../address.ts";
import { stepsOfMason } from "../bundle/bundle.ts";
import { configsOf } from "../bundle/make-bundle.ts";
import { hasFiles } from "../catalog/has-files.ts";
import type { Metastore } from "../engine/metastore.ts";
import { type LeftPath, leftByRun } from "../facts/left-by-run.ts";
import { canonical, type Json, type JsonObject } from "../json.ts";
import { normalPath } from "../model/path.ts";
import type { OutputList, StepRecord } from "../model/run.ts";
import type { Owner, Table } from "../model/table.ts";
import { markOwner } from "../operator/mark-owner.ts";
import type { StageWork } from "../plan/stage.ts";
import { findConfig, type Project } from "../project/project.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { isProviderError } from "../provider/error.ts";
import { tableContent } from "../state/declared.ts";
import type { BegunPath } from "../state/journal-entry.ts";
import { type MadeObject, objectsMadeBy } from "../state/made-objects.ts";
import { type Outputs, outputsOf } from "../state/outputs.ts";
import type { Entry } from "../state/state.ts";
import type { BundleRun } from "../step/run-bundle.ts";

type RunWork = Extract<StageWork, { kind: "run" }>;

/** An ended run, with what its results depend on. */
export interface EndedRun {
  readonly project: Project;
  readonly engines: EngineSource;
  readonly work: RunWork;
  readonly result: BundleRun;
  readonly owner: Owner;
  /** The {@link absentDatabases} before the run. */
  readonly absent: ReadonlySet<string>;
  /** The entry of the deployment before the run. */
  readonly before: Entry | undefined;
  /** Paths that were empty before the interrupted part of the run. */
  readonly fresh: readonly string[];
  /** Paths that earlier runs, or the interrupted part of this one, wrote. */
  readonly earlier: readonly string[];
  /** True if the state has the address. */
  readonly known: (address: Address) => boolean;
}

/** The object of the deployment's entry, and the lists of the files that this run wrote. `made` and `wrote` add up over its runs; `outputs` is what this run left. */
export async function runResults(
  ended: EndedRun,
): Promise<{ readonly object: JsonObject; readonly lists: readonly OutputList[] }> {
  const { result } = ended;
  const isDone = result.run.state === "succeeded";
  const written = [...pathsWritten(result.steps), ...ended.earlier, ...(isDone ? [] : ended.fresh)];
  const wrote = new Set(written);
  const { made, tables } = await readMade(ended);
  const left = await leftAt(ended);
  const paths = Object.fromEntries(left.map(({ name, record }) => [name, record]));
  // A failed run is repeated whatever its outputs are. It still tells its own files from those of others.
  const outputs: Outputs = isDone ? { ...tables, ...paths } : { ...recordedPaths(ended), ...paths };
  const object = {
    ...(made.length === 0 ? {} : { made: made as unknown as Json }),
    ...(wrote.size === 0 ? {} : { wrote: [...wrote].sort() }),
    ...(Object.keys(outputs).length === 0 ? {} : { outputs }),
  };
  return { object, lists: left.flatMap(({ list }) => list ?? []) };
}

/** What the runs before recorded of the paths that the run may write. */
function recordedPaths({ work, before }: EndedRun): Outputs {
  const known = before === undefined ? {} : outputsOf(before);
  const names = work.paths.flatMap(({ name }) => (known[name] === undefined ? [] : [name]));
  return Object.fromEntries(names.map((name) => [name, known[name] ?? {}]));
}

/** Missing databases of the tables that the run writes. If they exist afterwards, the run made them. */
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

/** The paths that Mason's own operators will write in this run, and whether each one is empty. */
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
      // The run itself reports what is wrong with its storage.
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

/** The files that succeeded steps left. Intermediate ones may be gone already. */
const leftAt = ({ project, engines, work: { bundle, paths }, result }: EndedRun): Promise<readonly LeftPath[]> =>
  leftByRun(result, { bundle, paths, configOf: (id) => findConfig(project, id) }, engines);

const keyOf = (item: MadeObject): string => canonical(item as unknown as Json);

/** A table that a run wrote. The name is that of its place, if the plan knew it. */
interface Written {
  readonly configId: string;
  readonly database: string;
  readonly table: string;
  readonly name?: string;
}

/** Tables that the steps report: the plan may not have known their names. */
function tablesWritten({ bundle }: RunWork, { steps }: BundleRun): readonly Written[] {
  const records = new Map(steps.map((record) => [record.step, record]));
  return bundle.steps.flatMap(({ id, configId, operator }) => {
    const { database_name: database, table_name: table } = records.get(id)?.outputs ?? {};
    const writes = operator.writes.some((touch) => "table" in touch);
    return writes && typeof database === "string" && typeof table === "string" ? [{ configId, database, table }] : [];
  });
}

/** The deployment's own tables as they are now, and the databases that its runs made. */
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
  // Sorted, since a run repeated after a crash finds them in another order.
  const sorted = [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return { made: sorted, tables };
}

/**
 * The table, marked as the deployment's own again if it lost its mark: somebody dropped and remade it before the run wrote it, or an
 * interrupted rename gave it to a name that is no longer used.
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
