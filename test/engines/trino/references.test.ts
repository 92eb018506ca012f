/** The tables that the parser tells of a text, against those that the real Trino reads for it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSqlParser } from "../../../providers/support/sql-parser/parser.ts";
import { findReferences } from "../../../providers/support/sql-parser/references.ts";
import { available } from "../support/available.ts";
import { ask } from "./ask.ts";
import { startTrino } from "./start.ts";

const server = await available("Trino", startTrino);
const url = server?.url ?? "";

/** Each reads rows of all its tables, since Trino leaves out those that it need not read. */
const texts: readonly string[] = [
  "select * from tpch.tiny.nation",
  'select n.name as "from tpch.tiny.part" from TPCH."tiny".Nation n -- join tpch.tiny.part\n',
  "select n.name, r.name from tpch.tiny.nation n join tpch.tiny.region r using (regionkey)",
  "select * from tpch.tiny.nation n, tpch.tiny.region r where n.regionkey = r.regionkey",
  "select * from (tpch.tiny.nation n left join (tpch.tiny.region r join tpch.tiny.supplier s on s.nationkey = r.regionkey) on n.regionkey = r.regionkey)",
  "with nation as (select * from tpch.tiny.region) select * from nation",
  "with x as (select * from tpch.tiny.nation), y as (select * from x where nationkey > 1) select * from y join tpch.tiny.region using (regionkey)",
  "with x as (with y as (select * from tpch.tiny.nation) select * from y) select * from x, tpch.tiny.region y",
  "with recursive t (n) as (select max(regionkey) from tpch.tiny.region union all select n + 1 from t where n < 6) select * from t",
  "select * from (with x as (select regionkey from tpch.tiny.region) select * from x) q join memory.s.x on x.id = q.regionkey",
  "select name from tpch.tiny.nation union all select name from tpch.tiny.region union all select name from tpch.tiny.part",
  "(select name from tpch.tiny.nation) intersect (select name from tpch.tiny.customer)",
  "select name from tpch.tiny.nation except select name from tpch.tiny.supplier order by 1 limit 3",
  "select name from tpch.tiny.nation where regionkey in (select regionkey from tpch.tiny.region where name like 'A%')",
  "select name from tpch.tiny.nation n where exists (select 1 from tpch.tiny.customer c where c.nationkey = n.nationkey and c.acctbal > 9000)",
  "select name, (select count(*) from tpch.tiny.supplier s where s.nationkey = n.nationkey) from tpch.tiny.nation n",
  "select * from tpch.tiny.nation n cross join lateral (select max(c.acctbal) as most from tpch.tiny.customer c where c.nationkey = n.nationkey) t",
  "select n.name, u.x from tpch.tiny.nation n cross join unnest(array[n.name, n.comment]) with ordinality as u (x, at)",
  "select regionkey, count(*) filter (where name > 'M') from tpch.tiny.nation group by grouping sets ((regionkey), ()) having count(*) > (select min(regionkey) from tpch.tiny.region)",
  "select s.n, o.orderkey from table(sequence(1, 3)) as s (n) join tpch.tiny.orders o on o.orderkey = s.n",
  "select * from table(exclude_columns(input => table(tpch.tiny.region), columns => descriptor(comment)))",
  "select extract(year from o.orderdate), trim(both ' ' from o.comment), rank() over (partition by o.custkey order by o.totalprice) from tpch.tiny.orders o tablesample bernoulli (50)",
  'select * from memory.s."Odd n""t" join memory.s.x using (id)',
];

interface Io {
  readonly inputTableColumnInfos: readonly {
    readonly table: {
      readonly catalog: string;
      readonly schemaTable: { readonly schema: string; readonly table: string };
    };
  }[];
}

/** The tables that Trino would read. */
async function read(sql: string): Promise<readonly string[]> {
  const { rows, error } = await ask(url, `EXPLAIN (TYPE IO, FORMAT JSON) ${sql}`);
  expect(error).toBeNull();
  const { inputTableColumnInfos } = JSON.parse(String(rows[0]?.[0])) as Io;
  const names = inputTableColumnInfos.map(({ table }) => [
    table.catalog,
    table.schemaTable.schema,
    table.schemaTable.table,
  ]);
  return [...new Set(names.map((parts) => parts.join(".")))].sort();
}

if (server !== null) {
  const parser = createSqlParser();
  beforeAll(async () => {
    await ask(url, "CREATE SCHEMA IF NOT EXISTS memory.s");
    await ask(url, "CREATE TABLE IF NOT EXISTS memory.s.x (id bigint)");
    await ask(url, 'CREATE TABLE IF NOT EXISTS memory.s."Odd n""t" (id bigint)');
  });
  afterAll(async () => {
    await parser.close();
    await server.stop();
  });

  test.each(texts)("%s", async (sql) => {
    const [found] = await findReferences(parser, [sql], "trino");
    expect(found?.ok === true && found.tables.map((parts) => parts.join(".")).sort()).toEqual(await read(sql));
  });
}
