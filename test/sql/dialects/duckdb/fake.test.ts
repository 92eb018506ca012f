import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/json.ts";
import { type LocalRun, localRun, schema } from "./local-run.ts";

let one: LocalRun;
let many: LocalRun;
beforeAll(async () => {
  one = await localRun({ threads: 1, memory_limit: "200MB" });
  many = await localRun({ threads: 4, memory_limit: "200MB" });
});
afterAll(async () => {
  await one.close();
  await many.close();
});

const types =
  "id bigint, email string, price decimal(10,2), small decimal(3,3), age int, tiny tinyint, lat double, flag boolean, birth_date date, " +
  "created_at timestamptz, at time, wait interval, raw binary, tags array<string>, props map<string, int>, " +
  "address struct<city: string, zip: varchar(5)>, doc json, what unknown, code varchar(3)";

const fake = (columns: string, size: number, seed: number) =>
  ({ kind: "fake", columns: schema(columns), size, seed }) as const;

test("the same seed gives the same rows on any number of threads", async () => {
  const rows = await one.rows(fake(types, 900, 7));
  expect(await many.rows(fake(types, 900, 7))).toEqual(rows);
  expect(await many.rows(fake(types, 900, 8))).not.toEqual(rows);
});

test("a column's values do not depend on its neighbours", async () => {
  const pick = (rows: readonly JsonObject[]) => rows.map((row) => row.email);
  expect(pick(await one.rows(fake("email string", 5, 1)))).toEqual(pick(await one.rows(fake(types, 5, 1))));
});

test("values are plausible", async () => {
  const rows = await one.rows(fake(types, 500, 3));
  expect(new Set(rows.map((row) => row.id)).size).toBe(500);
  expect(new Set(rows.map((row) => row.flag))).toEqual(new Set([true, false]));
  expect(new Set(rows.map((row) => row.price)).size).toBeGreaterThan(400);
  for (const row of rows) {
    expect(row.email).toMatch(/^[a-z]+\.[a-z]+\d+@example\.com$/);
    expect(row.birth_date).toMatch(/^(19|20)\d\d-\d\d-\d\d$/);
    expect(row.created_at).toMatch(/^202[45]-.*Z$/);
    expect(row.age).toBeGreaterThanOrEqual(18);
    expect(Math.abs(Number(row.lat))).toBeLessThanOrEqual(90);
    expect(String(row.code).length).toBeLessThanOrEqual(3);
  }
});

test("every type can be made", async () => {
  const [row] = await one.rows(fake(types, 1, 3));
  expect(Object.values(row ?? {}).filter((value) => value === null)).toEqual([]);
});

test("no size and no columns", async () => {
  expect(await one.rows(fake(types, 0, 3))).toEqual([]);
});
