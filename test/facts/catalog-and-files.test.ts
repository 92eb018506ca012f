/** Drift between the catalogue and the files of a table, on real files. */
import { mkdir, rename, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, expect, test } from "vitest";
import { canonical } from "../../src/json.ts";
import { localMetastoreIn } from "../support/local-metastore.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const table = (part = "") =>
  `type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: parquet\nlocation: warehouse/orders\ncolumns: [{ name: id, type: bigint }, { name: amount, type: "decimal(18,2)" }]\npartitions: [{ name: day, type: date }]\n${part}`;

async function project(part = "") {
  const made = await localProject(table(part));
  open.push(made);
  /** A Parquet file of one row. */
  const parquet = async (path: string, row: string) => {
    const file = join(made.directory, "data", path);
    await mkdir(dirname(file), { recursive: true });
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT ${row}) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
  };
  const metastore = localMetastoreIn(made.directory);
  return { ...made, parquet, metastore };
}

const fits = "1::BIGINT AS id, 2::DECIMAL(18,2) AS amount";
const dayOf = (day: number) => `warehouse/orders/day=2026-01-0${day}/part.parquet`;
const said = ({
  drift,
}: {
  readonly drift: Awaited<ReturnType<Awaited<ReturnType<typeof project>>["apply"]>>["drift"];
}) =>
  drift.map(({ code, text, repairs }) => [
    code,
    text,
    ...repairs.map((repair) => `${repair.name}${repair.planned ? " now" : ""}`),
  ]);

test("files that match the catalogue are no drift", async () => {
  const made = await project();
  await made.apply();
  await made.parquet(dayOf(1), fits);
  const { plan } = await made.plan();
  expect(plan.changes).toEqual([]);
  expect(plan.drift).toEqual([]);
});

test("an apply lists the partitions on storage, and the next plan is empty", async () => {
  const made = await project();
  await made.apply();
  for (const day of [1, 2, 3]) await made.parquet(dayOf(day), fits);
  // The catalogue lists partitions from here on.
  await made.metastore.deletePartitions("sales", "orders", [{ day: "2026-01-02" }, { day: "2026-01-03" }]);
  await rm(join(made.directory, "data", dirname(dayOf(1))), { recursive: true });
  const planned = await made.apply();
  expect(said(planned)).toEqual([
    [
      "catalog_and_files",
      "2 partitions on storage but not in the catalogue, 1 partition in the catalogue but not on storage",
      "revert",
      "adopt now",
      "ignore",
    ],
  ]);
  expect(planned.changes).toMatchObject([
    {
      address: "table.sales.orders",
      action: "update",
      reasons: [{ code: "catalog_and_files" }],
      notes: ["adds to the catalogue: day=2026-01-02, day=2026-01-03", "removes from the catalogue: day=2026-01-01"],
    },
  ]);
  const listed = await made.metastore.listPartitions("sales", "orders");
  expect(listed.map((partition) => canonical(partition.values))).toEqual([
    '{"day":"2026-01-02"}',
    '{"day":"2026-01-03"}',
  ]);
  const { plan } = await made.plan();
  expect([plan.changes, plan.drift]).toEqual([[], []]);
});

test("a listed folder without data is still a partition", async () => {
  const made = await project();
  await made.apply();
  await mkdir(join(made.directory, "data/warehouse/orders/day=2026-01-01"), { recursive: true });
  expect((await made.plan()).plan.drift).toEqual([]);
});

test("columns that differ in footers are named with the file, and the plan changes nothing", async () => {
  const made = await project();
  await made.apply();
  await made.parquet(dayOf(1), "1::BIGINT AS id, 'x' AS amount, true AS extra");
  const { plan } = await made.plan();
  expect(plan.changes).toEqual([]);
  expect(said(plan)).toEqual([
    [
      "catalog_and_files",
      `column amount is decimal(18,2) in the catalogue but string in ${dayOf(1)}`,
      "revert",
      "adopt",
      "ignore",
    ],
    ["new_column", `new column in the files: extra boolean, in ${dayOf(1)}`, "revert", "adopt", "ignore"],
  ]);
});

test("a footer is read again when the file changes", async () => {
  const made = await project();
  await made.apply();
  await made.parquet(dayOf(1), "1::BIGINT AS id, 'x' AS amount");
  expect((await made.plan()).plan.drift).toHaveLength(1);
  await made.parquet(dayOf(1), fits);
  await utimes(join(made.directory, "data", dayOf(1)), 1_800_000_000, 1_800_000_000);
  expect((await made.plan()).plan.drift).toEqual([]);
});

test("a file that is not Parquet is named, and does not fail the plan", async () => {
  const made = await project();
  await made.apply();
  await made.write(`data/${dayOf(1)}`, "not parquet at all");
  const { plan } = await made.plan();
  expect(plan.changes).toEqual([]);
  expect(plan.drift).toMatchObject([{ code: "catalog_and_files" }]);
  expect(plan.drift[0]?.text).toContain(dayOf(1));
});

test("ignore_changes: [files] reads no files, and neither does --offline", async () => {
  const made = await project("lifecycle: { ignore_changes: [files] }\n");
  await made.apply();
  await made.parquet(dayOf(1), "'x' AS id");
  expect((await made.plan()).plan.drift).toEqual([]);
  await made.write("all.yaml", table());
  await made.apply();
  expect((await made.plan()).plan.drift).not.toEqual([]);
  expect((await made.plan({ offline: true })).plan.drift).toEqual([]);
});

test("a nullable column may be missing from older files; a missing required one is reported", async () => {
  const made = await project();
  await made.apply();
  await made.parquet(dayOf(1), "1::BIGINT AS id");
  expect((await made.plan()).plan.drift).toEqual([]);
  await made.write("all.yaml", table().replace('"decimal(18,2)" }', '"decimal(18,2)", nullable: false }'));
  await made.apply();
  expect((await made.plan()).plan.drift).toMatchObject([{ text: expect.stringContaining("lacks it") }]);
});

/** Partition 1 is listed, and the catalogue lists partitions from here on. */
async function listed() {
  const made = await project();
  await made.apply();
  await made.parquet(dayOf(1), fits);
  await made.metastore.deletePartitions("sales", "orders", [{ day: "2025-01-01" }]);
  expect((await made.plan()).plan.drift).toEqual([]);
  return made;
}

test("a file outside of all partitions is named, and hides no other drift; neither does an unreadable file", async () => {
  const made = await listed();
  await made.parquet(dayOf(2), fits);
  await made.parquet("warehouse/orders/tmp/stray.parquet", fits);
  const unlisted = "1 partition on storage but not in the catalogue";
  const stray = "in no partition, so engines don't see it: warehouse/orders/tmp/stray.parquet";
  expect((await made.plan()).plan.drift.map((drift) => drift.text)).toEqual([unlisted, stray]);
  await made.write("data/warehouse/orders/README.md", "hi");
  expect((await made.plan()).plan.drift.map((drift) => drift.text)).toEqual([unlisted, stray]);
  await made.write("data/warehouse/orders/README.parquet", "hi");
  const texts = (await made.plan()).plan.drift.map((drift) => drift.text);
  expect(texts[0]).toBe(unlisted);
  expect(texts[1]).toContain("don't see them: warehouse/orders/README.parquet and 1 more");
  expect(texts[2]).toContain("can't be compared");
});

test("a partition whose folder changed its spelling is listed in its new place, at once", async () => {
  const made = await listed();
  await rename(
    join(made.directory, "data", dirname(dayOf(1))),
    join(made.directory, "data/warehouse/orders/day=2026%2D01%2D01"),
  );
  await made.apply();
  expect((await made.metastore.listPartitions("sales", "orders")).map((partition) => partition.location)).toEqual([
    "warehouse/orders/day=2026%2D01%2D01",
  ]);
  const { plan } = await made.plan();
  expect([plan.changes, plan.drift]).toEqual([[], []]);
});

test("a partition listed with a missing location is reported", async () => {
  const made = await listed();
  await made.metastore.addPartitions("sales", "orders", [{ values: { day: "1999-01-01" }, location: "elsewhere" }]);
  await made.apply();
  expect((await made.metastore.listPartitions("sales", "orders")).map((partition) => partition.values)).toEqual([
    { day: "2026-01-01" },
  ]);
});

test("the partitions of a table at the root are found", async () => {
  const made = await project();
  await made.write("all.yaml", table().replace("location: warehouse/orders", "location: ."));
  await made.apply();
  await made.parquet("day=2026-01-01/a.parquet", fits);
  await made.metastore.deletePartitions("sales", "orders", [{ day: "2025-01-01" }]);
  await made.parquet("day=2026-01-02/a.parquet", fits);
  expect(said((await made.plan()).plan)[0]?.[1]).toBe("1 partition on storage but not in the catalogue");
});

test("footers are compared with what the plan leaves: a column dropped by hand is not a new column of the files", async () => {
  const made = await project();
  await made.apply();
  await made.parquet(dayOf(1), fits);
  const there = await made.metastore.getTable("sales", "orders");
  if (there === null) throw new Error("no table");
  await made.metastore.updateTable({ ...there, columns: there.columns.slice(0, 1) });
  expect((await made.plan()).plan.drift.map((drift) => drift.code)).toEqual(["changed_outside"]);
});
