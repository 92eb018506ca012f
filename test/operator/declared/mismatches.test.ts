/** `on_mismatch` on random tables of every format, held against DuckDB's own casts of the raw values. */
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mismatches } from "../../../src/model/job.ts";
import type { Schema } from "../../../src/model/schema.ts";
import { indexDeclared } from "../../../src/operator/declared/declared-tables.ts";
import { format } from "../../../src/operator/table/format.ts";
import { query } from "../../../src/operator/table/query.ts";
import { schema } from "../../sql/dialects/duckdb/local-run.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;

beforeAll(async () => {
  run = await operatorRun();
});
afterAll(() => run.close());

/** Runs an operator and returns what its jobs left out. */
async function leftOut(...work: Parameters<OperatorRun["run"]>): Promise<readonly Mismatches[]> {
  const before = run.mismatches.length;
  await run.run(...work);
  return run.mismatches.slice(before);
}

type Rule = "null" | "skip_row";

/** Texts that may stand for a value of each type; some do not fit. */
const texts = {
  bigint: ["1", "-7", "1.5", "x", "9223372036854775808", "0"],
  "decimal(6,2)": ["1.25", "1.255", "99999", "abc", "7"],
  date: ["2026-01-31", "2026-02-30", "someday", "1999-12-01"],
  "varchar(3)": ["abc", "abcd", "a", "äöü", "äöüß"],
  boolean: ["true", "false", "maybe"],
  double: ["1.5", "-2e3", "1,5", "1"],
  string: ["any", "1.5", "a b"],
} as const;
type TypeName = keyof typeof texts;

/** Whether a text is a value of the type, in SQL of our own: a cast, and what the cast must not lose. */
const fits: Readonly<Record<TypeName, string>> = {
  bigint: "try_cast(t as bigint) is not null and regexp_full_match(t, '-?[0-9]+')",
  "decimal(6,2)":
    "try_cast(t as decimal(6,2)) is not null and try_cast(t as decimal(6,2)) = try_cast(t as decimal(18,6))",
  date: "try_cast(t as date) is not null",
  "varchar(3)": "length(t) <= 3",
  boolean: "try_cast(t as boolean) is not null",
  double: "try_cast(t as double) is not null",
  string: "true",
};

interface Example {
  readonly types: readonly TypeName[];
  readonly required: readonly boolean[];
  /** By file. */
  readonly files: readonly (readonly (readonly (string | null)[])[])[];
  readonly format: "csv" | "json" | "jsonl" | "parquet";
  readonly rule: Rule;
}

const examples: fc.Arbitrary<Example> = fc
  .array(fc.constantFrom(...(Object.keys(texts) as TypeName[])), { minLength: 1, maxLength: 4 })
  .chain((types) => {
    const row = fc.tuple(...types.map((type) => fc.option(fc.constantFrom(...texts[type]), { freq: 6 })));
    return fc.record({
      types: fc.constant(types),
      required: fc.tuple(...types.map(() => fc.integer({ max: 4, min: 0 }).map((number) => number === 0))),
      files: fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      format: fc.constantFrom("csv", "json", "jsonl", "parquet"),
      rule: fc.constantFrom("null", "skip_row"),
    });
  });

const columnName = (at: number) => `c${at}`;
const rawFile = (at: number, { format: extension }: Example) => `raw/part-${at}.${extension}`;

/** Writes the raw files. The first column numbers the rows, so that a row of CSV is never blank. */
async function write(example: Example): Promise<void> {
  await run.engines.storage.delete("raw");
  let id = 0;
  for (const [at, rows] of example.files.entries()) {
    const records = rows.map((row) => ({
      id: ++id,
      ...Object.fromEntries(row.map((value, column) => [columnName(column), value])),
    }));
    const path = rawFile(at, example);
    if (example.format === "json") await run.put(path, JSON.stringify(records));
    if (example.format === "jsonl")
      await run.put(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    if (example.format === "csv") {
      const cell = (value: unknown) => (value === null ? "" : `"${String(value)}"`);
      const lines = records.map((record) => Object.values(record).map(cell).join(","));
      await run.put(path, `${Object.keys(records[0] ?? {}).join(",")}\n${lines.join("\n")}\n`);
    }
    if (example.format === "parquet") {
      const cell = (value: unknown) => (value === null ? "null::varchar" : `'${String(value)}'`);
      const values = rows.map((row, place) => `(${records[place]?.id}, ${row.map(cell).join(", ")})`);
      const names = ["id", ...example.types.map((_, column) => columnName(column))].join(", ");
      await run.put(path, "");
      await sql(
        `copy (select id::bigint as id, * exclude (id) from (values ${values.join(", ")}) t(${names})) to '${run.data}/${path}' (format parquet)`,
      );
    }
  }
}

interface Cell {
  readonly id: number;
  readonly file: number;
  readonly at: number;
  readonly text: string | null;
  readonly isMisfit: boolean;
}

/** Every value, and whether it fits, by casts in DuckDB. */
async function cells({ types, required, files }: Example): Promise<readonly Cell[]> {
  let id = 0;
  const all: Cell[] = [];
  const verdicts = new Map<string, boolean>();
  for (const type of new Set(types)) {
    const values = texts[type].map((text) => `('${text}')`).join(", ");
    for (const [text, isFit] of await sql(`select t, ${fits[type]} from (values ${values}) v(t)`))
      verdicts.set(`${type} ${text}`, isFit === true);
  }
  for (const [file, rows] of files.entries()) {
    for (const row of rows) {
      id++;
      for (const [at, text] of row.entries()) {
        const isMisfit = text === null ? required[at] === true : verdicts.get(`${types[at]} ${text}`) !== true;
        all.push({ id, file, at, text, isMisfit });
      }
    }
  }
  return all;
}

const columnsOf = ({ types, required }: Example): Schema =>
  schema(`id bigint, ${types.map((type, at) => `${columnName(at)} ${type}`).join(", ")}`).map((column, at) => ({
    ...column,
    nullable: at === 0 || required[at - 1] !== true,
  }));

let tables = 0;

test("what is read, counted and kept is what DuckDB says of each value", async () => {
  await fc.assert(
    fc.asyncProperty(examples, async (example) => {
      await write(example);
      const name = `t${++tables}`;
      await run.table(`sales.${name}`, "id bigint", {
        location: "raw",
        format: example.format,
        columns: columnsOf(example),
        settings: { onMismatch: example.rule },
      });
      const all = await cells(example);
      const isFatal = (cell: Cell) => example.rule === "null" && cell.isMisfit && example.required[cell.at] === true;
      const work = leftOut(format, {
        database_name: "sales",
        table_name: name,
        format: "parquet",
        output_path: `out/${name}`,
      });
      if (all.some(isFatal)) {
        const { message } = await refused(work, "invalid");
        const [first] = all.filter(isFatal);
        expect(message).toContain(columnName(first?.at ?? 0).slice(0, 1));
        return;
      }
      const mismatches = await work;
      const misfits = all.filter((cell) => cell.isMisfit);
      expect(mismatches.map(told)).toEqual(expected(example, misfits, `sales.${name}`));
      const skipped = new Set(example.rule === "skip_row" ? misfits.map((cell) => cell.id) : []);
      const rows = await sql(`select * from read_parquet('${run.data}/out/${name}/*') order by id`);
      const left = [...new Set(all.map((cell) => cell.id))].filter((id) => !skipped.has(id));
      expect(rows.map((row) => Number(row[0]))).toEqual(left);
      for (const row of rows) {
        const own = all.filter((cell) => cell.id === Number(row[0]));
        expect(row.slice(1).map((value) => value === null)).toEqual(
          own.map((cell) => cell.text === null || cell.isMisfit),
        );
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);

const told = ({ table, rule, when, rows, values, columns, rejects }: Mismatches) => ({
  table,
  rule,
  when,
  rows,
  values,
  columns,
  rejects: rejects
    .map((reject) => `${reject.file} ${reject.line ?? reject.record} ${reject.column} ${reject.value}`)
    .sort(),
});

function expected(example: Example, misfits: readonly Cell[], table: string): readonly ReturnType<typeof told>[] {
  if (misfits.length === 0) return [];
  const columns: Record<string, number> = {};
  for (const cell of misfits) columns[columnName(cell.at)] = (columns[columnName(cell.at)] ?? 0) + 1;
  const firsts = example.files.map((_, file) =>
    example.files.slice(0, file).reduce((sum, rows) => sum + rows.length, 0),
  );
  const place = ({ id, file }: Cell) => id - (firsts[file] ?? 0) + (example.format === "csv" ? 1 : 0);
  return [
    {
      table,
      rule: example.rule,
      when: "read",
      rows: new Set(misfits.map((cell) => cell.id)).size,
      values: misfits.length,
      columns,
      rejects: misfits
        .map((cell) => `${rawFile(cell.file, example)} ${place(cell)} ${columnName(cell.at)} ${cell.text}`)
        .sort(),
    },
  ];
}

describe("queries", () => {
  const table = (rule: Rule) =>
    run.table(`sales.q_${rule}`, "id bigint, amount double", {
      location: "q",
      format: "jsonl",
      settings: { onMismatch: rule },
    });
  beforeAll(async () => {
    await run.put("q/a.jsonl", '{"id":1,"amount":1}\n{"id":2,"amount":"x"}\n{"id":"y","amount":3}\n');
    await table("null");
    await table("skip_row");
  });

  test.each([
    ["skip_row", "select count(*) as n from sales.q_skip_row", [{ n: 1 }]],
    ["skip_row", "select id from sales.q_skip_row", [{ id: 1 }]],
    ["null", "select count(*) as n, sum(amount) as s from sales.q_null", [{ n: 3, s: 4 }]],
    ["null", "select id from sales.q_null where amount is null", [{ id: 2 }]],
  ])("%s: %s", async (_, query_string, rows) => {
    expect((await run.run(query, { query_string })).data).toEqual(rows);
  });

  test("nested values of another shape", async () => {
    await run.put(
      "n/a.jsonl",
      '{"id":1,"s":{"a":1,"b":"x"},"l":[1,2]}\n{"id":2,"s":5,"l":[1.5]}\n{"id":3,"s":{"a":"q"},"l":{"a":1}}\n{"id":4,"s":{"b":"z","more":1},"l":null}\n',
    );
    const settings = { onMismatch: "null" } as const;
    await run.table("sales.n", "id bigint, s struct<a:bigint,b:string>, l array<bigint>", {
      location: "n",
      format: "jsonl",
      settings,
    });
    const { data } = await run.run(query, { query_string: "select * from sales.n" });
    expect(data).toEqual([
      { id: 1, s: { a: 1, b: "x" }, l: [1, 2] },
      { id: 2, s: null, l: null },
      { id: 3, s: null, l: null },
      { id: 4, s: { a: null, b: "z" }, l: null },
    ]);
  });

  test("a value in the name of a folder counts for each row of its files", async () => {
    await run.put("f/part=7/a.csv", "id\n1\n2\n");
    await run.put("f/part=x/a.csv", "id\n3\n4\n");
    const rest = { partitionedBy: "part bigint", location: "f", format: "csv" } as const;
    await run.table("sales.f_skip", "id bigint", { ...rest, settings: { onMismatch: "skip_row" } });
    await run.table("sales.f_null", "id bigint", { ...rest, settings: { onMismatch: "null" } });
    for (const table of ["sales.f_skip", "sales.f_null"]) {
      const [database = "", name = ""] = table.split(".");
      await run.engines.metastore.addPartitions?.(database, name, [
        { values: { part: "7" }, location: "f/part=7" },
        { values: { part: "x" }, location: "f/part=x" },
      ]);
    }
    const rows = async (sql: string) => (await run.run(query, { query_string: sql })).data;
    expect(await rows("select id, part from sales.f_skip order by id")).toEqual([
      { id: 1, part: 7 },
      { id: 2, part: 7 },
    ]);
    expect(await rows("select id from sales.f_null where part is null order by id")).toEqual([{ id: 3 }, { id: 4 }]);
    expect(run.mismatches.at(-1)).toMatchObject({ values: 2, columns: { part: 2 } });
    expect(run.mismatches.at(-1)?.rejects[0]).toEqual({ file: "f/part=x/a.csv", line: 2, column: "part", value: "x" });
  });

  test("at most 100 values are kept, and long ones are cut", async () => {
    await run.put("many/a.csv", `id\n${`${"x".repeat(500)}\n`.repeat(150)}`);
    await run.table("sales.many", "id bigint", {
      location: "many",
      format: "csv",
      settings: { onMismatch: "skip_row" },
    });
    const mismatches = await leftOut(query, { query_string: "select * from sales.many" });
    expect(mismatches).toMatchObject([{ rows: 150, values: 150, columns: { id: 150 } }]);
    expect(mismatches[0]?.rejects.length).toBe(100);
    expect(mismatches[0]?.rejects[99]).toMatchObject({ line: 101 });
    expect(mismatches[0]?.rejects[0]?.value?.length).toBeLessThan(100);
  });
});

describe("writes into a declared table", () => {
  const declare = (rule: Rule | undefined, extension: "csv" | "parquet") =>
    indexDeclared(
      [
        {
          address: "table.lake.target",
          database: "lake",
          name: "target",
          format: extension,
          columns: schema("id int, name varchar(3), day date").map((column) => ({
            ...column,
            nullable: column.name !== "id",
          })),
          partitions: [],
          location: "lake/target",
          ...(rule === undefined ? {} : { settings: { onMismatch: rule } }),
        },
      ],
      [],
    );
  const rows = "(1, 'abc', date '2026-01-01'), (2, 'abcd', null), (null, 'a', null), (4, 'ab', null)";
  const query_string = `select id::int as id, name, day from (values ${rows}) t(id, name, day)`;
  const parameters = (extension: string, where = "true") => ({
    query_string: `${query_string} where ${where}`,
    output_path: "lake/target",
    output_format: extension,
    overwrite: true,
  });

  test.each(["csv", "parquet"] as const)("skip_row, %s", async (extension) => {
    const declared = declare("skip_row", extension);
    const mismatches = await leftOut(query, parameters(extension), { declared });
    expect(mismatches).toEqual([
      {
        table: "lake.target",
        when: "write",
        rule: "skip_row",
        rows: 2,
        values: 2,
        columns: { id: 1, name: 1 },
        rejects: [
          { column: "name", value: "abcd" },
          { column: "id", value: null },
        ],
      },
    ]);
    expect((await run.rows("lake/target")).map((row) => (row as { id: number }).id)).toEqual([1, 4]);
    await run.engines.storage.delete("lake");
  });

  test.each(["csv", "parquet"] as const)("null, %s; it fails where null is not allowed", async (extension) => {
    const declared = declare("null", extension);
    const mismatches = await leftOut(query, parameters(extension, "id is not null"), { declared });
    expect(mismatches).toMatchObject([{ rows: 1, values: 1, columns: { name: 1 } }]);
    expect((await run.rows("lake/target")).map((row) => (row as { name: string }).name)).toEqual(["abc", null, "ab"]);
    const { message } = await refused(run.run(query, parameters(extension), { declared }), "invalid");
    expect(message).toContain('The column "id" has no value');
    await run.engines.storage.delete("lake");
  });
});

async function sql(text: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    return (await connection.runAndReadAll(text)).getRows();
  } finally {
    connection.closeSync();
  }
}
