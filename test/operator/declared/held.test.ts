/** What writers leave in declared tables: the declared types, and no value that a reader of the table would refuse. */
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "../../../src/json.ts";
import type { FileFormat } from "../../../src/model/table.ts";
import { builtins } from "../../../src/operator/builtins.ts";
import { type DeclaredTable, indexDeclared } from "../../../src/operator/declared/declared-tables.ts";
import { operatorName } from "../../../src/operator/definition.ts";
import { query } from "../../../src/operator/table/query.ts";
import { asDeclared } from "../../../src/plan/preview/as-declared.ts";
import { schema } from "../../sql/dialects/duckdb/local-run.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;

beforeAll(async () => {
  run = await operatorRun();
  await run.put("raw/orders.csv", "id,name,day\n1,a,2026-01-01\n2,,2026-01-02\n2,,2026-01-02\n");
  await run.table("sales.orders", "id bigint, name string, day date", { location: "raw/orders.csv" });
});
afterAll(() => run.close());

const declare = (columns: string, table: Partial<DeclaredTable> = {}) =>
  indexDeclared(
    [
      {
        address: "table.lake.target",
        database: "lake",
        name: "target",
        format: "parquet",
        columns: schema(columns),
        partitions: [],
        location: "lake/target",
        ...table,
      },
    ],
    [],
  );

const required = (columns: string, ...names: readonly string[]) =>
  schema(columns).map((column) => ({ ...column, nullable: !names.includes(column.name) }));

const orders = "id bigint, name string, day date";
const named = { database_name: "sales", table_name: "orders" };
const input_path = "raw/orders.csv";

/** Writers that leave nulls, in which column, and whether the place of the null is known. */
const writers: Readonly<
  Record<string, { readonly parameters: Readonly<Record<string, Json>>; readonly column: string; readonly at?: string }>
> = {
  "table:get": { parameters: named, column: "name" },
  "table:query": { parameters: { ...named, query_string: "select * from $table" }, column: "name" },
  "table:merge": { parameters: { input_path }, column: "name", at: 'line 3 of "raw/orders.csv"' },
  "table:format": { parameters: { ...named, format: "parquet" }, column: "name", at: 'line 3 of "raw/orders.csv"' },
  "table:dedupe": { parameters: { input_path, keys: ["id"] }, column: "name", at: 'line 3 of "raw/orders.csv"' },
  "table:summarize": { parameters: named, column: "mean" },
};

const summary =
  "column string, type string, rows bigint, non_null bigint, null bigint, distinct bigint, min string, max string, mean double";

describe("nullable: false", () => {
  test("every operator that writes to a path is tried, apart from the one that makes up no nulls", () => {
    const all = builtins.filter(({ definition }) =>
      definition.writes.some((place) => "path" in place && place.path.includes("output_path")),
    );
    expect([...Object.keys(writers), "table:fake"].sort()).toEqual(
      all.map(({ definition }) => operatorName(definition)).sort(),
    );
  });

  test.each(Object.entries(writers))(
    "%s publishes no null, and names the column",
    async (name, { parameters, column, at }) => {
      const operator = builtins.find(({ definition }) => operatorName(definition) === name);
      if (operator === undefined) throw new Error(name);
      const columns = required(name === "table:summarize" ? summary : orders, column);
      const declared = declare("x int", { columns });
      const all = { ...parameters, output_path: "lake/target" };
      const { message } = await refused(run.run(operator, all, { declared }), "invalid");
      expect(message).toContain(`"${column}"`);
      expect(message).toContain('"lake.target"');
      expect(message).toContain("nullable: false");
      if (at !== undefined) expect(message).toContain(at);
      expect((await run.list()).filter((file) => file.startsWith("lake") || file.includes(".mason-"))).toEqual([]);
    },
  );

  test.each(["csv", "json", "jsonl", "parquet"] as const)("holds in %s and in the names of folders", async (format) => {
    for (const partitioned of [false, true]) {
      const columns = partitioned ? schema("id int") : required("id int, day date", "day");
      const partitions = partitioned ? required("day date", "day") : [];
      const declared = declare("x int", { columns, partitions, format });
      const write = (sql: string) =>
        run.run(
          query,
          {
            query_string: sql,
            output_path: "lake/target",
            output_format: format,
            ...(partitioned ? { partition_columns: ["day"] } : {}),
          },
          { declared },
        );
      const bad = "select 1::int as id, null::date as day union all select 2, date '2026-01-01'";
      const { message } = await refused(write(bad), "invalid");
      expect(message).toContain('The column "day" has no value');
      expect((await run.list()).filter((file) => file.startsWith("lake"))).toEqual([]);
      await write("select 1::int as id, date '2026-01-02' as day");
      await run.engines.storage.delete("lake");
    }
  });

  test("the old output stays when the new one has a null", async () => {
    const declared = declare("x int", { columns: required("id int", "id") });
    const write = (sql: string) =>
      run.run(query, { query_string: sql, output_path: "lake/target", overwrite: true }, { declared });
    await write("select 7::int as id");
    await refused(write("select nullif(i, 3)::int as id from range(5) t(i)"), "invalid");
    expect(await run.rows("lake/target")).toEqual([{ id: 7 }]);
    await run.engines.storage.delete("lake");
  });
});

/** What is written into which type, and what stands in the file. */
const widened: readonly (readonly [string, string, string])[] = [
  ["1::int", "bigint", "BIGINT"],
  ["1::tinyint", "decimal(5,2)", "DECIMAL(5,2)"],
  ["1.5::float", "double", "DOUBLE"],
  ["1.25::decimal(4,2)", "decimal(9,3)", "DECIMAL(9,3)"],
  ["[1::int]", "array<bigint>", "BIGINT[]"],
  ["timestamp '2026-01-01 00:00:00'::timestamp_ms", "timestamp", "TIMESTAMP"],
];

describe("lossless widening", () => {
  test.each(widened)("%s becomes %s, in the plan and in the file", async (value, type, stored) => {
    const declared = declare(`x ${type}`);
    const parameters = { query_string: `select ${value} as x`, output_path: "lake/target" };
    const preview = asDeclared(await run.preview(query, parameters, { declared }), { declared });
    expect(preview.columns).toEqual(schema(`x ${type}`));
    expect(preview.makes).toMatchObject([{ columns: schema(`x ${type}`) }]);
    await run.run(query, parameters, { declared });
    const [row] = await duckdb(`describe select * from read_parquet('${run.data}/lake/target/*')`);
    expect(row?.[1]).toBe(stored);
    await run.engines.storage.delete("lake");
  });

  test.each([
    ["1::bigint", "int"],
    ["1.5::double", "decimal(10,2)"],
    ["date '2026-01-01'", "timestamp"],
    ["1::int", "string"],
  ])("%s into %s is refused", async (value, type) => {
    const parameters = { query_string: `select ${value} as x`, output_path: "lake/target" };
    await refused(run.run(query, parameters, { declared: declare(`x ${type}`) }), "invalid");
  });
});

test.each(["parquet", "csv", "jsonl"] as const)("an instant is no timestamp without a zone, in %s", async (format) => {
  const declared = declare("x timestamp", { format });
  const write = (sql: string) =>
    run.run(query, { query_string: sql, output_path: "lake/target", output_format: format }, { declared });
  const { message } = await refused(write("select timestamptz '2024-01-01 10:00:00+05' as x"), "invalid");
  expect(message).toContain('"x" is declared as timestamp, but would be written as timestamp with time zone');
  expect(message).toContain("CAST");
  await write("select cast(timestamptz '2024-01-01 10:00:00+05' as timestamp) as x");
  await run.engines.storage.delete("lake");
});

describe("NULL without a type", () => {
  const types = ["string", "date", "timestamp", "boolean", "array<string>", "varchar(3)", "json", "decimal(9,2)"];
  const formats = ["parquet", "csv", "jsonl"] as const;
  const writeNull = (format: FileFormat, value: string, declared: ReturnType<typeof declare>) => {
    const parameters = { query_string: `select 1::bigint as id, ${value} as x from range(2)` };
    const written = { ...parameters, output_path: "lake/target", output_format: format };
    return {
      preview: () => run.preview(query, written, { declared }),
      run: () => run.run(query, written, { declared }),
    };
  };

  test.each(types.flatMap((type) => formats.map((format) => [type, format] as const)))(
    "fits %s, in %s",
    async (type, format) => {
      for (const rule of [{}, { settings: { onMismatch: "null" as const } }]) {
        const declared = declare(`id bigint, x ${type}`, { format, ...rule });
        const work = writeNull(format, "null", declared);
        const preview = asDeclared(await work.preview(), { declared });
        if (format === "parquet")
          expect(preview.columns).toEqual(schema(`id bigint, x ${type.replace("varchar(3)", "string")}`));
        expect(preview.problems).toEqual([]);
        await work.run();
        expect(await run.rows("lake/target")).toMatchObject([
          { id: 1, x: null },
          { id: 1, x: null },
        ]);
        await run.engines.storage.delete("lake");
      }
    },
  );

  test("is an integer where no table is declared, and a NULL with a type keeps it", async () => {
    const parameters = { query_string: "select null as x", output_path: "lake/target" };
    const preview = await run.preview(query, parameters);
    expect(preview.columns).toEqual(schema("x int"));
    await refused(writeNull("parquet", "null::int", declare("id bigint, x string")).run(), "invalid");
  });

  test("is no value of a column that needs one", async () => {
    const declared = declare("x int", { columns: required("id bigint, x date", "x") });
    const { message } = await refused(writeNull("parquet", "null", declared).run(), "invalid");
    expect(message).toContain("nullable: false");
  });
});

/** Values that text formats could hold, but that reading as the declared type would refuse. */
const misfits: readonly (readonly [string, string, string])[] = [
  ["3000000000::bigint", "int", "3000000000"],
  ["1.255::decimal(9,3)", "decimal(9,2)", "1.255"],
  ["1e30::double", "decimal(9,2)", "1e+30"],
  ["'abcdef'", "varchar(3)", "abcdef"],
  ["timestamp '2026-01-01 00:00:00.123456'", "timestamp(3)", "00:00:00.123456"],
  ["'2026-01-01 00:00:00.123'::timestamp_ms", "timestamp(0)", "00:00:00.123"],
  ["'2026-01-01 00:00:00.123'::timestamp_ns", "timestamp(0)", "00:00:00.123"],
];

describe("values that the declared type can't hold", () => {
  test.each(misfits.flatMap((one) => (["csv", "jsonl"] as const).map((format) => [format, ...one] as const)))(
    "%s: %s into %s",
    async (format: FileFormat, value, type, shown) => {
      const declared = declare(`x ${type}`, { format });
      const parameters = {
        query_string: `select ${value} as x from range(3) t(i)`,
        output_path: "lake/target",
        output_format: format,
      };
      const { message } = await refused(run.run(query, parameters, { declared }), "invalid");
      expect(message).toContain('of the column "x"');
      expect(message).toContain(shown);
      expect(message).toContain(`type ${type} of table "lake.target"`);
      expect((await run.list()).filter((file) => file.startsWith("lake"))).toEqual([]);
    },
  );

  test("a text that is too long, in Parquet", async () => {
    const parameters = { query_string: "select 'abcd' as x", output_path: "lake/target" };
    const { message } = await refused(run.run(query, parameters, { declared: declare("x varchar(3)") }), "invalid");
    expect(message).toContain('The value "abcd" of the column "x"');
  });
});

async function duckdb(sql: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
  }
}

test.each(["csv", "json", "jsonl", "parquet"])("an empty text is a value: %s", async (format) => {
  const location = `lake/empty-${format}`;
  const declared = declare("name string", {
    format: format as FileFormat,
    columns: required("name string", "name"),
    location,
  });
  await run.run(
    query,
    { query_string: "select '' as name", output_path: location, output_format: format },
    { declared },
  );
  await run.table(`lake.empty_${format}`, "name string", { location, format: format as FileFormat });
  expect((await run.run(query, { query_string: `select name from lake.empty_${format}` })).data).toEqual([
    { name: "" },
  ]);
});
