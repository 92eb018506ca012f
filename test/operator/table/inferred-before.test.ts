/** Tables that table:infer made hold later values to the types that it found. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { infer } from "../../../src/operator/table/infer.ts";
import { query } from "../../../src/operator/table/query.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
});
afterEach(() => run.close());

const table = { database_name: "s", table_name: "a" };
const read = { query_string: "select zip from s.a" };

test("a code with a leading zero in a later file is no number", async () => {
  await run.put("raw/a.csv", "id,zip\n1,10115\n");
  await run.run(infer, { ...table, storage_path: "raw" });
  expect((await run.run(query, read)).data).toEqual([{ zip: 10115 }]);
  await run.put("raw/b.csv", "id,zip\n2,01234\n");
  const error = await refused(run.run(query, read), "invalid");
  expect(error.message).toContain('"01234" of the column "zip" in line 2 of');
  expect(error.message).toContain("Infer the table again");
  await run.run(infer, { ...table, storage_path: "raw" });
  expect((await run.run(query, read)).data).toEqual([{ zip: "10115" }, { zip: "01234" }]);
});

test("new fields and columns of later files are no error", async () => {
  await run.put("raw/a.jsonl", '{"id":1}\n');
  await run.run(infer, { ...table, storage_path: "raw" });
  await run.put("raw/b.jsonl", '{"id":2,"more":true}\n');
  expect((await run.run(query, { query_string: "select id from s.a order by id" })).data).toEqual([
    { id: 1 },
    { id: 2 },
  ]);
});
