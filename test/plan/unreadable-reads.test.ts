/** Files that SQL names and that the run can't read: an error of the plan, and a plan where DuckDB reads them. DuckDB's own answer is the oracle. */
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";
import { type Duck, lit, openDuck } from "../truth/duck.ts";

const open: LocalProject[] = [];
let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.close());
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const texts = {
  "data/lack/a.csv": "id,x\n1,2\n",
  "data/lack/b.csv": "id\n3\n",
  "data/other/a.csv": "id,x\n1,2\n",
  "data/other/b.csv": "id,y\n3,4\n",
  "data/order/a.csv": "id,x\n1,2\n",
  "data/order/b.csv": "x,id\n3,4\n",
  "data/case/a.csv": "id,x\n1,2\n",
  "data/case/b.csv": "ID,x\n3,4\n",
  "data/hive/month=1/a.csv": "id,x\n1,2\n",
  "data/hive/month=2/b.csv": "id\n3\n",
  "data/twice.jsonl": '{"a":1,"b":2}\n{"a":1,"a":2,"b":3}\n',
  "data/within.jsonl": '{"b":2,"o":{"x":1}}\n{"b":3,"o":{"x":1,"x":2}}\n',
  "data/loose.jsonl": '{"b":2,"o":"x"}\n{"b":3,"o":{"x":1,"x":2}}\n',
  "data/numbers.jsonl": "1\n2\n",
  "data/more/a.csv": "id\n1\n",
  "data/more/b.csv": "id,x\n3,4\n",
  "data/odd[1]/a,(b).csv": "id,x\n1,2\n",
  "data/odd[1]/c d.csv": "id\n3\n",
};

async function project(sql: string): Promise<LocalProject> {
  const made = await localProject(
    `type: deployment\nname: q\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, output_path: out/q, output_format: parquet }\n`,
    texts,
  );
  open.push(made);
  await duck.run(`SET file_search_path = ${lit(join(made.directory, "data"))}`);
  const parquet = {
    "p/a": "select 1 as id, 2 as x",
    "p/b": "select 3 as id",
    "pc/a": "select 1 as id, 2 as x",
    "pc/b": "select 4 as X, 3 as ID",
  };
  for (const [name, select] of Object.entries(parquet)) {
    const file = join(made.directory, "data", `${name}.parquet`);
    await mkdir(dirname(file), { recursive: true });
    await duck.run(`COPY (${select}) TO ${lit(file)}`);
  }
  return made;
}

/** Whether DuckDB runs a query by hand. */
const runs = (sql: string) =>
  duck.rows(sql).then(
    () => true,
    () => false,
  );

const sorted = async (sql: string) => (await duck.rows(sql)).map((row) => row.join()).sort();

describe("later files that lack a column of the first one", () => {
  test.each([
    ["select id from 'lack/*.csv'", /lack\/b\.csv[\s\S]*\\"x\\"[\s\S]*union_by_name = true/],
    ["select count(*) as n from read_csv('lack/*.csv')", /lack\/b\.csv/],
    ["select id from read_csv(['lack/a.csv', 'lack/b.csv'])", null],
    ["select id from read_csv('lack/*.csv', null_padding = true)", /lack\/b\.csv/],
    ["select id from read_csv('lack/' || '*.csv')", /lack\/b\.csv/],
    ["select * from read_csv('lack/*.csv', header = false)", /\\"column1\\"/],
    ["with q as (select id from read_csv('lack/*.csv', delim = ',')) select * from q", /lack\/b\.csv/],
    ["select id from read_csv('other/*.csv', header = true)", /other\/b\.csv[\s\S]*\\"x\\"/],
    ["select id from read_csv('other/*.csv', all_varchar = true)", /other\/b\.csv[\s\S]*\\"x\\"/],
    ["select x from read_csv('case/*.csv', header = true)", /case\/b\.csv[\s\S]*\\"id\\"/],
    ["select id from read_csv('odd[[]1]/*.csv', header = true)", /c d\.csv[\s\S]*\\"x\\"/],
    ["select id, x from 'hive/*/*.csv'", /month=2\/b\.csv/],
    ["select * exclude (filename) from read_csv('lack/*.csv', filename = true)", /lack\/b\.csv/],
    ["select x from read_parquet('p/*.parquet')", /p\/b\.parquet[\s\S]*\\"x\\"/],
    ["from 'p/*.parquet'", /p\/b\.parquet/],
    ["select a.id from read_parquet('p/*.parquet') a where a.x > 0", /p\/b\.parquet/],
    ["with q as (select id, x as y from 'p/*.parquet') select y from q", /p\/b\.parquet/],
    ["select * from (select [x] as l from 'p/*.parquet')", /p\/b\.parquet/],
    ["select id, x from read_parquet('p/*.parquet', filename = true)", /p\/b\.parquet/],
  ] as const)("refused: %s", async (sql, message) => {
    const made = await project(sql);
    expect(await runs(sql)).toBe(false);
    if (message !== null) await expect(made.plan()).rejects.toThrow(message);
  });

  test("columns that later files have beside those of the first one are not left out", async () => {
    const made = await project("from 'more/*.csv'");
    await expect(made.plan()).rejects.toThrow(/of its first file[\s\S]*\\"id\\", \\"x\\"[\s\S]*union_by_name = true/);
  });

  test.each([
    "select id, x from read_csv('lack/*.csv', union_by_name = true)",
    "select id from read_csv('lack/*.csv', skip = 1, header = false, names = ['id'])",
    "select id, x from read_csv('order/*.csv')",
    "select id from read_parquet('p/*.parquet')",
    "select count(*) as n from 'p/*.parquet'",
    "with q as (from 'p/*.parquet') select id from q",
    "select id from (select id, x from 'p/*.parquet')",
    "select id, month from 'hive/*/*.csv'",
    "select id from read_csv('lack/*.csv', hive_partitioning = true)",
    "select id from read_csv('lack/*.csv', filename = true)",
    "select count(*) as n from read_csv('hive/**', hive_partitioning = true)",
    "with q as (select id, x + 1 as y from read_parquet('p/*.parquet')) select id from q",
    "from read_parquet('p/*.parquet', union_by_name = true)",
    "select id, x from 'pc/*.parquet'",
  ])("planned and run: %s", async (sql) => {
    const made = await project(sql);
    expect(await runs(sql)).toBe(true);
    await made.apply();
    expect(await sorted("select * from 'out/q/*.parquet'")).toEqual(await sorted(sql));
  });
});

describe("objects of JSON that repeat a key", () => {
  test.each([
    "from 'twice.jsonl'",
    "select a + b as s from read_json('twice.jsonl')",
    "select a, b from read_json_auto('twice.jsonl', format = 'newline_delimited')",
    "with q as (from 'twice.jsonl') select * from q",
    "select b, o.x as x from 'within.jsonl'",
  ])("refused: %s", async (sql) => {
    const made = await project(sql);
    expect(await runs(sql)).toBe(false);
    await expect(made.plan()).rejects.toThrow(/(twice|within)\.jsonl.*twice in one object, in line 2/);
  });

  test.each([
    "select b from 'twice.jsonl'",
    "select count(*) as n from 'twice.jsonl'",
    "select b from read_json('twice.jsonl', columns = {'b': 'BIGINT'})",
    "select b from (select a, b from 'twice.jsonl')",
    "select b, o from 'loose.jsonl'",
    "from read_json('numbers.jsonl')",
  ])("planned and run: %s", async (sql) => {
    const made = await project(sql);
    expect(await runs(sql)).toBe(true);
    await made.apply();
    expect(await sorted("select * from 'out/q/*.parquet'")).toEqual(await sorted(sql));
  });
});

describe("columns of Parquet files that can't be read", () => {
  const sample = async (sql: string, name: string) => {
    const made = await project(sql);
    await mkdir(join(made.directory, "data/u"), { recursive: true });
    await copyFile(join(import.meta.dirname, "../catalog/schema/data", name), join(made.directory, "data/u/a.parquet"));
    return made;
  };
  const split = "encodings/split-i32.parquet";
  const locked = "encrypted/column.parquet";

  test.each([
    ["select a from read_parquet('u/a.parquet')", split],
    ["from 'u/*.parquet'", split],
    ["select b from parquet_scan('u/**') where a > 1", split],
    ["select sum(t.a) as s from read_parquet('u/a.parquet', filename = true) as t", locked],
    ["with q as (from 'u/a.parquet') select {'v': a} as s from q", locked],
  ])("refused: %s", async (sql, name) => {
    const made = await sample(sql, name);
    expect(await runs(sql)).toBe(false);
    await expect(made.plan()).rejects.toThrow('Column \\"a\\" of \\"u/a.parquet\\" can\'t be read');
  });

  test.each([
    ["select b from read_parquet('u/a.parquet')", split],
    ["with q as (from 'u/a.parquet') select sum(b) as s from q", locked],
    ["select count(*) as n from 'u/*.parquet'", split],
    ["select * exclude (a) from 'u/a.parquet'", locked],
    ["select b from (select a, b from 'u/a.parquet')", locked],
  ])("planned and run: %s", async (sql, name) => {
    const made = await sample(sql, name);
    expect(await runs(sql)).toBe(true);
    const plan = await made.apply();
    expect(JSON.stringify(plan.changes)).toContain('Column \\"a\\" of \\"u/a.parquet\\" can\'t be read');
  });
});
