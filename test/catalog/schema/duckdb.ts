/** Reads files with the types that the schema reader found, to prove that they can be read so. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createLocalStorage } from "../../../providers/local/storage.ts";
import { readSchema } from "../../../src/catalog/schema/reader.ts";
import type { ReadSchemaOptions, SchemaReading } from "../../../src/catalog/schema/reading.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import type { DataSource } from "../../../src/job/job.ts";
import type { JsonObject } from "../../../src/json.ts";
import { type LocalRun, localRun, target } from "../../sql/dialects/duckdb/local-run.ts";

export interface Proof extends LocalRun {
  readonly storage: Storage;
  reading(pattern: string, options?: ReadSchemaOptions): Promise<SchemaReading>;
  /** All rows of the files, united as the reading says. */
  rowsOf(reading: SchemaReading): Promise<readonly JsonObject[]>;
  /** Writes the rows of a query as one Parquet file. */
  parquet(path: string, sql: string): Promise<void>;
}

export async function proof(): Promise<Proof> {
  const run = await localRun();
  const storage = createLocalStorage(run.context);
  let count = 0;
  return {
    ...run,
    storage,
    reading: (pattern, options) => readSchema(storage, pattern, options),
    rowsOf: async (reading) => {
      const path = `merged-${++count}.parquet`;
      const columns = [...reading.columns, ...reading.partitions];
      const sources = sourcesOf(storage, reading);
      await run.facts({ kind: "merge", sources, columns, target: fileTarget(run.uri(path)) });
      const merged = { name: ["m"], files: [run.uri(path)], format: "parquet", columns, partitions: [] } as const;
      return run.rows({ kind: "preview", source: merged, limit: 1000 });
    },
    parquet: async (path, sql) => {
      await mkdir(dirname(join(run.data, path)), { recursive: true });
      await run.facts({ kind: "query", sql, sources: [], target: fileTarget(run.uri(path)) });
    },
  };
}

const fileTarget = (uri: string) => target(uri, "parquet", { shape: "file" });

/** One source for each group. */
export const sourcesOf = (storage: Storage, reading: SchemaReading): readonly DataSource[] =>
  reading.groups.map((group) => ({
    name: ["t"],
    files: group.files.map((file) => storage.uri(file)),
    format: group.format,
    ...(group.csv === undefined ? {} : { csv: group.csv }),
    columns: group.columns,
    partitions: reading.partitions,
  }));
