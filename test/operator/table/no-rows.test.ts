/** Outputs of no rows keep their columns, on real files. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { query } from "../../../src/operator/table/query.ts";
import { type OperatorRun, operatorRun } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
});
afterEach(() => run.close());

const sql = "select 1 as id, 1.5::decimal(9,2) as v, 'x' as c, 2 as \"a b\" where false";

test.each(["parquet", "csv"])("a partitioned output of no rows keeps its columns in %s", async (format) => {
  await run.run(query, {
    query_string: sql,
    output_path: "out/p",
    output_format: format,
    partition_columns: ["c", "a b"],
  });
  const folder = "c=__HIVE_DEFAULT_PARTITION__/a%20b=__HIVE_DEFAULT_PARTITION__";
  expect(await run.list("out")).toEqual([`p/${folder}/part-0.${format}`]);
  expect(await run.rows("out/p")).toEqual([]);
  const { data } = await run.run(query, {
    query_string: `select * from read_${format}('out/p/**/*.${format}', hive_partitioning = true)`,
  });
  expect(data).toEqual([]);
  if (format === "csv") expect(await run.read(`out/p/${folder}/part-0.csv`)).toBe("id,v\n");
});

test("a partitioned output of rows has no such file", async () => {
  await run.run(query, {
    query_string: "select 1 as id, 'x' as c",
    output_path: "out/p",
    output_format: "parquet",
    partition_columns: ["c"],
  });
  expect(await run.list("out")).toEqual(["p/c=x/part-0.parquet"]);
});
