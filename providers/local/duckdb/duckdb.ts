/**
 * The embedded DuckDB of the local provider: one instance that all jobs share, so that `threads` and `memory_limit` hold for all of them
 * together, with a few connections that are set up before the configuration is locked. The SDK loads on first use.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import { ProviderError } from "../../../src/provider/error.ts";
import { dialects } from "../../../src/sql/dialect.ts";
import { literalGlob } from "../../../src/sql/dialects/duckdb/names.ts";
import { quoteString } from "../../../src/sql/quote.ts";
import { duckDbSdk } from "./sdk.ts";

/** The limits of an instance. */
export interface DuckDbLimits {
  /** Absolute directories that SQL may read and write. Without one, it can reach no file. */
  readonly directories: readonly string[];
  /** The directory that it spills to; `null`: it doesn't spill. */
  readonly temporary: string | null;
  readonly threads?: number;
  /** In DuckDB's notation: `2GB`. */
  readonly memory: string;
  readonly temporarySize?: string;
  /** False for an instance that only types statements and never runs them. */
  readonly optimizes?: boolean;
  /** The number of connections, and so of jobs that run at a time. */
  readonly connections: number;
}

/** An open instance. */
export interface DuckDb {
  /** Waits for a free connection and lends it to `work`. Rejects when `signal` aborts during the wait. */
  use<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): void;
}

const text = (value: string) => quoteString(value, dialects.duckdb);

/** Opens an instance that can reach only its directories and whose settings are locked. */
export async function openDuckDb(limits: DuckDbLimits): Promise<DuckDb> {
  const { DuckDBInstance } = await duckDbSdk();
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: limits.memory,
    ...(limits.threads === undefined ? {} : { threads: String(limits.threads) }),
  });
  const idle: DuckDBConnection[] = [];
  for (let count = 0; count < limits.connections; count++) {
    const connection = await instance.connect();
    for (const statement of connectionSettings(limits)) await connection.run(statement);
    idle.push(connection);
  }
  for (const statement of instanceSettings(limits)) await idle[0]?.run(statement);
  return pool(idle, () => instance.closeSync());
}

// `progress` needs these settings. They can't be changed once the configuration is locked.
const connectionSettings = (limits: DuckDbLimits): readonly string[] => [
  "SET enable_progress_bar = true",
  "SET enable_progress_bar_print = false",
  "SET progress_bar_time = 0",
  "SET TimeZone = 'UTC'",
  ...(limits.optimizes === false ? ["PRAGMA disable_optimizer"] : []),
];

const instanceSettings = (limits: DuckDbLimits): readonly string[] => [
  "SET autoinstall_known_extensions = false",
  "SET autoload_known_extensions = false",
  `SET temp_directory = ${text(limits.temporary ?? "")}`,
  ...(limits.temporarySize === undefined ? [] : [`SET max_temp_directory_size = ${text(limits.temporarySize)}`]),
  // Statements name files as globs, in which a bracket of a directory's name is escaped; DuckDB compares the text.
  `SET allowed_directories = [${[...new Set(limits.directories.flatMap((path) => [path, literalGlob(path)]))].map(text).join(", ")}]`,
  "SET enable_external_access = false",
  "SET lock_configuration = true",
];

function pool(connections: readonly DuckDBConnection[], closeInstance: () => void): DuckDb {
  const idle = [...connections];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  const release = (connection: DuckDBConnection) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
  };
  return {
    use: async (work, signal) => {
      const connection = idle.pop() ?? (await nextFree(waiting, signal));
      try {
        return await work(connection);
      } finally {
        release(connection);
      }
    },
    close: () => {
      for (const connection of connections) connection.closeSync();
      closeInstance();
    },
  };
}

function nextFree(
  waiting: ((connection: DuckDBConnection) => void)[],
  signal: AbortSignal | undefined,
): Promise<DuckDBConnection> {
  return new Promise((resolve, reject) => {
    const cancelled = new ProviderError("cancelled", "The work was cancelled.");
    if (signal?.aborted) return reject(cancelled);
    const abort = () => {
      waiting.splice(waiting.indexOf(take), 1);
      reject(cancelled);
    };
    const take = (connection: DuckDBConnection) => {
      signal?.removeEventListener("abort", abort);
      resolve(connection);
    };
    waiting.push(take);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
