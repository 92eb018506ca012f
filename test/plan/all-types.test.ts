/** Results of every type that DuckDB has: what the plan says is what DuckDB reads back by hand, in every format. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";
import { type Duck, lit, openDuck } from "../truth/duck.ts";
import { duck as typeOf } from "../truth/types.ts";

const formats = ["parquet", "csv", "json", "jsonl"] as const;
const readers = { parquet: "read_parquet", csv: "read_csv", json: "read_json", jsonl: "read_json" } as const;

/** Values beyond 38 digits fit no decimal, so they fail. */
const all = `select * replace (1::hugeint as hugeint, 1::uhugeint as uhugeint),
  'POINT(1 2)'::geometry as place, ['POINT(1 2)'::geometry] as places, {'g': 'POINT(1 2)'::geometry} as near,
  1::variant as any_value, [1::variant] as any_values, [bit '01'] as bits, [x'aa'] as blobs, [1::bignum] as large, get_type(1) as of_type, [get_type(1)] as of_types,
  [union_value(n := 1)] as unions, {'i': interval 1 day} as spans, row(1, 'x') as pair, map([x'aa'], [uuid()]) as ids
  from test_all_types()`;

let [made, duck]: [LocalProject | null, Duck | null] = [null, null];
beforeAll(async () => {
  duck = await openDuck();
  const documents = formats.map(
    (format) =>
      `type: deployment\nname: ${format}\noperator: table:query\nparameters: { query_string: ${JSON.stringify(all)}, output_path: out/${format}, output_format: ${format} }\n`,
  );
  made = await localProject(documents.join("---\n"));
}, 60_000);
afterAll(async () => {
  await made?.close();
  duck?.close();
});

test("all types are written and read back as planned", { timeout: 60_000 }, async () => {
  if (made === null || duck === null) throw new Error("no project");
  const plan = await made.apply();
  const given = await duck.columns(all);
  expect(given.length).toBeGreaterThan(60);
  for (const format of formats) {
    const step = plan.changes.find(({ address }) => address === `deployment.${format}`)?.steps[0];
    const read = `${readers[format]}(${lit(join(made.directory, "data/out", format, "**"))})`;
    const found = await duck.columns(`select * from ${read}`);
    expect(found.map(({ name }) => name)).toEqual(given.map(({ name }) => name));
    expect(step?.columns?.map(({ name }) => name)).toEqual(given.map(({ name }) => name));
    expect(step?.certainty).toBe(format === "parquet" ? "checked" : "predicted");
    if (format !== "parquet") continue;
    expect(found.map(({ name, type }) => `${name} ${type}`)).toEqual(
      step?.columns?.map(({ name, type }) => `${name} ${typeOf(type)}`),
    );
  }
});
