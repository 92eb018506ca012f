/**
 * The world as it would be: what exists, plus what earlier stages would have made. Previews of steps read it, so that a plan can
 * type a query over a table that does not exist yet. Nothing here writes.
 */
import { clientKey } from "../../bundle/effects.ts";
import { inRoot, type Root, rootOf } from "../../bundle/spot.ts";
import { rememberedReferences } from "../../bundle/sql-tables.ts";
import type { Config } from "../../engine/config.ts";
import type { Engines } from "../../engine/engines.ts";
import type { Cache } from "../../model/cache.ts";
import { globRoot, isWithin, normalPath } from "../../model/path.ts";
import { hasReference } from "../../model/references.ts";
import type { Table } from "../../model/table.ts";
import type { DeclaredTables } from "../../operator/declared/declared-tables.ts";
import type { Preview, PreviewContext } from "../../operator/operator.ts";
import { nullOnConflict } from "../../operator/source/unreadable.ts";
import type { ConfigResource } from "../../project/resource.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { describe } from "./describe.ts";
import { liveFiles, quietly } from "./live-files.ts";
import { isReadOtherwise, madeFiles, unitedParts } from "./made-files.ts";
import { createMadePaths, type MadePaths } from "./made-paths.ts";

/** The world of the steps of one config. */
export interface WorldView extends Pick<PreviewContext, "engines" | "declared" | "table" | "files" | "describe"> {
  /** The key of the storage client, and where its paths start. */
  readonly storage: string;
  readonly root?: Root;
  /** True for a path whose data a step of the plan deletes. */
  isRemoved(path: string): boolean;
  /** Whether there are files at a path or glob, or would be by an earlier step; `null` when that can't be told. */
  hasFiles(pattern: string): Promise<boolean | null>;
}

/** The known world, by client. It is filled in the order in which steps would run. */
export interface World {
  /** The part that the steps of one config see. */
  view(config: ConfigResource): Promise<WorldView>;
  /** Records what a step would have made. */
  make(config: ConfigResource, makes: Preview["makes"]): void;
}

/** A world over live engines and the declared tables. `cache` keeps what an engine said about SQL. */
export function createWorld(engines: EngineSource, cache: Cache, declared: (config: Config) => DeclaredTables): World {
  const tables = new Map<string, Table | null>();
  const predicted = new Set<string>();
  const systems = new Map<string, MadePaths>();
  const pathsIn = (system: string): MadePaths => {
    const known = systems.get(system) ?? createMadePaths();
    systems.set(system, known);
    return known;
  };
  const removed: WholePath[] = [];
  const views = new Map<ConfigResource, ReturnType<World["view"]>>();
  const make: World["make"] = (config, makes) => {
    for (const made of makes) {
      if ("table" in made) {
        const key = tableKey(engines, config, made.table.database, made.table.name);
        tables.set(key, made.table);
        if (made.isPredicted === true) predicted.add(key);
        else predicted.delete(key);
      } else if ("dropped" in made) {
        tables.set(tableKey(engines, config, made.dropped.database, made.dropped.table), null);
        if (made.data !== undefined) removed.push(wholePath(engines, config, made.data));
      } else {
        const { system, path } = wholePath(engines, config, made.path);
        pathsIn(system).put(path, made);
      }
    }
  };
  const look = async (config: ConfigResource): ReturnType<World["view"]> => {
    const live = remembering(await engines.ofConfig(config), cache);
    const found = {
      tables: once((key: string) => liveTable(live, key)),
      files: once((key: string) => liveFiles(live, cache, key)),
      hasFiles: once((pattern: string) => quietly(async () => liveHasFiles(live, pattern))),
    };
    const client = clientKey(engines, config, "storage");
    const root = storageRoot(engines, config);
    const whole = (path: string) => wholePath(engines, config, path);
    const { system } = whole("");
    const paths = pathsIn(system);
    const isRemoved = (path: string) =>
      removed.some((gone) => gone.system === system && isWithin(whole(path).path, gone.path));
    const table: PreviewContext["table"] = async (database, name) => {
      const known = tables.get(tableKey(engines, config, database, name));
      return known === undefined ? found.tables(JSON.stringify([database, name])) : known;
    };
    const files: PreviewContext["files"] = async (pattern, options = {}) => {
      const made = madeFiles(paths, whole(pattern).path);
      if (made === null) return hasReference(pattern) ? null : found.files(JSON.stringify([pattern, options]));
      if (!("parts" in made)) return isReadOtherwise(made, options) ? null : made;
      if (made.parts.some((part) => isReadOtherwise(part.files, options))) return null;
      if ((await found.hasFiles(pattern)) === false) return unitedParts(made, null);
      const before = await nullOnConflict(found.files(JSON.stringify([pattern, options])));
      return before === null ? null : unitedParts(made, before);
    };
    return {
      engines: live,
      storage: client,
      ...(root === undefined ? {} : { root }),
      isRemoved,
      hasFiles: async (pattern) => {
        const path = globRoot(normalPath(pattern) ?? pattern);
        return paths.meets(whole(path).path) ? true : isRemoved(path) ? false : found.hasFiles(pattern);
      },
      declared: declared(config),
      table,
      files,
      describe: async (sql, extra, over = table) => {
        const isPredicted = (database: string, name: string) =>
          predicted.has(tableKey(engines, config, database, name));
        const made = async (pattern: string) =>
          madeFiles(paths, whole(pattern).path) === null ? null : ((await files(pattern)) ?? "unknown");
        return describe({ engines: live, cache, table: over, made, isPredicted }, sql, extra);
      },
    };
  };
  return {
    make,
    view: (config) => {
      const view = views.get(config) ?? look(config);
      views.set(config, view);
      return view;
    },
  };
}

/** A path in the system of its client, so that clients with nested roots see the same files. */
interface WholePath {
  readonly system: string;
  readonly path: string;
}

const storageRoot = (engines: EngineSource, config: Config): Root | undefined => {
  const found = engines.recordOf(config, "storage");
  return found === null ? undefined : rootOf(found.record);
};

function wholePath(engines: EngineSource, config: Config, path: string): WholePath {
  const root = storageRoot(engines, config);
  return { system: root?.system ?? "", path: inRoot(root, normalPath(path) ?? path) };
}

const liveHasFiles = async ({ storage }: Engines, pattern: string): Promise<boolean | null> =>
  storage === undefined ? null : (await storage.expand(pattern)).length > 0;

/** Asks once per key, since a plan sees one state of the world. */
function once<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const answer = known.get(key) ?? ask(key);
    known.set(key, answer);
    return answer;
  };
}

/** Engines whose execution remembers which tables a text names. */
function remembering(engines: Engines, cache: Cache): Engines {
  const { execution } = engines;
  if (execution?.references === undefined) return engines;
  const ask = execution.references.bind(execution);
  const references: typeof ask = (statements) => rememberedReferences(statements, execution.dialect, cache, ask);
  return { ...engines, execution: { ...execution, references } };
}

const tableKey = (engines: EngineSource, config: ConfigResource, database: string, name: string) =>
  `${clientKey(engines, config, "metastore")} ${database}.${name}`;

const liveTable = async (engines: Engines, key: string): Promise<Table | null> => {
  const { metastore } = engines;
  const [database = "", name = ""] = JSON.parse(key) as readonly string[];
  return metastore === undefined ? null : quietly(() => metastore.getTable(database, name));
};
