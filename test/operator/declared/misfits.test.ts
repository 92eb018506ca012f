import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "../../../src/json.ts";
import type { Schema } from "../../../src/model/schema.ts";
import { builtins } from "../../../src/operator/builtins.ts";
import {
  type DeclaredTable,
  type DeclaredTables,
  indexDeclared,
} from "../../../src/operator/declared/declared-tables.ts";
import { declaredMisfits } from "../../../src/operator/declared/misfits.ts";
import { operatorName } from "../../../src/operator/definition.ts";
import type { BuiltinOperator } from "../../../src/operator/operator.ts";
import { schema } from "../../sql/dialects/duckdb/local-run.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;

beforeAll(async () => {
  run = await operatorRun();
  await run.put("raw/orders.csv", "id,name,day\n1,a,2026-01-01\n2,b,2026-01-02\n2,b,2026-01-02\n");
  await run.table("sales.orders", "id bigint, name string, day date", { location: "raw/orders.csv" });
});
afterAll(() => run.close());

const orders = "id bigint, name string, day date";
const named = { database_name: "sales", table_name: "orders" };
const input_path = "raw/orders.csv";

/** What each writer is asked for, and the columns that it must write then. */
const writers: Readonly<
  Record<string, { readonly parameters: Readonly<Record<string, Json>>; readonly writes: string }>
> = {
  "table:get": { parameters: named, writes: orders },
  "table:query": { parameters: { ...named, query_string: "select * from $table" }, writes: orders },
  "table:merge": { parameters: { input_path }, writes: orders },
  "table:format": { parameters: { ...named, format: "parquet" }, writes: orders },
  "table:dedupe": { parameters: { input_path }, writes: orders },
  "table:summarize": {
    parameters: named,
    writes:
      "column string, type string, rows bigint, non_null bigint, null bigint, distinct bigint, min string, max string, mean double",
  },
  "table:fake": { parameters: { size: 3, columns: ["id:bigint", "name:string", "day:date"] }, writes: orders },
};

const all = builtins.filter(({ definition }) =>
  definition.writes.some((place) => "path" in place && place.path.includes("output_path")),
);

test("every operator that writes to a path is tried", () => {
  expect(Object.keys(writers).sort()).toEqual(all.map(({ definition }) => operatorName(definition)).sort());
});

const declare = (table: Partial<DeclaredTable>): DeclaredTables =>
  indexDeclared(
    [
      {
        address: "table.lake.target",
        database: "lake",
        name: "target",
        format: "parquet",
        columns: schema(orders),
        partitions: [],
        location: "lake/target",
        ...table,
      },
    ],
    [],
  );

/** One way to break the declaration of a table, and what the error must name. */
interface Break {
  readonly how: string;
  readonly table: (written: Schema) => Partial<DeclaredTable>;
  readonly path?: string;
  readonly names: (written: Schema) => readonly string[];
}

const first = (written: Schema) => written[0]?.name ?? "";
const renamed = (written: Schema): Schema =>
  written.map((column, at) => (at === 0 ? { ...column, name: "other" } : column));
const breaks: readonly Break[] = [
  {
    how: "a declared column is missing",
    table: (written) => ({ columns: [...written, ...schema("extra string")] }),
    names: () => ['"extra"'],
  },
  {
    how: "a column is not declared",
    table: (written) => ({ columns: written.slice(1) }),
    names: (written) => [`"${first(written)}"`],
  },
  {
    how: "a column is renamed",
    table: (written) => ({ columns: renamed(written) }),
    names: (written) => ['"other"', `"${first(written)}"`],
  },
  {
    how: "a type differs",
    table: (written) => ({ columns: [...schema(`${first(written)} boolean`), ...written.slice(1)] }),
    names: (written) => [`"${first(written)}"`, "boolean"],
  },
  {
    how: "the format differs",
    table: (written) => ({ columns: written, format: "csv" }),
    names: () => ["csv", "parquet"],
  },
  {
    how: "partitions are declared",
    table: (written) => ({ columns: written.slice(1), partitions: written.slice(0, 1) }),
    names: (written) => [`"${first(written)}"`],
  },
  {
    how: "a directory below the location",
    table: (written) => ({ columns: renamed(written) }),
    path: "lake/target/more",
    names: () => ['"other"'],
  },
  {
    how: "the location is spelled otherwise",
    table: (written) => ({ columns: renamed(written), location: "./lake//target/" }),
    names: () => ['"other"'],
  },
  {
    how: "the location is a glob",
    table: (written) => ({ columns: renamed(written), location: "lake/*/*.parquet" }),
    names: () => ['"other"'],
  },
];

describe.each(all.map((operator) => [operatorName(operator.definition), operator] as const))("%s", (name, operator) => {
  const written = schema(writers[name]?.writes ?? "");
  const parametersFor = (output_path: string) => ({ ...writers[name]?.parameters, output_path });

  test.each(breaks)(
    "$how: refused in the plan and before the write",
    async ({ table, path = "lake/target", names }) => {
      const declared = declare(table(written));
      const [planned, message] = await bothSay(operator, parametersFor(path), declared);
      for (const part of ['"lake.target"', '"table.lake.target"', ...names(written)]) {
        expect(planned).toContain(part);
        expect(message).toContain(part);
      }
      expect((await run.list()).filter((file) => file.startsWith("lake"))).toEqual([]);
    },
  );

  test("a declaration that fits is written, and each of its columns is there", async () => {
    const output_path = `lake/${name.replace(":", "_")}`;
    const declared = declare({ columns: written.toReversed(), location: output_path });
    const { writes } = await run.preview(operator, parametersFor(output_path));
    expect(writes === undefined ? null : declaredMisfits(declared, writes)).toEqual([]);
    await run.run(operator, parametersFor(output_path), { declared });
    // Reads the files with SQL of our own.
    const sql = `describe select ${written.map((column) => `"${column.name}"`).join(", ")} from read_parquet('${run.data}/${output_path}/*.parquet')`;
    expect((await duckdb(sql)).map(([column]) => column)).toEqual(written.map((column) => column.name));
    await rm(join(run.data, "lake"), { recursive: true });
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

/** The messages of the plan and of the run. */
async function bothSay(
  operator: BuiltinOperator,
  parameters: Readonly<Record<string, Json>>,
  declared: DeclaredTables,
): Promise<readonly [string, string]> {
  const { writes } = await run.preview(operator, parameters);
  const planned = writes === undefined ? [] : declaredMisfits(declared, writes);
  const before = run.jobs.length;
  const { message } = await refused(run.run(operator, parameters, { declared }), "invalid");
  expect(run.jobs.length).toBe(before);
  return [planned.join(" "), message];
}

describe("the folders of a partitioned table", () => {
  const byDay = declare({ columns: schema("id bigint"), partitions: schema("day date, hour bigint") });
  const columns = schema("id bigint, day date, hour bigint");
  test.each([
    ["lake/target", ["day", "hour"], true],
    ["lake/target/day=2026-01-01", ["hour"], true],
    ["lake/target/day=2026-01-01/hour=1", [], true],
    ["lake/target", ["hour", "day"], false],
    ["lake/target", ["day"], false],
    ["lake/target", [], false],
    ["lake/target/hour=1", ["day"], false],
    ["lake/target/Day=2026-01-01", ["hour"], false],
  ])("written to %s by %j: %j, with and without known columns", (path, partitionBy, fits) => {
    // A folder of the path gives the value of its column.
    const inFiles = columns.filter(({ name }) => !path.includes(`${name}=`));
    for (const known of [inFiles, null]) {
      const found = declaredMisfits(byDay, { path, format: "parquet", columns: known, partitionBy });
      if (fits) expect(found).toEqual([]);
      else expect(found.join()).toContain('is declared with the partitions "day", "hour"');
    }
  });
});
