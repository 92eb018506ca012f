/**
 * The conformance suite of the metastore role: databases, tables and partitions as every metastore must keep them. A provider
 * calls {@link metastoreConformance} with a harness that gives it an empty metastore for each test.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Metastore, TableInput } from "../../src/engine/metastore.ts";
import { formatDataType, parseDataType } from "../../src/model/data-type.ts";
import type { Column } from "../../src/model/schema.ts";
import { isProviderError } from "../../src/provider/error.ts";
import { expectNoSecret, expectVerbs, failure } from "./support.ts";

/** What a system has no place for; all other metastores must keep it. */
export type Lack =
  /** Comments and owners of databases. */
  | "notes of databases"
  /** Columns that must not be null. */
  | "not null"
  /** Properties of tables. */
  | "properties"
  /** How delimited files are read. */
  | "csv"
  /** Tables are no files: they have neither a location nor partitions. */
  | "files"
  /** Partitions lie where the system puts them. */
  | "locations of partitions";

/** A metastore to test, with no databases. */
export interface MetastoreHarness {
  readonly metastore: Metastore;
  readonly verbs: readonly string[];
  /** True when tables have versions and `ifVersion` is obeyed. */
  readonly versions: boolean;
  readonly lacks?: readonly Lack[];
  /** The creator's name that the metastore was given; absent where the system supplies it. */
  readonly user?: string;
  /** Types that the system keeps unchanged; by default all of Mason's. */
  readonly types?: readonly string[];
  readonly secrets?: readonly string[];
  readonly close?: () => Promise<void>;
}

/** One type of each kind, and nested ones, in text form. */
const everyType: readonly string[] = [
  "boolean",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "decimal(38,10)",
  "string",
  "varchar(20)",
  "binary",
  "date",
  "time",
  "timestamp",
  "timestamp(3)",
  "timestamp(9) with time zone",
  "interval",
  "json",
  "unknown",
  "array<array<decimal(5,2)>>",
  "map<string, array<int>>",
  'struct<id: bigint, "odd name": struct<tags: array<string>, at: timestamp>>',
];

const column = (name: string, type: string): Column => {
  const parsed = parseDataType(type);
  if (parsed === null) throw new Error(`no type: ${type}`);
  return { name, type: parsed, nullable: true };
};

/** A table of two columns, one of them a partition column. */
export const someTable = (database: string, name: string, more: Partial<TableInput> = {}): TableInput => ({
  database,
  name,
  format: "parquet",
  columns: [column("id", "bigint")],
  partitions: [column("day", "date")],
  location: `${database}/${name}`,
  ...more,
});

const lacks = ({ lacks = [] }: MetastoreHarness, lack: Lack): boolean => lacks.includes(lack);

/** The table for a system that may have no files. */
function tableIn(harness: MetastoreHarness, name: string, more: Partial<TableInput> = {}): TableInput {
  const whole = someTable(more.database ?? "sales", name, more);
  return lacks(harness, "files") ? { ...whole, partitions: [], location: `${whole.database}/${name}` } : whole;
}

/** Runs the suite. */
export function metastoreConformance(name: string, makeHarness: () => Promise<MetastoreHarness>): void {
  describe(`${name} as metastore`, () => {
    let harness: MetastoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await harness.close?.();
    });
    const current = () => harness;
    test("has the verbs that its manifest names", () => expectVerbs(harness.metastore, harness.verbs));
    databases(current);
    describe("in a database", () => {
      beforeEach(() => harness.metastore.createDatabase({ name: "sales" }));
      tables(current);
      changes(current);
      partitions(current);
      crowds(current);
    });
  });
}

type Current = () => MetastoreHarness;

function databases(current: Current): void {
  test("creates, returns, lists and deletes databases", async () => {
    const { metastore } = current();
    expect(await metastore.getDatabase("sales")).toBeNull();
    expect(await metastore.listDatabases()).toEqual([]);
    const notes = { comment: "What we sold", owner: { lineage: "l-1", address: "database.sales" } };
    const kept = lacks(current(), "notes of databases") ? {} : notes;
    await metastore.createDatabase({ name: "sales", ...kept });
    await metastore.createDatabase({ name: "raw" });
    expect(await metastore.getDatabase("sales")).toMatchObject({ name: "sales", ...kept });
    expect((await metastore.listDatabases()).map((database) => database.name)).toEqual(["raw", "sales"]);
    expect((await metastore.listDatabases({ pattern: "s*" })).map((database) => database.name)).toEqual(["sales"]);
    await failure(metastore.createDatabase({ name: "sales" }), "exists");
    await metastore.deleteDatabase("sales");
    await metastore.deleteDatabase("sales");
    expect(await metastore.getDatabase("sales")).toBeNull();
    await metastore.createDatabase({ name: "sales" });
    expect((await metastore.getDatabase("sales"))?.comment).toBeUndefined();
  });

  test("keeps a database that still has tables", async () => {
    const { metastore } = current();
    const note = lacks(current(), "notes of databases") ? {} : { comment: "kept" };
    await metastore.createDatabase({ name: "sales", ...note });
    await metastore.createTable(tableIn(current(), "orders"));
    await failure(metastore.deleteDatabase("sales"), "not_empty");
    expect(await metastore.getDatabase("sales")).toMatchObject({ name: "sales", ...note });
    await metastore.deleteTable("sales", "orders");
    await metastore.deleteDatabase("sales");
    expect(await metastore.listDatabases()).toEqual([]);
  });
}

function tables(current: Current): void {
  test("returns a table as it was created, with its creator and time", async () => {
    const { metastore, user } = current();
    const owner = { lineage: "l-1", address: "table.sales.orders" };
    const columns = [
      { ...column("id", "bigint"), nullable: lacks(current(), "not null") },
      { ...column("note", "string"), comment: "free text" },
    ];
    const properties = lacks(current(), "properties") ? {} : { properties: { origin: "test" } };
    const input = tableIn(current(), "orders", { columns, owner, ...properties });
    await metastore.createTable(input);
    const table = await metastore.getTable("sales", "orders");
    expect(table).toMatchObject({ ...input, catalogued: true });
    if (user !== undefined) {
      expect(table?.createdBy).toBe(user);
      expect(new Date(table?.createdAt ?? "").toISOString()).toBe(table?.createdAt);
    }
  });

  test("keeps the options for reading delimited files", async (context) => {
    const { metastore } = current();
    if (lacks(current(), "csv")) return context.skip();
    const csv = {
      delimiter: "|",
      quote: "'",
      header: false,
      compression: "gzip",
      nullPadding: true,
      newline: "\r\n",
    } as const;
    await metastore.createTable(tableIn(current(), "lines", { format: "csv", csv }));
    expect((await metastore.getTable("sales", "lines"))?.csv).toEqual(csv);
  });

  test("keeps every type, nested ones too", async () => {
    const { metastore, types = everyType } = current();
    const columns = types.map((type, index) => column(`c${index}`, type));
    await metastore.createTable(tableIn(current(), "typed", { columns }));
    const table = await metastore.getTable("sales", "typed");
    expect(table?.columns.map(({ type }) => formatDataType(type))).toEqual(types);
  });

  test("returns null for an absent table, and codes for what it can't do", async () => {
    const { metastore, secrets = [] } = current();
    expect(await metastore.getTable("sales", "absent")).toBeNull();
    expect(await metastore.getTable("absent", "orders")).toBeNull();
    await metastore.createTable(tableIn(current(), "orders"));
    expectNoSecret(await failure(metastore.createTable(tableIn(current(), "orders")), "exists"), secrets);
    await failure(metastore.createTable(tableIn(current(), "orders", { database: "absent" })), "not_found");
    await failure(metastore.updateTable(tableIn(current(), "absent")), "not_found");
    await failure(metastore.listTables("absent"), "not_found");
    await failure(metastore.listPartitions("sales", "absent"), "not_found");
    await metastore.deleteTable("sales", "absent");
    await metastore.deleteTable("absent", "absent");
  });

  test("lists tables by name and prefix", async () => {
    const { metastore } = current();
    for (const name of ["orders", "b", "orders_2", "a"]) await metastore.createTable(tableIn(current(), name));
    await metastore.deleteTable("sales", "b");
    const listed = async (prefix: string) =>
      (await metastore.listTables("sales", { prefix })).map((table) => table.name);
    expect(await listed("")).toEqual(["a", "orders", "orders_2"]);
    expect(await listed("orders")).toEqual(["orders", "orders_2"]);
  });
}

function changes(current: Current): void {
  test("replaces a definition and keeps its creator", async () => {
    const { metastore } = current();
    await metastore.createTable(tableIn(current(), "orders"));
    const before = await metastore.getTable("sales", "orders");
    const input = tableIn(current(), "orders", { columns: [column("id", "string")], location: "sales/elsewhere" });
    await metastore.updateTable(input);
    const after = await metastore.getTable("sales", "orders");
    expect(after).toMatchObject(input);
    expect([after?.createdAt, after?.createdBy]).toEqual([before?.createdAt, before?.createdBy]);
  });

  test("changes and deletes only the version that was seen", async (context) => {
    const { metastore, versions } = current();
    if (!versions) return context.skip();
    await metastore.createTable(tableIn(current(), "orders"));
    const ifVersion = (await metastore.getTable("sales", "orders"))?.version ?? "";
    expect(ifVersion).not.toBe("");
    await metastore.updateTable(tableIn(current(), "orders"), { ifVersion });
    await failure(metastore.updateTable(tableIn(current(), "orders"), { ifVersion }), "conflict");
    await failure(metastore.deleteTable("sales", "orders", { ifVersion }), "conflict");
    await metastore.deleteTable("sales", "orders");
    await metastore.createTable(tableIn(current(), "orders"));
    await failure(metastore.updateTable(tableIn(current(), "orders"), { ifVersion }), "conflict");
    expect(await metastore.getTable("sales", "orders")).not.toBeNull();
  });

  test("renames a table, and never onto another", async (context) => {
    const { metastore } = current();
    if (metastore.renameTable === undefined) return context.skip();
    await metastore.createTable(tableIn(current(), "old", { columns: [column("x", "date")] }));
    await metastore.createTable(tableIn(current(), "taken"));
    await failure(metastore.renameTable("sales", "old", "taken"), "exists");
    await failure(metastore.renameTable("sales", "absent", "any"), "not_found");
    await metastore.renameTable("sales", "old", "new");
    expect(await metastore.getTable("sales", "old")).toBeNull();
    expect((await metastore.getTable("sales", "new"))?.columns).toEqual([column("x", "date")]);
  });
}

function partitions(current: Current): void {
  const day = (value: string | null) => ({ values: { day: value }, location: `sales/orders/day=${value ?? "none"}` });

  test("adds, lists and deletes partitions", async (context) => {
    const { metastore } = current();
    const { addPartitions, deletePartitions } = metastore;
    await metastore.createTable(tableIn(current(), "orders"));
    expect(await metastore.listPartitions("sales", "orders")).toEqual([]);
    if (addPartitions === undefined || deletePartitions === undefined) return context.skip();
    if (lacks(current(), "files") || lacks(current(), "locations of partitions")) return context.skip();
    await addPartitions("sales", "orders", [day("2026-01-02"), day(null)]);
    await addPartitions("sales", "orders", [day("2026-01-01"), day("2026-01-02")]);
    expect(await metastore.listPartitions("sales", "orders")).toEqual([
      day("2026-01-01"),
      day("2026-01-02"),
      day(null),
    ]);
    await deletePartitions("sales", "orders", [{ day: "2026-01-01" }, { day: null }, { day: "2030-01-01" }]);
    expect(await metastore.listPartitions("sales", "orders")).toEqual([day("2026-01-02")]);
    await failure(addPartitions("sales", "orders", [{ values: { hour: "1" }, location: "x" }]), "invalid");
    await failure(addPartitions("sales", "absent", [day("2026-01-01")]), "not_found");
  });

  test("keeps partitions of a table whose columns change", async (context) => {
    const { metastore } = current();
    if (metastore.addPartitions === undefined || lacks(current(), "files")) return context.skip();
    if (lacks(current(), "locations of partitions")) return context.skip();
    await metastore.createTable(tableIn(current(), "orders"));
    await metastore.addPartitions("sales", "orders", [day("2026-01-02")]);
    await metastore.updateTable(tableIn(current(), "orders", { columns: [column("other", "string")] }));
    expect(await metastore.listPartitions("sales", "orders")).toEqual([day("2026-01-02")]);
  });
}

function crowds(current: Current): void {
  test("creates 100 tables at once", async () => {
    const { metastore } = current();
    const names = Array.from({ length: 100 }, (_, index) => `t${String(index).padStart(3, "0")}`);
    await Promise.all(names.map((table) => metastore.createTable(tableIn(current(), table))));
    expect((await metastore.listTables("sales")).map((table) => table.name)).toEqual(names);
  }, 60_000);

  test("lets exactly one of 10 creations of a table win", async () => {
    const { metastore } = current();
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        metastore.createTable(
          tableIn(current(), "same", { columns: [column(`c${index}`, "bigint")], location: `sales/${index}` }),
        ),
      ),
    );
    const won = results.flatMap((result, index) => (result.status === "fulfilled" ? [index] : []));
    expect(won).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected")
        expect(isProviderError(result.reason, "exists"), String(result.reason)).toBe(true);
    }
    expect((await metastore.getTable("sales", "same"))?.columns[0]?.name).toBe(`c${won[0]}`);
  });

  test("loses none of 50 partitions added at once", async (context) => {
    const { metastore } = current();
    const { addPartitions } = metastore;
    if (addPartitions === undefined || lacks(current(), "files")) return context.skip();
    if (lacks(current(), "locations of partitions")) return context.skip();
    await metastore.createTable(tableIn(current(), "busy"));
    const added = Array.from({ length: 50 }, (_, index) => ({
      values: { day: String(index) },
      location: `sales/busy/${index}`,
    }));
    await Promise.all(added.map((partition) => addPartitions("sales", "busy", [partition])));
    const listed = await metastore.listPartitions("sales", "busy");
    expect(new Set(listed.map((partition) => partition.values.day))).toEqual(
      new Set(added.map(({ values }) => values.day)),
    );
  }, 60_000);
}
