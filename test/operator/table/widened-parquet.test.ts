/** Operators that unite Parquet files of several types lose no value. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "../../../src/json.ts";
import type { BuiltinOperator } from "../../../src/operator/operator.ts";
import { dedupe } from "../../../src/operator/table/dedupe.ts";
import { format } from "../../../src/operator/table/format.ts";
import { merge } from "../../../src/operator/table/merge.ts";
import { query } from "../../../src/operator/table/query.ts";
import { summarize } from "../../../src/operator/table/summarize.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeAll(async () => {
  run = await operatorRun();
});
afterAll(() => run.close());

describe("Parquet files of bigint and double", () => {
  const put = async (big: string) => {
    for (const [path, value] of [
      ["pq/a.parquet", `${big}::bigint`],
      ["pq/b.parquet", "1.5::double"],
    ] as const)
      await run.run(query, { query_string: `select 1 as id, ${value} as v`, output_path: path, overwrite: true });
  };
  const work: readonly (readonly [BuiltinOperator, Readonly<Record<string, Json>>])[] = [
    [merge, { input_path: "pq" }],
    [merge, { extract_paths: ["pq/a.parquet", "pq/b.parquet"] }],
    [format, { input_path: "pq", format: "parquet" }],
    [dedupe, { input_path: "pq", keys: ["id"] }],
    [summarize, { input_path: "pq" }],
  ];

  test.each(work)("an integer that double can't hold is named: %#", async (operator, parameters) => {
    await put("9007199254740993");
    const all = { ...parameters, output_path: "out/whole" };
    const { message } = await refused(run.run(operator, all), "invalid");
    expect(message).toContain('The value "9007199254740993" of the column "v"');
    expect(message).toContain('"pq/a.parquet"');
    expect(message).not.toContain("INT32");
    expect(await run.list("out")).toEqual([]);
    await put("9007199254740992");
    await run.run(operator, all);
    await run.engines.storage.delete("out");
  });

  test("in a field of a struct, and in a list", async () => {
    for (const [big, other] of [
      ["{'n': 9007199254740993}", "{'m': 'x', 'n': 1.5::double}"],
      ["[9007199254740993]", "[1.5::double]"],
    ]) {
      await run.run(query, { query_string: `select ${big} as v`, output_path: "nested/a.parquet", overwrite: true });
      await run.run(query, { query_string: `select ${other} as v`, output_path: "nested/b.parquet", overwrite: true });
      const { message } = await refused(run.run(merge, { input_path: "nested", output_path: "out/nested" }), "invalid");
      expect(message).toContain("9007199254740993");
      const smaller = `select ${big?.replace("993", "992")} as v`;
      await run.run(query, { query_string: smaller, output_path: "nested/a.parquet", overwrite: true });
      await run.run(merge, { input_path: "nested", output_path: "out/nested" });
      await run.engines.storage.delete("out");
    }
  });
});
