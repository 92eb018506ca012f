import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { refuseUnknownFields } from "../../../providers/local/duckdb/unknown-fields.ts";
import type { DataSource } from "../../../src/job/job.ts";
import { parseDataType, string } from "../../../src/model/data-type.ts";
import { column } from "../../../src/model/schema.ts";

const types = {
  id: "bigint",
  s: "struct<a: bigint>",
  t: "struct<d: struct<e: bigint>>",
  l: "array<struct<f: bigint>>",
};
const usual = '{"id":1,"s":{"a":1},"t":{"d":{"e":1}},"l":[{"f":1},{"f":2}]}';

async function refusal(odd: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "mason-fields-")), "a.jsonl");
  await writeFile(file, [usual, odd, usual].join("\n"));
  const columns = Object.entries(types).map(([name, type]) => column(name, parseDataType(type) ?? string));
  const source: DataSource = {
    name: ["s"],
    format: "jsonl",
    inferred: "sample",
    files: [`file://${file}`],
    columns,
    partitions: [],
  };
  const connection = await (await DuckDBInstance.create()).connect();
  return refuseUnknownFields(connection, source).then(
    () => "",
    (error: Error) => error.message,
  );
}

test.each([
  ['{"id":1,"zz":1}', 'The field "zz" in line 2'],
  ['{"s":{"a":1,"zz":1}}', 'The field "zz" inside "s" in line 2'],
  ['{"t":{"zz":1}}', 'The field "zz" inside "t" in line 2'],
  ['{"s":{},"t":{"d":{"zz":null}}}', 'The field "zz" inside "t.d" in line 2'],
  ['{"t":null,"l":[{"f":1},{"zz":1}]}', 'The field "zz" inside "l[*]" in line 2'],
])("a field that the sample did not show is refused at its place: %s", async (odd, message) => {
  expect(await refusal(odd)).toContain(message);
});

test.each([usual, "{}", '{"s":null,"t":{"d":null},"l":[]}', '{"l":[{}],"t":{"d":{}},"s":{"a":null},"id":2}'])(
  "fields that are missing, null or in another order are not unknown: %s",
  async (odd) => {
    expect(await refusal(odd)).toBe("");
  },
);
