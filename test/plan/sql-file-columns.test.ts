/** Columns of SQL that names files: those of the plan are those that DuckDB gives by hand, and the text that is shown is the one that runs. */
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import type { StepPlan } from "../../src/plan/plan.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";
import { type Duck, lit, openDuck } from "../truth/duck.ts";
import { duck as typeOf } from "../truth/types.ts";

const open: LocalProject[] = [];
let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.close());
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const files = {
  "data/raw/a.csv": "id,n,d1\n1,x,2026-01-02\n2,y,2026-01-03\n",
  "data/raw/b.csv": "id,n,d1\n3,z,2026-01-04\n",
  "data/raw/semi.csv": "k;v\n1;1,5\n",
  "data/raw/bare.txt": "1|a\n2|b\n",
  "data/raw/j.jsonl": '{"id":1,"tags":["a"],"o":{"x":1.5}}\n{"id":2,"tags":[],"o":{"x":2}}\n',
  "data/raw/days/day=2026-01-01/x.csv": "id\n1\n",
  "data/raw/days/day=2026-01-02/x.csv": "id\n2\n",
};

const step = (name: string, sql: string, output: string, format = "parquet") =>
  `---\ntype: deployment\nname: ${name}\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, output_path: ${output}, output_format: ${format} }\n`;

async function project(documents: string): Promise<LocalProject> {
  const made = await localProject(documents, files);
  open.push(made);
  await duck.run(`SET file_search_path = ${lit(join(made.directory, "data"))}`);
  await mkdir(join(made.directory, "data/p"), { recursive: true });
  await duck.run(
    `COPY (SELECT 1::SMALLINT AS id, 2.50::DECIMAL(9,2) AS d, [{'a': DATE '2026-01-01'}] AS l, 'x' AS n) TO ${lit(join(made.directory, "data/p/one.parquet"))}`,
  );
  return made;
}

const stepOf = async (made: LocalProject, name: string): Promise<StepPlan> => {
  const { plan } = await made.plan();
  const found = plan.changes.find(({ address }) => address === `deployment.${name}`)?.steps[0];
  if (found === undefined) throw new Error(`no step of ${name}`);
  return found;
};

const shown = ({ columns }: StepPlan) => columns?.map(({ name, type }) => `${name} ${typeOf(type)}`);
const byHand = async (sql: string) => (await duck.columns(sql)).map(({ name, type }) => `${name} ${type}`);

describe("files that exist", () => {
  test.each([
    "select * from 'raw/a.csv'",
    'select * from "raw/a.csv"',
    "select * from read_csv('raw/a.csv')",
    "select * from READ_CSV_AUTO('raw/a.csv', header = true)",
    "select id + 0.5 as h, d1 from read_csv(['raw/a.csv', 'raw/b.csv'])",
    "select * from read_csv('raw/[ab].csv', filename = true)",
    "select * from read_csv('raw/semi.csv', delim = ';', decimal_separator = ',')",
    "select * from read_csv('raw/bare.txt', delim = '|', header = false, columns = {'n': 'BIGINT', 'ä': 'VARCHAR'})",
    "select * from read_csv('raw/a.csv', types := {'id': 'VARCHAR'}, all_varchar := false)",
    "select * from read_csv('raw/days/*/*.csv', hive_partitioning = true)",
    "select * from read_csv('raw/days/**/*.csv', hive_partitioning = true, hive_types_autocast = false)",
    "select * from read_json('raw/j.jsonl')",
    "select * from 'raw/j.jsonl'",
    "select o.x, unnest(tags) as t from read_json_auto('raw/j.jsonl', format = 'newline_delimited')",
    "select * from 'p/one.parquet'",
    "select * from read_parquet('p/*.parquet', filename = true, file_row_number = true)",
    "select l[1].a as a, d * 2 as dd from parquet_scan('p/one.parquet')",
    "select name, type from parquet_schema('p/one.parquet')",
    "select file from glob('raw/*.csv')",
    "select filename, size from read_text('raw/a.csv')",
    "with t as (from 'raw/a.csv') select a.id, j.o from t a join read_json('raw/j.jsonl') j using (id) -- 'raw/none.csv'",
    "select (select max(d1) from 'raw/b.csv') as m, 'read_csv(''x'')' as s",
    "select * from read_csv('raw/' || 'a' || '.csv')",
    "select * from './raw//a.csv' as q(a, b, c)",
    "select * from read_csv($$raw/a.csv$$) limit 1;",
  ])("%s", async (sql) => {
    const made = await project(step("q", sql, "out/q"));
    const found = await stepOf(made, "q");
    expect(shown(found)).toEqual(await byHand(sql.replace(/;$/, "")));
    expect(found.certainty).toBe("checked");
    expect(found.statements).toEqual([sql]);
    await made.apply();
    const rows = await duck.rows(`SELECT count(*) FROM (${sql.replace(/;$/, "")}\n)`);
    expect(await duck.rows(`SELECT count(*) FROM 'out/q/*.parquet'`)).toEqual(rows);
    expect((await made.plan()).plan.changes).toEqual([]);
  });

  test("a column that is not in the file is an error in the plan, at its place", async () => {
    const made = await project(step("q", "select id,\n  nope from read_csv('raw/a.csv')", "out/q"));
    await expect(made.plan()).rejects.toThrow(/nope[\s\S]*line 2, column 3/);
  });

  test("a file that is not there is an error in the plan", async () => {
    for (const sql of ["from 'raw/none.csv'", "from read_parquet('p/none/*.parquet')"]) {
      const made = await project(step("q", sql, "out/q"));
      await expect(made.plan()).rejects.toThrow(/missing-input/);
    }
  });

  test("another content is another plan, although the text is the same", async () => {
    const made = await project(step("q", "from 'raw/a.csv'", "out/q"));
    expect(shown(await stepOf(made, "q"))).toHaveLength(3);
    await made.write("data/raw/a.csv", "id\n1\n");
    expect(shown(await stepOf(made, "q"))).toEqual(["id BIGINT"]);
  });

  test("a link out of the root is refused in the plan", async () => {
    const made = await project(step("q", "select * from read_csv('link/s.csv')", "out/q"));
    await made.write("secret/s.csv", "planted\n1\n");
    await symlink(join(made.directory, "secret"), join(made.directory, "data/link"));
    const error = await made.plan().then(
      () => "planned",
      (thrown: Error) => thrown.message,
    );
    expect(error).toMatch(/link/);
    expect(error).not.toContain("planted");
  });
});

describe("files that an earlier step writes", () => {
  test.each([
    ["parquet", "from 'made/w/*.parquet'"],
    ["parquet", "select *, id + 1 as next from read_parquet('made/w/**')"],
    [
      "parquet",
      "select s.id from read_parquet('made/w/*.parquet', union_by_name = true) s, read_csv('raw/a.csv') r where s.id = r.id",
    ],
    ["csv", "select n, id from read_csv('made/w/*.csv') where n <> ')'"],
    ["jsonl", "from read_json('made/w/*.jsonl')"],
    ["parquet", "from read_parquet('made/w/*.parquet', filename = true)"],
    ["parquet", "select id, filename from read_parquet('made/w/*.parquet', hive_partitioning=true, filename := TRUE)"],
    ["csv", "select id, n from read_csv('made/w/*.csv', header => true, delim = ',', all_varchar = true)"],
    ["csv", "from read_csv(concat('made/w/', '*.csv'), sample_size = -1, header=true, filename=true)"],
    ["json", "from read_json('made/w/*.json', filename = true)"],
  ])("%s: %s", async (format, sql) => {
    const made = await project(step("q", sql, "out/q") + step("w", "select 1 as id, 'x' as n", "made/w", format));
    const { plan } = await made.plan();
    expect(plan.stages.find(({ address }) => address === "deployment.q")?.dependencies).toContain("deployment.w");
    const found = await stepOf(made, "q");
    expect(found.certainty).toBe("predicted");
    await made.apply();
    const written = await byHand("from 'out/q/*.parquet'");
    expect(shown(found)?.map((column) => column.split(" ")[0])).toEqual(written.map((column) => column.split(" ")[0]));
    if (format === "parquet") expect(shown(found)).toEqual(written);
  });

  test.each([
    ["csv", "select m.nam from read_csv('made/w/*.csv', header = true) m", /column named \\"nam\\"/],
    ["csv", "select nam from read_csv('made/w/*.csv', all_varchar = true, filename = true)", /\\"nam\\"/],
    ["parquet", "select file_name from read_parquet('made/w/*.parquet', filename = true)", /\\"file_name\\"/],
  ])("%s: a wrong name is an error of the plan: %s", async (format, sql, message) => {
    const made = await project(step("q", sql, "out/q") + step("w", "select 1 as id, 'x' as n", "made/w", format));
    await expect(made.plan()).rejects.toThrow(message);
  });

  test("with an option that changes the columns they are not known, and nothing is refused", async () => {
    const sql = "from read_parquet('made/w/*.parquet', filename = 'of')";
    const made = await project(step("q", sql, "out/q") + step("w", "select 1 as id", "made/w"));
    expect((await stepOf(made, "q")).columns).toBeUndefined();
    await made.apply();
  });
});

describe("holes in paths", () => {
  test("have the columns of the files of other days, marked as predicted", async () => {
    const sql = "select *, ${run.date} as d from read_csv('raw/days/day=' || ${run.date} || '/x.csv')";
    const made = await project(step("q", sql, "out/q"));
    const found = await stepOf(made, "q");
    expect([shown(found)?.map((column) => column.split(" ")[0]), found.certainty]).toEqual([
      ["id", "day", "d"],
      "predicted",
    ]);
    expect(found.statements).toEqual([sql]);
  });
});

describe("guesses that would change values", () => {
  const zips = `zip,n\n${"12345,1\n".repeat(30_000)}01234,2\n${"12345,1\n".repeat(30_000)}`;
  test.each(["from 'raw/zip.csv'", "select zip from read_csv('raw/zip.csv', header = true)"])("%s", async (sql) => {
    const made = await project(step("q", sql, "out/q"));
    await made.write("data/raw/zip.csv", zips);
    await expect(made.plan()).rejects.toThrow(/"zip\\?"[\s\S]*01234[\s\S]*types = /);
  });
  test.each([
    "from read_csv('raw/zip.csv', types = {'zip': 'VARCHAR'})",
    "from read_csv('raw/zip.csv', all_varchar = true)",
  ])("%s holds them", async (sql) => {
    const made = await project(step("q", sql, "out/q"));
    await made.write("data/raw/zip.csv", zips);
    await made.apply();
    expect(await duck.rows("select count(*) from 'out/q/*.parquet' where zip = '01234'")).toEqual([["1"]]);
  });
  const head = (line: string) => `${line}\n`.repeat(30_000);
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["late.jsonl", `${head('{"id":1,"v":1}')}{"id":2,"v":1.7}\n`, /"v\\?" as BIGINT[\s\S]*'v': 'DOUBLE'/],
    ["deep.jsonl", `${head('{"o":{"l":[{"v":1}]}}')}{"o":{"l":[{"v":1.7}]}}\n`, /"o\.l\[\]\.v/],
    ["deeper.jsonl", `${head('{"o":{"v":1}}')}{"o":{"v":1,"w":2}}\n`, /leave out \\?"o\.w/],
    ["infinity.jsonl", '{"s":"infinity"}\n', /"s\\?" as DATE/],
    ["huge.jsonl", '{"x":1e400}\n', /"x\\?" as DOUBLE/],
    ["offset.jsonl", '{"t":"2024-01-01T10:00:00+05:00"}\n', /"t\\?" as TIMESTAMP/],
    ["fine.csv", "id,t\n1,2024-01-01T10:00:00.123456789\n", /"t\\?" as TIMESTAMP[\s\S]*'t': 'TIMESTAMP_NS'/],
    ["day.csv", "id,t\n1,01/02/2024\n", /"t\\?" as DATE[\s\S]*'t': 'VARCHAR'/],
    ["time.csv", "id,t\n1,10:00\n", /"t\\?" as TIME/],
    ["half.csv", `v\n${head("1")}1.7\n`, /"v\\?" as BIGINT/],
  ];
  test.each(refused)("%s is refused in the plan and in a run", async (name, content, message) => {
    const made = await project(step("q", `from 'raw/${name}'`, "out/q"));
    await made.write(`data/raw/${name}`, content);
    await expect(made.plan()).rejects.toThrow(message);
    // The second plan knows the files from the first.
    await expect(made.plan()).rejects.toThrow(message);
    await expect(made.plan()).rejects.toThrow(`raw/${name}`);
  });

  test("a run refuses what became wrong after the plan", async () => {
    const made = await project(step("q", "from 'raw/late.jsonl'", "out/q"));
    await made.write("data/raw/late.jsonl", head('{"id":1,"v":1}'));
    const planned = await made.plan();
    await made.write("data/raw/late.jsonl", `${head('{"id":1,"v":1}')}{"id":2,"v":1.7}\n`);
    const { results } = await applyPlan(made.world, planned, { leaseTimeoutMs: 0 });
    expect(JSON.stringify(results)).toMatch(/"v\\" as BIGINT[\s\S]*'v': 'DOUBLE'/);
  });

  const right: readonly (readonly [string, string])[] = [
    ["utc.jsonl", '{"t":"2024-01-01T10:00:00Z"}\n'],
    ["ids.jsonl", '{"n":18446744073709551615,"u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","d":"2024-01-01"}\n'],
    ["time.jsonl", '{"t":"10:00:00","f":"10:00:00.5"}\n'],
    ["mixed.jsonl", '{"v":1}\n{"v":1.5}\n{"v":null}\n'],
    ["odd.jsonl", '{"a":null,"l":[],"o":{},"m":[1,"x"]}\n{"a":null,"l":[],"o":{},"m":[{"x":1}]}\n'],
    ["nulls.csv", "id,n\n1,\n2,\n"],
    ["times.csv", "id,t,z,d\n1,10:00:00,2024-01-01 10:00:00+05:30,2024-01-01\n"],
    ["zeros.csv", "id,t\n1,2024-01-01T10:00:00.123456000\n"],
    ["bare.csv", "1,2\n3,4\n"],
    ["names.csv", " id ,id,,x\n1,2,3,4\n3,4,3,4\n"],
    ["texts.csv", "a,b\nc,d\n"],
    ["bool.csv", "id,b\n1,true\n2,FALSE\n"],
    ["semi.tsv", "id\tx\n1\ta\n"],
  ];
  test.each(right)("%s is read as DuckDB does", async (name, content) => {
    const made = await project(step("q", `from 'raw/${name}'`, "out/q"));
    await made.write(`data/raw/${name}`, content);
    await made.apply();
    expect(await duck.rows("from 'out/q/*.parquet'")).toEqual(await duck.rows(`from 'raw/${name}'`));
  });

  test("lines above the header are told", async () => {
    const made = await project(step("q", "from 'raw/title.csv'", "out/q"));
    await made.write("data/raw/title.csv", "exported at noon\nid,n\n1,2\n3,4\n");
    const { plan } = await made.plan();
    expect(JSON.stringify(plan.changes)).toMatch(/csv\.skip/);
  });

  test("digits that a double loses are told", async () => {
    const made = await project(step("q", "from 'raw/long.csv'", "out/q"));
    await made.write("data/raw/long.csv", "id,n\n1,12345678901234567.25\n");
    const { plan } = await made.plan();
    expect(JSON.stringify(plan.changes)).toMatch(/more than 17 digits/);
  });

  test("a field of few records is not left out", async () => {
    const made = await project(step("q", "from 'raw/late.jsonl'", "out/q"));
    await made.write("data/raw/late.jsonl", `${'{"id":1}\n'.repeat(30_000)}{"id":2,"late":true}\n`);
    await expect(made.plan()).rejects.toThrow(/leave out \\?"late/);
  });
});
