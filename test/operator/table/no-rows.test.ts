/** Outputs of no rows keep their columns, on real files. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { format as rewrite } from "../../../src/operator/table/format.ts";
import { query } from "../../../src/operator/table/query.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

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

const formats = ["csv", "json", "jsonl", "parquet"] as const;
const layouts = formats.flatMap((format) => [[format, []] as const, [format, ["c"]] as const]);

test.each(layouts)(
  "a declared table reads an output of no rows in %s, by %j, as an empty table",
  async (format, folders) => {
    const output = { output_path: "out/e", output_format: format, partition_columns: folders };
    await run.run(query, { query_string: "select 1 as id, 'x' as c where false", ...output });
    expect(await run.list("out")).not.toEqual([]);
    const isFolder = folders.length > 0;
    await run.table("d.e", isFolder ? "id bigint" : "id bigint, c string", {
      location: "out/e",
      format,
      ...(isFolder ? { partitionedBy: "c string" } : {}),
    });
    expect(
      (await run.run(query, { query_string: "select count(*) as n, count(id) as i, count(c) as c from d.e" })).data,
    ).toEqual([{ n: 0, i: 0, c: 0 }]);
  },
);

test.each(["json", "jsonl"])("without declared columns, %s of no rows is refused, with what to do", async (format) => {
  await run.run(query, { query_string: "select 1 as id where false", output_path: "out/e", output_format: format });
  const parameters = { input_path: "out/e", output_path: "out/f", format: "parquet" };
  const { message } = await refused(run.run(rewrite, parameters), "invalid");
  expect(message).toContain(`"out/e/part-0.${format}" holds no rows and no names of columns`);
  expect(message).toContain("declared table");
});
