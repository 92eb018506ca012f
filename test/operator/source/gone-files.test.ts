/** Every operator that reads rows fails for a table whose files are gone, unless `on_empty` allows it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "../../../src/json.ts";
import { builtins } from "../../../src/operator/builtins.ts";
import { noDeclaredTables } from "../../../src/operator/declared/declared-tables.ts";
import { allParameters, operatorName } from "../../../src/operator/definition.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeAll(async () => {
  run = await operatorRun();
  await run.table("sales.orders", "id bigint, name string");
  await run.table("sales.made", "id bigint, name string", { owner: { lineage: "l", address: "deployment.load" } });
});
afterAll(() => run.close());

const readers: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  "table:get": {},
  "table:query": { query_string: "select * from $table" },
  "table:merge": {},
  "table:format": { format: "csv" },
  "table:dedupe": {},
  "table:summarize": {},
};
const all = builtins.filter(({ definition }) => allParameters(definition).some(({ name }) => name === "on_empty"));

test("every operator that reads rows has the parameter", () => {
  expect(all.map(({ definition }) => operatorName(definition)).sort()).toEqual(Object.keys(readers).sort());
});

describe.each(all.map((operator) => [operatorName(operator.definition), operator] as const))("%s", (name, operator) => {
  const parameters = (table_name: string, rest = {}) => ({
    database_name: "sales",
    table_name,
    output_path: `out/${name.replace(":", "-")}-${table_name}`,
    ...readers[name],
    ...rest,
  });
  const had = { declared: { ...noDeclaredTables, filesBefore: async () => 3 } };

  test("fails when the files are gone, and when a run created the table", async () => {
    const byState = await refused(run.run(operator, parameters("orders"), had), "invalid");
    expect(byState.message).toContain("found 3 files");
    const byRun = await refused(run.run(operator, parameters("made")), "invalid");
    expect(byRun.message).toContain('"sales.made" are gone');
    expect(await run.list("")).toEqual(
      (await run.list("")).filter((file) => !file.startsWith(`out/${name.replace(":", "-")}`)),
    );
  });

  test("reads an empty table when there never were files, or when on_empty allows it", async () => {
    await run.run(operator, parameters("orders", { output_path: `out/${name.replace(":", "-")}-1` }));
    await run.run(
      operator,
      parameters("orders", { output_path: `out/${name.replace(":", "-")}-2`, on_empty: "allow" }),
      had,
    );
  });
});
