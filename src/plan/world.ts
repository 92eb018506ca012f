/**
 * The world as it would be: what is there, and on top of it what the stages before would have made. Previews of steps read it, so
 * that a plan can type a query over a table that does not exist yet. Nothing here writes.
 */
import { readSchema } from "../catalog/schema-reader.ts";
import { digest, type Json, type JsonObject } from "../json.ts";
import { formatDataType, parseDataType, unknown } from "../model/data-type.ts";
import { globRoot, isWithin, normalPath } from "../model/path.ts";
import type { Schema } from "../model/schema.ts";
import type { Table } from "../model/table.ts";
import type { Engines, Preview, PreviewContext } from "../operator/operator.ts";
import type { ConfigResource } from "../project/resource.ts";
import { isProviderError } from "../provider/error.ts";
import type { EngineSource } from "./engine-source.ts";
import { clientKey } from "./places.ts";
import type { Memory } from "./sql-tables.ts";

type Files = NonNullable<Awaited<ReturnType<PreviewContext["files"]>>>;

/** What is known of the world by client; filled in the order in which steps would run. */
export interface World {
  /** The part of it that the steps of one config see. */
  view(config: ConfigResource): Promise<Pick<PreviewContext, "engines" | "table" | "files" | "describe">>;
  /** Notes what a step would have made. */
  make(config: ConfigResource, makes: Preview["makes"]): void;
}

/** A world over live engines. `memory` keeps what an engine said of SQL. */
export function createWorld(engines: EngineSource, memory: Memory): World {
  const tables = new Map<string, Table | null>();
  const paths: { readonly client: string; readonly path: string; readonly files: Files }[] = [];
  return {
    make: (config, makes) => {
      for (const made of makes) {
        if ("table" in made) tables.set(tableKey(engines, config, made.table.database, made.table.name), made.table);
        else if ("dropped" in made)
          tables.set(tableKey(engines, config, made.dropped.database, made.dropped.table), null);
        else
          paths.push({
            client: clientKey(engines, config, "storage"),
            path: normalPath(made.path) ?? made.path,
            files: made,
          });
      }
    },
    view: async (config) => {
      const live = await engines.ofConfig(config);
      const table = async (database: string, name: string): Promise<Table | null> => {
        const known = tables.get(tableKey(engines, config, database, name));
        return known === undefined ? liveTable(live, database, name) : known;
      };
      const client = clientKey(engines, config, "storage");
      return {
        engines: live,
        table,
        files: async (pattern) => madeFiles(paths, client, pattern) ?? liveFiles(live, pattern),
        describe: (sql, extra) => describe(live, memory, sql, extra, table),
      };
    },
  };
}

const tableKey = (engines: EngineSource, config: ConfigResource, database: string, name: string) =>
  `${clientKey(engines, config, "metastore")} ${database}.${name}`;

/** What an earlier step would have written where a later one reads: the last one wins. */
function madeFiles(
  paths: readonly { readonly client: string; readonly path: string; readonly files: Files }[],
  client: string,
  pattern: string,
): Files | null {
  const wanted = globRoot(normalPath(pattern) ?? pattern);
  const found = paths.filter((made) => made.client === client && isWithin(wanted, made.path)).at(-1);
  return found?.files ?? null;
}

/** A verb that fails while planning means that nothing can be said; the run will say why. */
async function quietly<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (isProviderError(thrown)) return null;
    throw thrown;
  }
}

const liveTable = async (engines: Engines, database: string, name: string): Promise<Table | null> => {
  const { metastore } = engines;
  return metastore === undefined ? null : quietly(() => metastore.getTable(database, name));
};

async function liveFiles(engines: Engines, pattern: string): Promise<Files | null> {
  const { storage } = engines;
  if (storage === undefined) return null;
  const reading = await quietly(() => readSchema(storage, pattern));
  if (reading === null || reading.conflict !== undefined) return null;
  return { columns: reading.columns, partitions: reading.partitions, format: reading.format };
}

async function describe(
  engines: Engines,
  memory: Memory,
  sql: string,
  extra: Parameters<PreviewContext["describe"]>[1],
  table: PreviewContext["table"],
): ReturnType<PreviewContext["describe"]> {
  const { execution } = engines;
  if (execution?.describe === undefined || execution.references === undefined) return null;
  const key = digest(["references", execution.dialect, sql]);
  const references =
    (memory.get(key) as unknown as Awaited<ReturnType<NonNullable<typeof execution.references>>>[number] | undefined) ??
    (await execution.references([sql]))[0];
  if (references === undefined) return null;
  memory.put(key, references as unknown as Json);
  if (!references.ok) return references;
  const shadows: { readonly name: readonly string[]; readonly table: Pick<Table, "columns" | "partitions"> }[] =
    extra.map((item) => ({ name: [item.name], table: item.table }));
  for (const parts of references.tables) {
    const known = extra.some((item) => parts.length === 1 && item.name === parts[0]);
    if (known) continue;
    const found = parts.length < 2 ? null : await table(parts.at(-2) ?? "", parts.at(-1) ?? "");
    if (found === null || isOpen(found)) return null;
    shadows.push({ name: parts.slice(-2), table: found });
  }
  return typed(execution, memory, sql, shadows);
}

/** A table whose columns are not known yet can't type anything. */
const isOpen = (table: Table) =>
  table.columns.length === 0 || table.columns.some((column) => column.type.kind === "unknown");

async function typed(
  execution: NonNullable<Engines["execution"]>,
  memory: Memory,
  sql: string,
  shadows: Parameters<NonNullable<typeof execution.describe>>[1],
): ReturnType<PreviewContext["describe"]> {
  const key = digest([
    "describe",
    execution.dialect,
    sql,
    shadows.map((item) => [[...item.name], columnsJson([...item.table.columns, ...item.table.partitions])]),
  ] as Json);
  const known = memory.get(key) as JsonObject | undefined;
  if (known !== undefined)
    return "columns" in known ? { ok: true, columns: columnsFrom(known.columns as Json) } : (known as never);
  const answer = await execution.describe?.(sql, shadows);
  if (answer === undefined || (!answer.ok && answer.undecided === true)) return null;
  memory.put(
    key,
    answer.ok
      ? { columns: columnsJson(answer.columns) }
      : { ok: false, message: answer.message, ...(answer.offset === undefined ? {} : { offset: answer.offset }) },
  );
  return answer;
}

const columnsJson = (columns: Schema): Json =>
  columns.map((column) => [column.name, formatDataType(column.type), column.nullable]);

const columnsFrom = (value: Json): Schema =>
  (value as readonly (readonly [string, string, boolean])[]).map(([name, type, nullable]) => ({
    name,
    type: parseDataType(type) ?? unknown,
    nullable,
  }));
