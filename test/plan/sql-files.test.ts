/** Files that SQL reads itself: inputs below the storage's root, watched, and relative to it in the plan and in the run. */
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { localConfig } from "../reliability/support/small.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const csv = "id,n\n1,x\n";
const query = (sql: string, more = "") =>
  `type: deployment\nname: q\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, output_path: out/q.csv, output_format: csv }\n${more}`;

async function project(sql: string, more = ""): Promise<LocalProject> {
  const files = { "data/raw/a.csv": csv, "data/raw/b 'é.csv": csv, "data/raw/j.json": '{"id":1,"n":"x"}\n' };
  const made = await localProject(query(sql, more), files);
  open.push(made);
  return made;
}

const inputsOf = async (made: LocalProject) =>
  (await made.plan()).deployments.get("deployment.q")?.inputs.map(({ name }) => name);

test.each([
  ["select * from read_csv('raw/a.csv')", ["path raw/a.csv"]],
  ["select * from 'raw/a.csv'", ["path raw/a.csv"]],
  [
    "select id, n from \"raw/a.csv\" where id in (from read_json('raw/j.json') select id)",
    ["path raw/a.csv", "path raw/j.json"],
  ],
  ["select 'é€😀' as n, * exclude (n) from read_csv('raw/b ''é.csv', header = true)", ["path raw/b 'é.csv"]],
  ["select * from read_csv(['raw/a.csv', './raw//b ''é.csv'])", ["path raw/a.csv", "path raw/b 'é.csv"]],
  ["select * from read_csv('raw/' || 'a' || '.csv')", ["path raw/a.csv"]],
  ["select * from read_csv(concat('raw/', 'a', '.csv'))", ["path raw/a.csv"]],
  ["select * from read_csv($$raw/*.csv$$)", ["path raw/*.csv"]],
  [
    "with t as (from read_csv('raw/a.csv')) select 'read_csv(''x.csv'')' as n, id from t -- 'y.csv'",
    ["path raw/a.csv"],
  ],
  ["select file as n, 1 as id from glob('raw/*.json')", ["path raw/*.json"]],
  ["select * from read_csv('raw/' || substr('abc', 1, 1) || '.csv')", ["path raw"]],
  ["select i as id from range(3) t(i)", []],
])("%s", async (sql, inputs) => {
  const made = await project(sql);
  expect(await inputsOf(made)).toEqual(inputs);
  await made.apply();
  expect((await made.read("data/out/q.csv")).split("\n")[0]).toMatch(/\bid\b/);
  expect((await made.plan()).plan.changes).toEqual([]);
  if (inputs.length === 0) return;
  for (const file of ["a.csv", "b 'é.csv", "j.json"])
    await made.write(`data/raw/${file}`, file.endsWith("json") ? '{"id":2,"n":"yy"}\n' : `${csv}2,y\n`);
  const [change] = (await made.plan()).plan.changes;
  expect(change?.reasons.map(({ code }) => code)).toEqual(["inputs_changed"]);
});

test.each([
  "select n, id from read_csv('raw/s*.csv')",
  "select n, id from read_csv('raw/s1.csv')",
  "select n, id from 'raw/s*.csv'",
  "select 'x' as n, 1 as id from glob('raw/s*.csv')",
])("wildcards in the root stand for themselves: %s", async (sql) => {
  const root = "d[x]*?";
  const config = localConfig.replace("root: data", `root: "${root}"`);
  const made = await localProject(query(sql), { "config.yaml": config, [`${root}/raw/s1.csv`]: csv });
  open.push(made);
  await made.apply();
  expect(await made.read(`${root}/out/q.csv`)).toBe("n,id\nx,1\n");
  await made.write("all.yaml", query("select * from read_csv('raw/s*.csv', colums = 1)"));
  const thrown = await made.plan().then(() => "", String);
  expect(thrown).toContain("colums");
});

test("an absolute path below the root is the same file", async () => {
  const made = await project("select 1");
  await made.write("all.yaml", query(`select * from read_csv('${made.directory}/data/raw/a.csv')`));
  expect(await inputsOf(made)).toEqual(["path raw/a.csv"]);
  await made.apply();
  expect(await made.read("data/out/q.csv")).toBe(csv);
});

test("a reader of files depends on their writer", async () => {
  const writer =
    "---\ntype: deployment\nname: w\noperator: table:query\nparameters: { query_string: select 1 as id, output_path: made/w, output_format: csv }\n";
  const { plan } = await (await project("select id, 'x' as n from read_csv('made/w/*.csv')", writer)).plan();
  expect(plan.stages.find(({ address }) => address === "deployment.q")?.dependencies).toContain("deployment.w");
});

test.each([
  "select * from read_csv('../secret.csv')",
  "select * from read_csv('raw/../../secret.csv')",
  "select * from '/etc/passwd.csv'",
  "select * from read_text('/etc/hosts')",
  "select * from read_parquet('s3://bucket/x.parquet')",
  "select * from read_csv('https://example.com/x.csv')",
  "select * from read_csv('~/x.csv')",
])("%s is refused in the plan, and by hand", async (sql) => {
  const made = await project(sql);
  await expect(made.plan()).rejects.toThrow(/is not below the root of the storage/);
});

test.each([
  ["select * from read_csv('./raw/../raw/a.csv')", "raw/a.csv"],
  ["select * from 'x/../raw/a.csv'", "raw/a.csv"],
])("%s is refused once, with the path to write", async (sql, plain) => {
  const made = await project(sql);
  const { diagnostics } = await planProject(made.world, { destroy: false, run: [], unfinished: "refuse" });
  expect(diagnostics.map(({ code }) => code)).toEqual(["step/would-fail"]);
  expect(diagnostics[0]?.detail).toMatch(new RegExp(`a path may not contain "\\.\\."\\. Write it as "${plain}"\\.$`));
});

test.each([
  ["select * from read_csv('raw/{a,b}.csv')", "['raw/a.csv', 'raw/b.csv']"],
  ["select * from 'raw/{a,b}.csv'", "['raw/a.csv', 'raw/b.csv']"],
  ["select * from read_csv(['raw/a.csv', 'raw/{it''s,*}.csv'])", "['raw/it''s.csv', 'raw/*.csv']"],
  [
    "select * from read_json('{raw,made}/{x,y}*.json')",
    "['raw/x*.json', 'raw/y*.json', 'made/x*.json', 'made/y*.json']",
  ],
  ["select * from read_csv('raw/{a,b{c,d}}.csv')", "['raw/a.csv', 'raw/bc.csv', 'raw/bd.csv']"],
  ["select * from read_csv('raw/p{1..3}.csv')", "a list like ['a.csv', 'b.csv']"],
])("%s is refused once by the plan, and by hand, since DuckDB has no such glob", async (sql, list) => {
  const made = await project(sql);
  const { diagnostics } = await planProject(made.world, { destroy: false, run: [], unfinished: "refuse" });
  expect(diagnostics.map(({ code }) => code)).toEqual(["step/would-fail"]);
  expect(diagnostics[0]?.detail).toContain(`DuckDB has no braces in its globs. Write ${list} in place of it`);
});

test("braces that are part of a name are read as such", async () => {
  const made = await project("select * from read_csv('raw/{x}.csv')");
  await made.write("data/raw/{x}.csv", csv);
  await made.apply();
  expect(await made.read("data/out/q.csv")).toBe(csv);
});

test("a link out of the root is not followed", async () => {
  const made = await project("select * from read_csv('link/s.csv')");
  await made.write("secret/s.csv", csv);
  await symlink(join(made.directory, "secret"), join(made.directory, "data/link"));
  await expect(made.apply()).rejects.toThrow();
});

const computed = /gets a path whose beginning is computed, .* at line 1, column \d+\./;
const hidden = /hides what the SQL reads\. Write .* at line 1, column \d+\./;

test.each([
  ["select * from read_csv(strftime(current_date, '%Y') || '.csv')", computed],
  ["select * from read_csv(lower('RAW/A.CSV'))", computed],
  ["select * from read_json_auto(format('raw/{}.json', 'j'))", computed],
  ["select * from parquet_scan(getvariable('path'))", computed],
  ["select * from read_text(replace('x/a.csv', 'x', 'raw'))", computed],
  ["select * from glob(getenv('HOME') || '/*')", computed],
  ["select * from read_csv(['raw/a.csv', upper('x')])", computed],
  ["with q as (select * from read_csv(reverse('vsc.a/war'))) select * from q", computed],
  ["select * from (select 1 as i) t, lateral (select * from read_csv(trim(' raw/a.csv ')))", computed],
  ["select * from query('select * from d.t')", hidden],
  ["select (select max(n) from query_table('d.t')) as n", hidden],
])("what %s reads can't be told, so the plan says what to write", async (sql, message) => {
  await expect((await project(sql)).plan()).rejects.toThrow(message);
});
