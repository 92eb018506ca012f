/** SQL over files of more than 64 MB: the plan looks at a sample, the run compares all values with what DuckDB guesses. */
import { mkdir, open, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const megabyte = 1 << 20;

/** Rows of one line, with another line in the middle of the file. */
function rows(size: number, line: string, middle = line, before = ""): Uint8Array {
  const [head, row] = [Buffer.from(before), Buffer.from(`${line}\n`)];
  const half = Buffer.alloc(Math.ceil(size / 2 / row.length) * row.length, row);
  return Buffer.concat([head, half, Buffer.from(`${middle}\n`), half]);
}

const csv = (size: number, middle?: string) => rows(size, `1,12345,${"x".repeat(100)}`, middle, "id,zip,p\n");
const jsonl = (size: number, middle?: string) => rows(size, `{"id":1,"p":"${"x".repeat(1000)}"}`, middle);

const step = (name: string, sql: string) =>
  `---\ntype: deployment\nname: ${name}\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, output_path: out/${name} }\n`;

/** SQL, its files, and what its run says; `null` where it succeeds. */
const cases: Readonly<Record<string, readonly [string, Readonly<Record<string, Uint8Array>>, RegExp | null]>> = {
  digits: [
    "select id, zip from read_csv('raw/digits.csv') where zip <> 12345",
    { "raw/digits.csv": csv(66 * megabyte, "2,01234,y") },
    /"zip\\?" as BIGINT[\s\S]*types = \{'zip': 'VARCHAR'\}/,
  ],
  field: [
    "select id, columns('more|id') from read_json('raw/field.jsonl') where id = 2",
    { "raw/field.jsonl": jsonl(66 * megabyte, '{"id":2,"more":true}') },
    /leave out \\?"more/,
  ],
  deepDigits: [
    "select id, zip from read_csv('raw/deep.csv') where zip <> 12345",
    { "raw/deep.csv": Buffer.concat([csv(257 * megabyte), Buffer.from("2,01234,y\n"), rows(megabyte, "1,12345,x")]) },
    /"zip\\?" as BIGINT[\s\S]*types = \{'zip': 'VARCHAR'\}/,
  ],
  deepField: [
    "select id from read_json('raw/deep.jsonl') where id = 2",
    { "raw/deep.jsonl": Buffer.concat([jsonl(257 * megabyte), jsonl(megabyte, '{"id":2,"more":true}')]) },
    /leave out \\?"more/,
  ],
  many: [
    "select id, zip from read_csv('raw/many/*.csv') where zip <> 12345",
    Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        `raw/many/${10 + at}.csv`,
        csv(6 * megabyte, at === 3 ? "2,01234,y" : undefined),
      ]),
    ),
    /"zip\\?" as BIGINT/,
  ],
  right: ["select count(*) as n from read_csv('raw/right.csv')", { "raw/right.csv": csv(66 * megabyte) }, null],
};

let made: LocalProject;
beforeAll(async () => {
  made = await localProject(
    Object.entries(cases)
      .map(([name, [sql]]) => step(name, sql))
      .join(""),
  );
  for (const [path, content] of Object.values(cases).flatMap(([, files]) => Object.entries(files))) {
    await mkdir(dirname(join(made.directory, "data", path)), { recursive: true });
    await writeFile(join(made.directory, "data", path), content);
  }
});
afterAll(() => made.close());

test("a run fails at what the sample of the plan did not show", { timeout: 30_000 }, async () => {
  const planned = await made.plan();
  const changes = planned.plan.changes.filter(({ address }) => address.startsWith("deployment."));
  expect(changes).toHaveLength(Object.keys(cases).length);
  for (const change of changes) {
    expect.soft(JSON.stringify(change)).toMatch(/the run compares all values/);
    expect.soft(JSON.stringify(change)).not.toMatch(/sample_size/);
  }
  const { results } = await applyPlan(made.world, planned, { leaseTimeoutMs: 0 });
  for (const [name, [, , message]] of Object.entries(cases)) {
    const result = JSON.stringify(results.find(({ address }) => address === `deployment.${name}`));
    expect.soft(result).toMatch(message ?? /"status":"done"/);
  }
});

test("an array that the run can't hold is refused by the plan", async () => {
  const own = await localProject(step("q", "from read_json('huge.json')"));
  await mkdir(join(own.directory, "data"), { recursive: true });
  const file = await open(join(own.directory, "data/huge.json"), "w");
  const line = `{"id":1,"p":"${"x".repeat(100)}"}`;
  await file.write(`[${`${line},\n`.repeat(40_000)}`);
  // What is between is never read, so it takes no space.
  await file.write(`${`${line},\n`.repeat(10_000)}${line}]`, 257 * megabyte);
  await file.close();
  await expect(own.plan()).rejects.toThrow(/more than 256 MB[\s\S]*columns = /);
  await own.close();
});
