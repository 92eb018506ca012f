/**
 * Real Parquet files of all kinds, below `data/`. PyArrow 26 and DuckDB 1.5.5 wrote them; in three, the footer names another codec. What
 * DuckDB says of each, asked by hand, is the oracle: a new file needs no line here.
 */
import { readdirSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SchemaReading } from "../../../src/catalog/schema/reading.ts";
import { formatDataType } from "../../../src/model/data-type.ts";
import { fromDuckDb } from "../../../src/sql/dialects/duckdb/types.ts";
import { type Proof, proof } from "./duckdb.ts";

const data = join(import.meta.dirname, "data");
const files = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".parquet"));

let run: Proof;
let duck: DuckDBConnection;
beforeAll(async () => {
  run = await proof();
  duck = await (await DuckDBInstance.create(":memory:")).connect();
});
afterAll(() => run.close());

/** What DuckDB binds: the columns by name; `null` if it opens nothing. */
async function bound(file: string): Promise<ReadonlyMap<string, string> | null> {
  try {
    const rows = await (
      await duck.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${join(data, file)}')`)
    ).getRows();
    return new Map(rows.map((row) => [String(row[0]), String(row[1])]));
  } catch {
    return null;
  }
}

async function canRead(file: string, column: string): Promise<boolean> {
  try {
    await duck.run(`SELECT max(hash("${column}")) FROM read_parquet('${join(data, file)}')`);
    return true;
  } catch {
    return false;
  }
}

async function reading(file: string): Promise<SchemaReading> {
  await mkdir(join(run.data, file, ".."), { recursive: true });
  await copyFile(join(data, file), join(run.data, file));
  return run.reading(file);
}

/** Types that are ours by another name than DuckDB's. */
const otherTypes: Readonly<Record<string, string>> = { "TIME WITH TIME ZONE": "time" };
const typeOf = (duckType: string) =>
  otherTypes[duckType] ??
  // Parquet's geometries are binary, and stay so when they are read.
  (duckType.startsWith("GEOMETRY") ? "binary" : undefined) ??
  (/STRUCT\([A-Z]+[,)]/.test(duckType)
    ? duckType.endsWith("[]")
      ? "array<json>"
      : "json"
    : formatDataType(fromDuckDb(duckType).type));

test("there are files", () => expect(files.length).toBeGreaterThan(25));

describe.each(files)("%s", (file) => {
  test("is refused by name if DuckDB opens it not, and says of each column whether DuckDB reads it", async () => {
    const there = await bound(file);
    if (there === null) {
      await expect(reading(file)).rejects.toThrow(`"${file}"`);
      return;
    }
    const read = await reading(file);
    const bad: string[] = [];
    for (const column of there.keys()) if (!(await canRead(file, column))) bad.push(column);
    expect(read.unreadable.map(({ column }) => column)).toEqual(bad);
    for (const { column, message } of read.unreadable) expect(message).toContain(`Column "${column}" of "${file}"`);
    expect(read.notes).toEqual(expect.arrayContaining(read.unreadable.map(({ message }) => message)));
  });

  test("has the columns and types that DuckDB binds, and a job reads them", async () => {
    const there = await bound(file);
    if (there === null) return;
    const read = await reading(file);
    const shown = read.columns.map(({ name, type }) => [name, formatDataType(type)]);
    expect(shown).toEqual([...there].map(([name, type]) => [name, typeOf(type)]));
    if (read.unreadable.length > 0) await expect(run.rowsOf(read)).rejects.toThrow(file);
    else await expect(run.rowsOf(read)).resolves.toBeDefined();
  });
});
