import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isFiles } from "../../../src/job/relations.ts";
import { asRelation } from "../../../src/operator/source/one-source.ts";
import { resolvePath, resolveSource, resolveTable } from "../../../src/operator/source/source.ts";
import { endedJob } from "../../support/ended-job.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
});
afterEach(() => run.close());

const orders = "warehouse/sales/orders";
const rowsOf = async (database = "sales", table = "orders") => {
  const resolved = await resolveTable(run.engines, database, table, { name: ["t"] });
  const sql = "select * from t order by all";
  const { id } = await run.engines.execution.submit(
    { kind: "query", sql, sources: asRelation(resolved).filter(isFiles) },
    `x${Math.random()}`,
  );
  const job = await endedJob(run.engines.execution, id);
  if (job?.state !== "succeeded") throw new Error(job?.error);
  return { rows: (await run.engines.execution.results(id)).rows, notes: resolved.notes, resolved };
};

describe("a table of the catalog", () => {
  test("is read with the types that it declares", async () => {
    await run.table("sales.orders", "code string, amount decimal(9,2)");
    await run.put(`${orders}/a.csv`, "code,amount\n007,1.5\n");
    const { rows, resolved } = await rowsOf();
    expect(rows).toEqual([{ code: "007", amount: "1.50" }]);
    expect(resolved).toMatchObject({ label: "sales.orders", files: 1, format: "csv", inputs: [orders] });
  });

  test("the delimiter and compression of its files are found", async () => {
    await run.table("sales.orders", "id bigint, name string");
    await run.put(`${orders}/a.csv`, "id\tname\n1\tAda\n");
    await run.put(`${orders}/b.csv.gz`, gzipSync("id;name\n2;Ben\n"));
    const { rows, resolved } = await rowsOf();
    expect(rows).toEqual([
      { id: 1, name: "Ada" },
      { id: 2, name: "Ben" },
    ]);
    expect(resolved.sources).toHaveLength(2);
  });

  test("columns are matched by name, whatever their order and case", async () => {
    await run.table("sales.orders", "id bigint, name string, city string");
    await run.put(`${orders}/a.csv`, "NAME,Id\nAda,1\n");
    const { rows, notes } = await rowsOf();
    expect(rows).toEqual([{ id: 1, name: "Ada", city: null }]);
    expect(notes).toContainEqual(expect.stringContaining('No file of table "sales.orders" has the column "city"'));
  });

  test("columns that it does not declare are told", async () => {
    await run.table("sales.orders", "id bigint");
    await run.put(`${orders}/a.csv`, "id,extra\n1,2\n");
    expect((await rowsOf()).notes).toContainEqual(expect.stringContaining('"extra", which the table does not declare'));
  });

  test("columns come in the declared order, and only the declared ones", async () => {
    await run.table("sales.orders", "id bigint, name string, extra string");
    await run.put(`${orders}/a.csv`, "more,name,id\n0,Ada,1\n");
    await run.put(`${orders}/b.csv`, "id,name,extra\n2,Ben,x\n");
    const { rows } = await rowsOf();
    expect(rows.map((row) => Object.entries(row))).toEqual([
      [
        ["id", 1],
        ["name", "Ada"],
        ["extra", null],
      ],
      [
        ["id", 2],
        ["name", "Ben"],
        ["extra", "x"],
      ],
    ]);
  });

  test("a file without a header keeps its first row, with a note", async () => {
    await run.table("sales.orders", "id bigint, amount bigint");
    await run.put(`${orders}/a.csv`, "1,10\n2,20\n");
    const { rows, notes } = await rowsOf();
    expect(rows).toEqual([
      { id: 1, amount: 10 },
      { id: 2, amount: 20 },
    ]);
    expect(notes).toEqual([expect.stringContaining("csv.header")]);
  });

  test("a header that names no declared column leaves a note, and one of another width is refused", async () => {
    await run.table("sales.orders", "id bigint, name string");
    await run.put(`${orders}/a.csv`, "number,who\n1,Ada\n");
    const { rows, notes } = await rowsOf();
    expect(rows).toEqual([{ id: 1, name: "Ada" }]);
    expect(notes).toEqual([expect.stringContaining("names no column of table")]);
    await run.put(`${orders}/a.csv`, "number,who,where\n1,Ada,x\n");
    await expect(rowsOf()).rejects.toThrow(/a\.csv" has 3 columns, none of them/);
  });

  test("its settings are used, and those of an operator win", async () => {
    const settings = { csv: { delimiter: "~", header: false, null: ["NA"] }, files: { include: ["*.dat"] } };
    await run.table("sales.orders", "id bigint, name string", { settings });
    await run.put(`${orders}/a.dat`, "1~NA\n2~x\n");
    await run.put(`${orders}/b.log`, "3~y\n");
    expect((await rowsOf()).rows).toEqual([
      { id: 1, name: null },
      { id: 2, name: "x" },
    ]);
    const own = { csv: { null: ["x"] }, files: { include: ["*.log", "*.dat"] } };
    const resolved = await resolveTable(run.engines, "sales", "orders", own);
    expect(resolved.files).toBe(2);
    expect(resolved.sources.filter(isFiles)[0]?.csv).toMatchObject({ delimiter: "~", header: false, nulls: ["x"] });
  });

  test("notes about types that it declares otherwise are left out", async () => {
    await run.table("sales.orders", "id string, v decimal(38,20)");
    await run.put(`${orders}/a.csv`, "id,v\n1,0.12345678901234567891\nx,1\n");
    expect((await rowsOf()).notes).toEqual([]);
  });

  test("files without headers are read by place", async () => {
    const csv = {
      delimiter: ",",
      quote: '"',
      header: false,
      compression: "none",
      nullPadding: false,
      newline: "\n",
    } as const;
    await run.table("sales.orders", "id bigint, name string", { csv });
    await run.put(`${orders}/a.csv`, "1,Ada\n");
    expect((await rowsOf()).rows).toEqual([{ id: 1, name: "Ada" }]);
  });

  test.each(["json", "jsonl"] as const)("%s lacks what it lacks", async (format) => {
    await run.table("sales.orders", "id bigint, name string", { format });
    await run.put(`${orders}/a.${format}`, format === "json" ? '[{"id": 1}]' : '{"id": 1}\n');
    expect((await rowsOf()).rows).toEqual([{ id: 1, name: null }]);
  });

  test("without files it has one source without files", async () => {
    await run.table("sales.orders", "id bigint");
    const { rows, resolved } = await rowsOf();
    expect(rows).toEqual([]);
    expect(resolved).toMatchObject({ files: 0, sources: [{ files: [] }] });
  });

  test("partitions elsewhere are read too, if their folders name the values", async () => {
    await run.table("sales.orders", "id bigint", { partitionedBy: "day date" });
    await run.put(`${orders}/day=2026-01-01/a.csv`, "id\n1\n");
    await run.put("elsewhere/day=2026-01-02/a.csv", "id\n2\n");
    await run.put("odd/a.csv", "id\n3\n");
    const add = (day: string, location: string) =>
      run.engines.metastore.addPartitions?.("sales", "orders", [{ values: { day }, location }]);
    await add("2026-01-02", "elsewhere/day=2026-01-02");
    const { rows, resolved } = await rowsOf();
    expect(rows).toEqual([
      { id: 1, day: "2026-01-01" },
      { id: 2, day: "2026-01-02" },
    ]);
    expect(resolved.inputs).toEqual([orders, "elsewhere/day=2026-01-02"]);
    await add("2026-01-03", "odd");
    await refused(rowsOf(), "unsupported");
  });
});

describe("Parquet files of a table with types of their own", () => {
  const write = async (path: string, sql: string) => {
    const { id } = await run.engines.execution.submit(
      {
        kind: "query",
        sql,
        sources: [],
        target: { uri: run.engines.storage.uri(path), shape: "file", format: "parquet", partitionBy: [] },
      },
      `w${Math.random()}`,
    );
    expect((await endedJob(run.engines.execution, id)).error).toBeUndefined();
  };

  test.each(["a", "z"])(
    "no value is changed without a word, whichever file is first: %s.parquet differs",
    async (odd) => {
      await run.table("sales.orders", "id int", { format: "parquet" });
      await write(`${orders}/m.parquet`, "select 1::int as id");
      await write(`${orders}/${odd}.parquet`, "select 2.0::double as id");
      expect((await rowsOf()).rows).toEqual([{ id: 1 }, { id: 2 }]);
      await write(`${orders}/${odd}${odd}.parquet`, "select 1.7::double as id");
      await expect(rowsOf()).rejects.toThrow(new RegExp(`The value "1.7" of the column "id" .*${odd}${odd}.parquet`));
    },
  );

  test("in a partition elsewhere, too", async () => {
    await run.table("sales.orders", "id int", { format: "parquet", partitionedBy: "day date" });
    await write(`${orders}/day=2026-01-01/a.parquet`, "select 1::int as id");
    await write("elsewhere/day=2026-01-02/a.parquet", "select 1.7::double as id");
    await run.engines.metastore.addPartitions?.("sales", "orders", [
      { values: { day: "2026-01-02" }, location: "elsewhere/day=2026-01-02" },
    ]);
    await expect(rowsOf()).rejects.toThrow('The value "1.7" of the column "id"');
  });

  test("when a sample of the files is asked for, too", async () => {
    for (let at = 0; at < 9; at++)
      await write(`raw/${at}.parquet`, `select ${at === 4 ? "1.7::double" : "1::int"} as id`);
    const { columns, sources } = await resolvePath(run.engines, "raw", { sampleSize: 2 });
    expect(columns).toMatchObject([{ name: "id", type: { kind: "float", bits: 64 } }]);
    expect(sources.map(({ files }) => files.length)).toEqual([8, 1]);
  });
});

test("files that are no table of the catalog can be read by name", async () => {
  await run.put("sales/people.csv", "id\n1\n");
  const { rows, resolved } = await rowsOf("sales", "people");
  expect(rows).toEqual([{ id: 1 }]);
  expect(resolved).toMatchObject({ label: "sales.people", inputs: ["sales/people.csv"] });
});

test("a table whose files can't be one is refused with their names", async () => {
  await run.put("raw/a.csv", "id\n1\n");
  await run.put("raw/b.json", '{"id": 1}\n{"id": 2}\n');
  const error = await refused(resolvePath(run.engines, "raw"), "invalid");
  expect(error.message).toMatch(/raw\/a\.csv.*raw\/b\.json/);
});

test("either a table or a path is given", async () => {
  const resolve = (parameters: Record<string, string>) =>
    resolveSource({ parameters, engines: run.engines, signal: new AbortController().signal });
  for (const parameters of [{}, { database_name: "a" }, { table_name: "a" }, { input_path: "a", table_name: "b" }]) {
    await refused(resolve(parameters as Record<string, string>), "invalid");
  }
  await refused(resolve({ database_name: "a", table_name: "b" }), "not_found");
  await refused(resolve({ input_path: "a" }), "not_found");
});

test("a config without the engine is named", async () => {
  const error = await refused(resolvePath({ configId: "9" }, "raw"), "unsupported");
  expect(error.message).toContain('Config "9" has no storage engine');
});
