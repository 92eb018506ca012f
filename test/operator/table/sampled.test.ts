/** Tables that were inferred from a part of their values hold later jobs to what the sample showed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { dedupe } from "../../../src/operator/table/dedupe.ts";
import { format } from "../../../src/operator/table/format.ts";
import { infer } from "../../../src/operator/table/infer.ts";
import { merge } from "../../../src/operator/table/merge.ts";
import { query } from "../../../src/operator/table/query.ts";
import { summarize } from "../../../src/operator/table/summarize.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeAll(async () => {
  run = await operatorRun();
  for (let day = 1; day <= 5; day++) {
    const rare = day === 3 ? ',"rare":true' : "";
    await run.put(`raw/${day}.jsonl`, `{"id":${day},"at":{"x":1}}\n{"id":${day}0,"at":{"x":2${rare}}${rare}}\n`);
  }
  await run.run(infer, { ...table, storage_path: "raw", sample_size: 2 });
});
afterAll(() => run.close());

const table = { database_name: "s", table_name: "big" };
const output_path = "out/o";
const works = {
  query: [query, { query_string: "select count(*) as n from s.big" }],
  format: [format, { ...table, format: "parquet", output_path }],
  dedupe: [dedupe, { ...table, keys: ["id"], output_path }],
  merge: [merge, { ...table, output_path }],
  summarize: [summarize, table],
} as const;

test.each(Object.entries(works))(
  "%s fails at a field that the sample did not show",
  async (_, [operator, parameters]) => {
    const { message } = await refused(run.run(operator, parameters), "invalid");
    expect(message).toContain('The field "rare" in line 2 of');
    expect(message).toContain('raw/3.jsonl"');
    expect(message).toContain('Infer the table "s.big" with "sample_size: all"');
  },
);

test("all values end it, also where the columns are the same", async () => {
  await run.put("same/1.jsonl", '{"id":1}\n');
  await run.put("same/2.jsonl", '{"id":2}\n');
  const same = { database_name: "s", table_name: "same", storage_path: "same" };
  await run.run(infer, { ...same, sample_size: 1 });
  expect((await run.engines.metastore.getTable("s", "same"))?.isSampled).toBe(true);
  const { info } = await run.run(infer, { ...same, sample_size: "all" });
  expect(info).toEqual(["Its schema now comes from all values."]);
  expect((await run.engines.metastore.getTable("s", "same"))?.isSampled).toBeUndefined();
  await run.run(infer, { ...table, storage_path: "raw", sample_size: "all" });
  const { data } = await run.run(query, { query_string: "select id, rare from s.big where rare" });
  expect(data).toEqual([{ id: 30, rare: true }]);
});
