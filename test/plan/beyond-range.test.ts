/** Numbers beyond the range of a declared double or float are values that do not fit; infinities that are written as such are values. */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";
import { type Duck, lit, openDuck } from "../truth/duck.ts";

const open: LocalProject[] = [];
let duck: Duck;
beforeAll(async () => {
  duck = await openDuck();
});
afterAll(() => duck.close());
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const written: Readonly<Record<string, (values: readonly string[]) => string>> = {
  csv: (values) => `id,v\n${values.map((value, at) => `${at},${value}\n`).join("")}`,
  jsonl: (values) =>
    values.map((value, at) => `{"id":${at},"v":${/\d/.test(value) ? value : JSON.stringify(value)}}\n`).join(""),
};

async function project(format: string, type: string, values: readonly string[], rule = ""): Promise<LocalProject> {
  const made = await localProject(
    `type: database
name: s
---
type: table
database: s
name: t
format: ${format}
location: raw/t
${rule}
columns: [{ name: id, type: bigint }, { name: v, type: "${type}" }]
---
type: deployment
name: q
operator: table:query
parameters: { query_string: select * from s.t, output_path: out/q, output_format: parquet }
`,
    { [`data/raw/t/a.${format}`]: written[format]?.(values) ?? "" },
  );
  open.push(made);
  await duck.run(`SET file_search_path = ${lit(join(made.directory, "data"))}`);
  return made;
}

async function failure(made: LocalProject): Promise<string> {
  const { results } = await applyPlan(made.world, await made.plan(), { leaseTimeoutMs: 0 });
  return JSON.stringify(results);
}

const valuesOf = () => duck.rows("select v::varchar from 'out/q/*.parquet' order by id");

describe.each(["csv", "jsonl"])("%s", (format) => {
  test.each([
    ["double", "1e400"],
    ["double", "-1e400"],
    ["float", "1e+39"],
    ["float", "-3.5e+38"],
  ])("%s: %s does not fit", async (type, value) => {
    const found = await failure(await project(format, type, ["1.5", value]));
    const line = format === "csv" ? 3 : 2;
    expect(found).toContain(`The value \\"${value}\\" of the column \\"v\\" in line ${line} of`);
    expect(found).toContain(`a.${format}`);
  });

  test.each(["double", "float"])("%s: written infinities and NaN are read", async (type) => {
    await (await project(format, type, ["inf", "-inf", "infinity", "nan", "1e30", "1.5"])).apply();
    expect((await valuesOf()).flat()).toEqual(["inf", "-inf", "inf", "nan", "1e+30", "1.5"]);
  });

  test("on_mismatch makes null of it", async () => {
    await (await project(format, "double", ["1.5", "1e400", "inf"], "on_mismatch: null")).apply();
    expect((await valuesOf()).flat()).toEqual(["1.5", null, "inf"]);
  });
});

test("parts of nested JSON are looked at too", async () => {
  const made = await project("jsonl", "array<struct<x: double>>", []);
  await made.write("data/raw/t/a.jsonl", '{"id":1,"v":[{"x":1.5},{"x":1e400}]}\n');
  expect(await failure(made)).toMatch(/of the column \\"v\\" in line 1 of/);
});
