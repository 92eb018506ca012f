/**
 * Publishing of a table, where the engine writes tables and no files. The job writes a table beside the wanted one, which takes its name
 * when it is complete. So nobody reads half a table, and a failed job leaves none.
 */
import type { Engines } from "../../engine/engines.ts";
import type { Metastore } from "../../engine/metastore.ts";
import type { TableSink } from "../../job/job.ts";
import { namedByPath } from "../../model/path.ts";
import type { FileFormat, Table } from "../../model/table.ts";
import { ProviderError } from "../../provider/error.ts";
import { markOwner } from "../mark-owner.ts";
import type { OperatorContext } from "../operator.ts";
import { refuseForeign } from "../owner.ts";
import { invalid } from "../parameters.ts";
import { engineOf } from "../source/source.ts";
import { verbOf } from "../verb.ts";
import { messageOf, type PreparedSink, refuseCancelled } from "./output-work.ts";

/** An output that is a table. */
export interface TableOutput {
  /** `database/table`. */
  readonly path: string;
  readonly askedFormat?: FileFormat;
  readonly partitionBy?: readonly string[];
  readonly overwrite: boolean;
  /** Tables that are read, as paths. */
  readonly inputs: readonly string[];
}

/** A table in progress. */
export interface PreparedTable extends Omit<PreparedSink, "place"> {
  readonly target: TableSink;
}

/** A table that is being replaced: its name, and the names beside it that belong to this try. */
interface Names {
  readonly database: string;
  readonly table: string;
  /** The table that the job writes. */
  readonly staged: string;
  /** The old table while the new one takes its name. */
  readonly aside: string;
}

interface Place extends Names {
  readonly metastore: Metastore;
  readonly rename: NonNullable<Metastore["renameTable"]>;
  readonly context: OperatorContext;
  readonly overwrite: boolean;
}

/** True where an output is a table of the engine, since the config has no storage for files. */
export const writesTables = ({ storage, knowsTables }: Engines): boolean =>
  storage === undefined && knowsTables === true;

/** Checks the name of the table and returns a sink beside it. */
export async function prepareTable(context: OperatorContext, options: TableOutput): Promise<PreparedTable> {
  const metastore = engineOf(context.engines, "metastore");
  const rename = verbOf(context.engines, "metastore", "renameTable");
  const problem = refusedTable(context, options);
  const named = namedByPath(options.path);
  if (problem !== null || named === null) throw invalid(problem ?? options.path);
  const place = {
    metastore,
    rename,
    context,
    overwrite: options.overwrite,
    ...named,
    ...besides(named.table, context.token),
  };
  const before = await recover(place);
  if (before !== null) refuseForeign(`Table "${options.path}"`, before.owner, context.owner);
  if (before !== null && !mayReplace(before, place)) throw new ProviderError("exists", existingTable(named));
  const target = tableSink({ ...options, ...named }, context.token);
  return { target, commit: () => publish(place), abandon: () => abandon(place) };
}

/** The table that a job writes for the run with this token. */
export function tableSink(
  {
    database,
    table,
    askedFormat,
    partitionBy = [],
  }: Pick<TableOutput, "askedFormat" | "partitionBy"> & Pick<Names, "database" | "table">,
  token: string,
): TableSink {
  const format = askedFormat === undefined ? {} : { format: askedFormat };
  return { kind: "table", table: [database, besides(table, token).staged], mode: "create", ...format, partitionBy };
}

/** The problem of a table that exists and may not be replaced. */
export const existingTable = ({ database, table }: Pick<Names, "database" | "table">): string =>
  `The table "${database}.${table}" already exists. Set overwrite: true to replace its rows, or choose another output_path.`;

/** Names that another try does not use. Engines fold case, and not all of them take a dash. */
function besides(table: string, token: string): Pick<Names, "staged" | "aside"> {
  const mark = token.replaceAll("-", "_");
  return { staged: `${table}__mason_${mark}`, aside: `${table}__mason_old_${mark}` };
}

/** The run of a deployment replaces what it made itself. */
const mayReplace = ({ owner }: Table, { overwrite, context }: Place): boolean =>
  overwrite ||
  (owner !== undefined && owner.lineage === context.owner?.lineage && owner.address === context.owner.address);

/** Why an output can't become the table that its path names, or `null`. */
export function refusedTable(
  { declared }: Pick<OperatorContext, "declared">,
  { path, inputs }: Pick<TableOutput, "path" | "inputs">,
): string | null {
  const named = namedByPath(path);
  if (named === null)
    return `"${path}" names no table. This config has no storage, so outputs are tables of its engine: write output_path as "database/table".`;
  if (inputs.some((input) => input.toLowerCase() === path.toLowerCase()))
    return `The output "${path}" is the table that is read. Choose another output_path.`;
  const found = declared.named(named.database, named.table);
  return found === null
    ? null
    : `The output "${path}" is the table that "${found.address}" declares, and on this engine Mason writes only tables that nobody declares. Choose another output_path, or remove the declaration.`;
}

/** Undoes what an earlier process left under the same token, and returns the table that is there. */
async function recover(place: Place): Promise<Table | null> {
  const { metastore, rename, database, table, staged, aside } = place;
  for (const token of [...(place.context.supersedes ?? []), place.context.token]) {
    const theirs = besides(table, token);
    await metastore.deleteTable(database, theirs.staged);
    const old = await metastore.getTable(database, theirs.aside);
    if (old === null) continue;
    if ((await metastore.getTable(database, table)) === null) await rename(database, theirs.aside, table);
    else await metastore.deleteTable(database, theirs.aside);
  }
  await Promise.all([metastore.deleteTable(database, staged), metastore.deleteTable(database, aside)]);
  return metastore.getTable(database, table);
}

async function publish(place: Place): Promise<void> {
  const { metastore, rename, database, table, staged, aside, context } = place;
  if (context.owner !== undefined) {
    const made = await metastore.getTable(database, staged);
    if (made !== null) await markOwner(metastore, made, context.owner);
  }
  refuseCancelled(context);
  const isOld = (await metastore.getTable(database, table)) !== null;
  if (isOld) await rename(database, table, aside);
  try {
    await rename(database, staged, table);
  } catch (error) {
    if (isOld) await rename(database, aside, table);
    throw error;
  }
  if (!isOld) return;
  await metastore.deleteTable(database, aside).catch((error) => {
    context.log(`Could not remove the old table "${database}.${aside}": ${messageOf(error)}`);
  });
}

/** Logs what it can't undo, so that people see the failure that led here. */
async function abandon({ metastore, rename, database, table, staged, aside, context }: Place): Promise<void> {
  try {
    await metastore.deleteTable(database, staged);
    const isLost = (await metastore.getTable(database, table)) === null;
    if (isLost && (await metastore.getTable(database, aside)) !== null) await rename(database, aside, table);
  } catch (error) {
    context.log(`Could not remove the table "${database}.${staged}": ${messageOf(error)}`);
  }
}
