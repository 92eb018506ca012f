import { describe, expect, test } from "vitest";
import { spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryStorage } from "../../../providers/memory/storage.ts";
import { createFileMetastore } from "../../../src/catalog/file-metastore/file-metastore.ts";
import type { Metastore } from "../../../src/engine/metastore.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { someTable } from "../../conformance/metastore.ts";
import { failure } from "../../conformance/support.ts";
import { firstLine } from "../first-line.ts";

let count = 0;
const newId = () => `id-${++count}`;

function setUp(): {
  readonly storage: Required<Omit<Storage, "realPath" | "links">>;
  readonly metastore: Required<Metastore>;
  readonly other: Required<Metastore>;
} {
  const name = newId();
  const storage = createMemoryStorage({ name, space: spaceOf(`metastore ${name}`), now: () => new Date(0), user: "x" });
  const make = () =>
    createFileMetastore({ storage, now: () => new Date(0), newId, user: "tester", readSchema: firstLine(storage) });
  return { storage, metastore: make(), other: make() };
}

const paths = async (storage: Storage) => (await storage.list("", { recursive: true })).map((file) => file.path);

describe("files that are no more than files", () => {
  test("are tables by their name with and without its extension, and by a leading slash", async () => {
    const { storage, metastore } = setUp();
    await storage.write("sales/orders.csv", "id,country\n1,FR\n");
    for (const name of ["orders.csv", "orders", "/orders.csv", "/orders"]) {
      const table = await metastore.getTable("sales", name);
      expect(table).toMatchObject({ location: "sales/orders.csv", catalogued: false, format: "csv" });
      expect(table?.columns.map((column) => column.name)).toEqual(["id", "country"]);
    }
    expect(await metastore.getDatabase("sales")).toEqual({ name: "sales", catalogued: false });
    expect(await metastore.fingerprint("sales", "orders")).toMatchObject({ files: 1 });
  });

  test("are read in directories, and never written by a read", async () => {
    const { storage, metastore } = setUp();
    await storage.write("sales/orders/part-1.csv", "id\n1\n");
    await storage.write("sales/raw/2026/x.csv", "a\n1\n");
    const before = await paths(storage);
    expect(await metastore.getTable("sales", "orders")).toMatchObject({ location: "sales/orders" });
    expect(await metastore.getTable("sales", "raw/2026/x.csv")).toMatchObject({ location: "sales/raw/2026/x.csv" });
    await metastore.listTables("sales");
    await metastore.listPartitions("sales", "orders");
    expect(await paths(storage)).toEqual(before);
  });

  test("are ambiguous when two have the same name", async () => {
    const { storage, metastore } = setUp();
    await storage.write("sales/orders.csv", "id\n");
    await storage.write("sales/orders.parquet", "x");
    const error = await failure(metastore.getTable("sales", "orders"), "invalid");
    expect(error.message).toContain('"orders.csv", "orders.parquet"');
  });

  test("are listed with the catalog, without the ones that a catalogued table stands for", async () => {
    const { storage, metastore } = setUp();
    for (const path of ["b.csv", "orders/1.csv", "orders_data/run-1/1.csv", "README.md", "_tmp/x.csv", "z.parquet"]) {
      await storage.write(`sales/${path}`, "id\n");
    }
    await metastore.createTable(someTable("sales", "orders"));
    await metastore.createTable(someTable("sales", "other", { location: "sales/orders_data/run-1" }));
    expect(await metastore.listTables("sales")).toEqual([
      { name: "b.csv", catalogued: false },
      { name: "orders", catalogued: true },
      { name: "other", catalogued: true },
      { name: "z.parquet", catalogued: false },
    ]);
  });

  test("count as absent for changes and drops", async () => {
    const { storage, metastore } = setUp();
    await storage.write("sales/orders.csv", "id\n");
    await failure(metastore.updateTable(someTable("sales", "orders.csv")), "not_found");
    await failure(metastore.renameTable("sales", "orders.csv", "x"), "not_found");
    await metastore.deleteTable("sales", "orders.csv");
    await metastore.deleteDatabase("sales");
    expect(await paths(storage)).toEqual(["sales/orders.csv"]);
    await metastore.createDatabase({ name: "sales" });
    expect(await metastore.getDatabase("sales")).toMatchObject({ catalogued: true });
  });

  test("say what can't be one table", async () => {
    const { storage } = setUp();
    await storage.write("sales/mixed/1.csv", "id\n");
    const readSchema = async (pattern: string) => ({
      ...(await firstLine(storage)(pattern)),
      conflict: { message: "They differ.", schemas: [] },
    });
    const metastore = createFileMetastore({ storage, now: () => new Date(0), newId, user: "tester", readSchema });
    const table = await metastore.getTable("sales", "mixed");
    expect(table).toMatchObject({ format: "mixed", properties: { conflict: "They differ." } });
  });

  test("that can't be read are an error, not absent", async () => {
    const { storage } = setUp();
    await storage.write("sales/orders.csv", "id\n");
    const readSchema = async () => {
      throw new ProviderError("invalid", '"sales/orders.csv" can\'t be read. Repair it.');
    };
    const metastore = createFileMetastore({ storage, now: () => new Date(0), newId, user: "tester", readSchema });
    await failure(metastore.getTable("sales", "orders"), "invalid");
  });
});

describe("names", () => {
  test.each(["..", "../x", "a/../../x", "_mason", "_database", ".hidden", "", "/", "//x", "a/b", "x\u0000", "a\\b"])(
    "refuses a table %j",
    async (name) => {
      const { storage, metastore } = setUp();
      await metastore.createDatabase({ name: "sales" });
      const before = await paths(storage);
      await failure(metastore.createTable(someTable("sales", name)), "invalid");
      if (name !== "a/b") await failure(metastore.getTable("sales", name), "invalid");
      expect(await paths(storage)).toEqual(before);
    },
  );

  test.each(["..", "a/b", "_mason", ".", "", "/sales"])("refuses a database %j", async (name) => {
    const { storage, metastore } = setUp();
    await failure(metastore.createDatabase({ name }), "invalid");
    await failure(metastore.getDatabase(name), "invalid");
    await failure(metastore.deleteDatabase(name), "invalid");
    expect(await paths(storage)).toEqual([]);
  });

  test("drops one leading slash", async () => {
    const { metastore } = setUp();
    await metastore.createDatabase({ name: "sales" });
    await metastore.createTable(someTable("sales", "/orders"));
    expect((await metastore.getTable("sales", "orders"))?.name).toBe("orders");
  });
});

describe("cleaning up", () => {
  test("leaves nothing of Mason's after tables and database are deleted", async () => {
    const { storage, metastore } = setUp();
    await metastore.createDatabase({ name: "sales" });
    await metastore.createTable(someTable("sales", "orders"));
    await storage.write("sales/orders/1.parquet", "data");
    await metastore.deleteTable("sales", "orders");
    await metastore.deleteDatabase("sales");
    expect(await paths(storage)).toEqual(["sales/orders/1.parquet"]);
  });

  test("is a drop that a creation of another process can see", async () => {
    const { metastore, other } = setUp();
    await metastore.createDatabase({ name: "sales" });
    await metastore.createTable(someTable("sales", "orders"));
    await other.deleteTable("sales", "orders");
    expect(await metastore.getTable("sales", "orders")).toBeNull();
    await metastore.createTable(someTable("sales", "orders"));
    expect((await other.getTable("sales", "orders"))?.version).toBe("3");
  });

  test("is no table in a database that was deleted while the table was made", async () => {
    const { storage, metastore } = setUp();
    await metastore.createDatabase({ name: "sales" });
    const write: Storage["write"] = async (path, body, options) => {
      await metastore.deleteDatabase("sales");
      await storage.write(path, body, options);
    };
    const slow = createFileMetastore({
      storage: { ...storage, write },
      now: () => new Date(0),
      newId,
      user: "x",
      readSchema: firstLine(storage),
    });
    await failure(slow.createTable(someTable("sales", "orders")), "not_found");
    expect(await paths(storage)).toEqual([]);
  });

  test("is the database when a table appears while it is being deleted", async () => {
    const { storage, metastore } = setUp();
    await metastore.createDatabase({ name: "sales", comment: "kept" });
    const write: Storage["write"] = async (path, body, options) => {
      if (String(body).includes('"dropped"')) await metastore.createTable(someTable("sales", "orders"));
      await storage.write(path, body, options);
    };
    const slow = createFileMetastore({
      storage: { ...storage, write },
      now: () => new Date(0),
      newId,
      user: "x",
      readSchema: firstLine(storage),
    });
    await failure(slow.deleteDatabase("sales"), "not_empty");
    expect(await metastore.getDatabase("sales")).toMatchObject({ comment: "kept" });
    expect(await metastore.getTable("sales", "orders")).not.toBeNull();
  });
});

describe("many at once", () => {
  test("50 updates through two metastores all count", async () => {
    const { metastore, other } = setUp();
    await metastore.createDatabase({ name: "sales" });
    await metastore.createTable(someTable("sales", "orders"));
    const each = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? metastore : other));
    await Promise.all(
      each.map((one, index) => one.updateTable(someTable("sales", "orders", { location: `sales/${index}` }))),
    );
    expect((await metastore.getTable("sales", "orders"))?.version).toBe("51");
  });

  test("partitions that two metastores add are all there", async () => {
    const { metastore, other } = setUp();
    await metastore.createDatabase({ name: "sales" });
    await metastore.createTable(someTable("sales", "orders"));
    const days = Array.from({ length: 40 }, (_, index) => `2026-01-${index}`);
    await Promise.all(
      days.map((day, index) =>
        (index % 2 === 0 ? metastore : other).addPartitions("sales", "orders", [{ values: { day }, location: day }]),
      ),
    );
    const found = await metastore.listPartitions("sales", "orders");
    expect(found.map((partition) => partition.location)).toEqual([...days].sort());
  });
});

describe("partitions of a catalogued table", () => {
  const hive = [
    "day=2026-01-01/1.parquet",
    "day=a%2Fb/1.parquet",
    "day=__HIVE_DEFAULT_PARTITION__/1.parquet",
    "_tmp/x",
    "other=1/x",
  ];

  test("are the folders below its location, values decoded", async () => {
    const { storage, metastore } = setUp();
    await metastore.createDatabase({ name: "sales" });
    await metastore.createTable(someTable("sales", "orders"));
    for (const path of hive) await storage.write(`sales/orders/${path}`, "x");
    expect((await metastore.listPartitions("sales", "orders")).map((partition) => partition.values.day)).toEqual([
      "2026-01-01",
      null,
      "a/b",
    ]);
  });

  test("go one folder a column", async () => {
    const { storage, metastore } = setUp();
    await metastore.createDatabase({ name: "sales" });
    const [day] = someTable("", "").partitions;
    if (day === undefined) throw new Error("no partition column");
    await metastore.createTable(someTable("sales", "orders", { partitions: [day, { ...day, name: "hour" }] }));
    for (const path of ["day=1/hour=2/x", "day=1/hour=10/x", "day=2/y"])
      await storage.write(`sales/orders/${path}`, "x");
    expect(await metastore.listPartitions("sales", "orders")).toEqual([
      { values: { day: "1", hour: "10" }, location: "sales/orders/day=1/hour=10" },
      { values: { day: "1", hour: "2" }, location: "sales/orders/day=1/hour=2" },
    ]);
  });

  test("are kept in the document from the first edit on, until the table moves", async () => {
    const { storage, metastore } = setUp();
    await metastore.createDatabase({ name: "sales" });
    await metastore.createTable(someTable("sales", "orders"));
    await storage.write("sales/orders/day=1/x", "x");
    await storage.write("elsewhere/day=2/x", "yy");
    await metastore.addPartitions("sales", "orders", [{ values: { day: "2" }, location: "elsewhere/day=2" }]);
    const listed = async () => (await metastore.listPartitions("sales", "orders")).map((item) => item.values.day);
    expect(await listed()).toEqual(["2", "1"]);
    expect(await metastore.fingerprint("sales", "orders")).toMatchObject({ files: 2, bytes: 3 });
    await metastore.updateTable(someTable("sales", "orders", { location: "elsewhere" }));
    expect(await listed()).toEqual(["2"]);
    expect(await metastore.fingerprint("sales", "orders")).toMatchObject({ files: 1, bytes: 2 });
  });
});
