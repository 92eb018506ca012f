/** SQL of unusual forms: the types of the plan are those that DuckDB reads back by hand, and the edges are the tables that a text names. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";
import { type Duck, lit, openDuck } from "../truth/duck.ts";
import { duck as typeOf } from "../truth/types.ts";

const texts: readonly (readonly [sql: string, tables: string])[] = [
  ["with a as (select 7 as z) select * from a, s.b", "b"],
  ['with "s.a" as (select 1 as z) select * from "s.a"', ""],
  ["with s as (select 1 as z) select * from s", ""],
  ['select "id" as "größe", 1 as "a b", 2 as "x""y", 3 as "数" from "s"."a"', "a"],
  ["select /* from s.b /* s.b */ */ id -- from 'raw/none.csv' s.b\nfrom s.a", "a"],
  ["select 's.b' as t, $$from s.b$$ as u, E'\\'s.b' as e from s.a", "a"],
  ["select a.id, t.k from s.a a, lateral (select a.n * 2 as k from s.b) t", "a b"],
  ["from (pivot s.a on v in ('x','y') using sum(n) as t, count(*) as c group by id)", "a"],
  ["unpivot s.a on n into name k value val", "a"],
  ["from s.a unpivot (val for k in (id, n))", "a"],
  [
    "with recursive r(i) as (select 1 union all select i + 1 from r where i < 3) select r.i, a.v from r join s.a a on a.id = r.i",
    "a",
  ],
  ["with recursive a as (select 1 as i union all select i + 1 from a where i < 3) from a", ""],
  ["from s.a select id, n", "a"],
  ["select id, row_number() over (partition by v order by n) as rn from s.a qualify rn = 1", "a"],
  ["select * from s.a positional join s.b", "a b"],
  ["summarize s.a", "a"],
  ["select * from (describe s.b)", "b"],
  ["select * from s.a using sample 2 rows", "a"],
  ["select * exclude (v) replace (n / 2 as n) rename (id as key) from s.a", "a"],
  ["select min(columns('i|n')) from s.a", "a"],
  ["select id, v from s.a union all by name select w, id from s.b", "a b"],
  ["(select id from s.a) intersect all (select id from s.b)", "a b"],
  ["from s.a semi join s.b using (id)", "a b"],
  ["from s.a anti join s.b using (id)", "a b"],
  ["select a.*, b.w from s.a a asof left join s.b b on a.id >= b.id", "a b"],
  [
    "select sum(n) over (order by id rows between 1 preceding and current row) as s, lag(n) over w as l from s.a window w as (order by id)",
    "a",
  ],
  ["select v, id, sum(n) as s, grouping(v) as g from s.a group by grouping sets ((v), (id), ())", "a"],
  ["values (1, 'x'), (2, null)", ""],
  ["table s.b;;", "b"],
  ["select a, list(a) over () as l from s.a", "a"],
  ["select exists(from s.b where id = a.id) as e, id in (select id from s.b) as i from s.a a", "a b"],
  ["select 1 as id, 2 as ID, 3 as id_1", ""],
  ["select a.id, b.id from s.a a natural join s.b b", "a b"],
];

let [made, duck, plan]: [LocalProject | null, Duck | null, Plan | null] = [null, null, null];
const table = (name: string, columns: string) =>
  `type: table\ndatabase: s\nname: ${name}\nformat: csv\nlocation: raw/${name}.csv\ncolumns: [{ name: id, type: bigint }, ${columns}]\n---\n`;

beforeAll(async () => {
  duck = await openDuck();
  const tables = `type: database\nname: s\n---\n${table("a", "{ name: v, type: string }, { name: n, type: bigint }")}${table("b", "{ name: w, type: string }")}`;
  const steps = texts.map(
    ([sql], at) =>
      `type: deployment\nname: q${at}\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, output_path: out/q${at}, output_format: parquet }\n`,
  );
  made = await localProject(tables + steps.join("---\n"), {
    "data/raw/a.csv": "id,v,n\n1,x,10\n2,y,20\n3,x,30\n",
    "data/raw/b.csv": "id,w\n1,p\n2,q\n",
  });
  plan = await made.apply();
}, 120_000);
afterAll(async () => {
  await made?.close();
  duck?.close();
});

test.each(texts.map(([sql, tables], at) => [sql, tables, at] as const))("%s", async (_, tables, at) => {
  const address = `deployment.q${at}`;
  const step = plan?.changes.find((change) => change.address === address)?.steps[0];
  const read = `read_parquet(${lit(join(made?.directory ?? "", `data/out/q${at}/*.parquet`))})`;
  const found = await duck?.columns(`select * from ${read}`);
  expect(step?.columns?.map(({ name, type }) => `${name} ${typeOf(type)}`)).toEqual(
    found?.map(({ name, type }) => `${name} ${type}`),
  );
  expect(step?.certainty).toBe("checked");
  const edges = plan?.stages.find((stage) => stage.address === address)?.dependencies ?? [];
  const named = edges.flatMap((edge) => /^table\.s\.(\w)$/.exec(edge)?.[1] ?? []);
  expect(named.sort().join(" ")).toBe(tables);
});

test("nothing is left to do", async () => {
  expect((await made?.plan())?.plan.changes).toEqual([]);
});
