/** Types that depend on values that are not written yet: a plan shows them as predicted and refuses nothing because of them. */
import { afterEach, expect, test } from "vitest";
import { formatDataType } from "../../src/model/data-type.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(documents: string) {
  const made = await localProject(documents, { "data/raw/a.csv": "id,v\n1,x\n2,y\n" });
  open.push(made);
  return made;
}

const source =
  "type: database\nname: s\n---\ntype: table\ndatabase: s\nname: a\nformat: csv\nlocation: raw\ncolumns: [{ name: id, type: bigint }, { name: v, type: string }]\n---\n";
const query = (name: string, sql: string, out: string, rest = "") =>
  `type: deployment\nname: ${name}\noperator: table:query\nparameters: { query_string: "${sql}", output_path: ${out}, output_format: ${out.endsWith("csv") ? "csv" : "parquet"}${rest} }\n---\n`;
const infer =
  "type: deployment\nname: infer\noperator: table:infer\nparameters: { database_name: x, storage_path: out/s.csv, table_name: s }\n---\n";

test.each([
  ["a sum of integers", "select v, sum(id) as c from s.a group by v", "select c + 1 as r from x.s"],
  ["a text that looks like a date", "select '2026-01-01' as c from s.a", "select c + interval 1 day as r from x.s"],
  ["a text that looks like a number", "select id::varchar as c from s.a", "select c + 1 as r from x.s"],
  ["a huge integer", "select count(*)::uhugeint as c from s.a", "select c + 1 as r from x.s"],
])("what reads %s through a CSV is planned and applied", async (_, first, second) => {
  const made = await project(source + query("first", first, "out/s.csv") + infer + query("use", second, "out/u"));
  const { plan } = await made.plan();
  const step = plan.changes.find(({ address }) => address === "deployment.use")?.steps[0];
  expect(step?.certainty).not.toBe("checked");
  await made.apply();
  expect((await made.plan()).plan.changes).toEqual([]);
});

test.each([
  ["select v, sum(id) as c from s.a group by v", "select c + 1 as r from read_csv('out/s.csv')"],
  ["select strftime(date '2026-01-01', '%Y') as c from s.a", "select c + 1 as r from 'out/s.csv'"],
])("SQL that reads what %s writes as CSV is planned and applied", async (first, second) => {
  const made = await project(source + query("first", first, "out/s.csv") + query("use", second, "out/u"));
  await made.apply();
  expect((await made.plan()).plan.changes).toEqual([]);
});

const made = (format: string) =>
  source +
  `type: deployment\nname: first\noperator: table:query\nparameters: { query_string: "select id, v, '{}'::json as doc from s.a", output_path: out/made, output_format: ${format} }\n---\n`;

test.each(
  ["csv", "json", "jsonl", "parquet"].flatMap(
    (format) =>
      [
        [format, "select vv from 'FILES'", /\\"vv\\" not found.*Candidate bindings: \\"v\\"/],
        [format, "select m.vv from 'FILES' m where id = 1", /have a column named \\"vv\\"/],
        [format, "select * exclude (vv) from 'FILES'", /\\"vv\\" in EXCLUDE list/],
        [format, "with q as (select * from 'FILES') select count(*) c from q group by vv", /\\"vv\\" not found/],
        [format, "select nofunction(v) as c from 'FILES'", /nofunction does not exist/],
      ] as const,
  ),
)("a name that files made as %s lack is an error of the plan: %s", async (format, sql, message) => {
  const use = query("use", sql.replace("FILES", `out/made/*.${format}`), "out/u");
  await expect((await project(made(format) + use)).plan()).rejects.toThrow(message);
});

test.each(
  ["csv", "json", "jsonl"].flatMap((format) =>
    ["sum(v)", "unnest(v)", "v + 1", "doc.a", "doc.a.b", "v[1]", "doc['a']", "v::date + 1", "list_sum(v)"].map(
      (value) => [value, format] as const,
    ),
  ),
)("%s of files made as %s depends on their values, so it is no error of the plan", async (value, format) => {
  const use = query("use", `select ${value} as c from 'out/made/*.${format}'`, "out/u");
  expect((await (await project(made(format) + use)).plan()).plan.changes.length).toBeGreaterThan(0);
});

test("a wrong name in a predicted table is an error of the plan", async () => {
  const first = query("first", "select v, sum(id) as c from s.a group by v", "out/s.csv");
  await expect(
    (await project(source + first + infer + query("use", "select cc from x.s", "out/u"))).plan(),
  ).rejects.toThrow(/\\"cc\\" not found/);
});

const onlyNulls = [
  "null",
  "max(null)",
  "coalesce(null, null)",
  "case when true then null end",
  "first(null)",
  "(select null)",
];

test.each(onlyNulls)("%s is read as text from text formats, and as an integer from Parquet", async (value) => {
  const formats = ["csv", "json", "jsonl", "parquet"];
  const documents = formats.map(
    (format) =>
      `type: deployment\nname: ${format}\noperator: table:query\nparameters: { query_string: "select ${value} as x, 1 as y", output_path: out/${format}, output_format: ${format} }\n---\n`,
  );
  const { plan } = await (await project(documents.join(""))).plan();
  const types = formats.map((format) => {
    const step = plan.changes.find(({ address }) => address === `deployment.${format}`)?.steps[0];
    return step?.columns?.map(({ type }) => type.kind);
  });
  // By hand: DuckDB reads VARCHAR from such a CSV, JSON from such JSON, and INTEGER from Parquet.
  expect(types).toEqual([
    ["string", "int"],
    ["string", "int"],
    ["string", "int"],
    ["int", "int"],
  ]);
});

test.each([
  ["[null]", "array<string>"],
  ["[]", "array<string>"],
  ["list_value()", "array<string>"],
  ["[[], [null]]", "array<array<string>>"],
  ["{'a': null, 'b': 1}", "struct<a: string, b: bigint>"],
  ["[{'a': null}]", "array<struct<a: string>>"],
  ["map([],[])", "map<string, string>"],
  ["[null]::integer[]", "array<bigint>"],
  ["[null, 1]", "array<bigint>"],
])("%s is read from JSON as %s, although DuckDB binds integers", async (value, type) => {
  // The union is a type that DuckDB does not take back, and must not hide the others.
  const others = "{'n': null, 'u': union_value(k := 1)} as u, 1 as y";
  const document = `type: deployment\nname: q\noperator: table:query\nparameters: { query_string: "select ${value} as x, ${others}", output_path: out/q, output_format: jsonl }\n`;
  const made = await project(document);
  const plan = await made.apply();
  const columns = plan.changes.find(({ address }) => address === "deployment.q")?.steps[0]?.columns;
  expect(columns?.map((column) => formatDataType(column.type))[0]).toBe(type);
  expect((await made.plan()).plan.changes).toEqual([]);
});

test("an error that no value can mend is still one of the plan", async () => {
  const made = await project(source + query("use", "select nothing from s.a", "out/u"));
  await expect(made.plan()).rejects.toThrow("nothing");
});

const totals = (type: string, format: string) =>
  `type: table\ndatabase: s\nname: agg\nformat: ${format}\nlocation: out/agg\ncolumns: [{ name: v, type: string }, { name: total, type: ${type} }]\n---\n`;
const agg = (format: string, sum: string) =>
  query("agg", `select v, ${sum} as total from s.a group by v`, "out/agg").replace("parquet", format);

test("a sum goes into a declared bigint as text, and into Parquet with a cast", async () => {
  await (await project(source + totals("bigint", "csv") + agg("csv", "sum(id)"))).apply();
  await (await project(source + totals("bigint", "parquet") + agg("parquet", "sum(id)::bigint"))).apply();
  const refused = await project(source + totals("bigint", "parquet") + agg("parquet", "sum(id)"));
  await expect(refused.plan()).rejects.toThrow("CAST");
});

test("a folder whose name differs in case from the declared partition is refused: readers would not find it", async () => {
  const parts =
    "type: table\ndatabase: s\nname: p\nformat: parquet\nlocation: out/p\ncolumns: [{ name: id, type: bigint }]\npartitions: [{ name: y, type: bigint }]\n---\n";
  const write = (column: string) =>
    query("p", `select 1::bigint as id, 2020::bigint as ${column}`, "out/p", ", partition_columns: [y]");
  await expect((await project(source + parts + write("Y"))).plan()).rejects.toThrow("partitions");
  await (await project(source + parts + write("y"))).apply();
});
