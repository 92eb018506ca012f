/**
 * The files that the data benchmarks read, made once into a cache outside of the tree: the same bytes for the same sizes. They lie in it as
 * tables of a database `sales`, each a directory of files.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** Where inputs and outputs go: MASON_BENCH_CACHE, else a folder of the user's cache directory. */
export const cacheDirectory = (): string =>
  process.env.MASON_BENCH_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mason-bench");

/** The database `sales` of a local root at `<cache>/data`. */
export const databaseDirectory = (): string => join(cacheDirectory(), "data/sales");

const rowsOf = (from: number, to: number) => `
  SELECT
    CASE WHEN i % 10 = 9 THEN hash(i) % 10000000 ELSE i END AS order_id,
    hash(i, 1) % 200000 AS customer_id,
    'user' || (hash(i, 2) % 500000) || '@example.com' AS email,
    ['FR', 'DE', 'US', 'IN', 'BR', 'JP', 'GB', 'ES'][1 + (hash(i, 3) % 8)::INT] AS country,
    ((hash(i, 4) % 100000) / 100.0)::DECIMAL(10,2) AS amount,
    CASE WHEN hash(i, 5) % 20 = 0 THEN NULL ELSE hash(i, 5) % 50 END AS quantity,
    ['new', 'paid', 'shipped', 'returned'][1 + (hash(i, 6) % 4)::INT] AS status,
    TIMESTAMP '2025-01-01' + to_seconds((hash(i, 7) % 31536000)::BIGINT) AS created_at,
    DATE '2025-01-01' + (hash(i, 7) % 30)::INT AS order_date
  FROM range(${from}, ${to}) t(i)`;

/** One large CSV file in a directory; every tenth row repeats a key. Gives the directory's name in the database. */
export async function largeCsv(rows: number): Promise<string> {
  const name = `orders_${rows}`;
  await make(join(databaseDirectory(), name), async (temporary) => {
    await mkdir(temporary);
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(`COPY (${rowsOf(0, rows)}) TO '${temporary}/orders.csv' (FORMAT csv, HEADER true)`);
  });
  return name;
}

/** Many small CSV files of one schema in a directory. Gives the directory's name in the database. */
export async function smallCsvs(count: number, rows: number): Promise<string> {
  const name = `small_${count}_${rows}`;
  const names = Array.from({ length: count }, (_, at) => `part-${String(at).padStart(5, "0")}.csv`);
  await make(join(databaseDirectory(), name), async (temporary) => {
    await mkdir(temporary);
    const connection = await (await DuckDBInstance.create()).connect();
    for (const [at, file] of names.entries()) {
      const result = await connection.runAndReadAll(rowsOf(at * rows, (at + 1) * rows));
      const lines = result.getRows().map((row) => row.map((value) => (value === null ? "" : String(value))).join(","));
      await writeFile(join(temporary, file), `${result.columnNames().join(",")}\n${lines.join("\n")}\n`);
    }
  });
  return name;
}

/** Half-made inputs are never taken for whole ones. */
async function make(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(cacheDirectory(), "making");
  await rm(temporary, { recursive: true, force: true });
  await write(temporary);
  await rename(temporary, path);
}
