/** Files that DuckDB can't read are an error of the plan, which names file and column; what does not need them is planned and runs. */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const samples = join(import.meta.dirname, "../catalog/schema/data");

/** A project with a real Parquet file at `raw/a.parquet`, which has columns `a` and `b`. */
async function project(sample: string, documents: string) {
  const made = await localProject(documents);
  open.push(made);
  await mkdir(join(made.directory, "data/raw"), { recursive: true });
  await copyFile(join(samples, sample), join(made.directory, "data/raw/a.parquet"));
  return made;
}

const table =
  "type: database\nname: s\n---\ntype: table\ndatabase: s\nname: t\nformat: parquet\nlocation: raw\ncolumns: [{ name: a, type: int }, { name: b, type: bigint }]\n---\n";
const step = (operator: string, parameters: string) =>
  `type: deployment\nname: d\noperator: table:${operator}\nparameters: { ${parameters} }\n---\n`;
const query = (sql: string) => table + step("query", `query_string: "${sql}", output_path: out/q`);

const encoded = 'Column \\"a\\" of \\"raw/a.parquet\\" can\'t be read: it is encoded as BYTE_STREAM_SPLIT';
const locked = 'Column \\"a\\" of \\"raw/a.parquet\\" can\'t be read: it is encrypted';

test.each([
  [
    "a path is written in another format",
    "encodings/split-i32.parquet",
    step("format", "input_path: raw, output_path: out/f, format: csv"),
    encoded,
  ],
  ["a path is summarized", "encodings/split-i32.parquet", step("summarize", "input_path: raw"), encoded],
  [
    "a path loses duplicates",
    "encrypted/column.parquet",
    step("dedupe", "input_path: raw, output_path: out/f"),
    locked,
  ],
  [
    "a table is written in another format",
    "encrypted/column.parquet",
    table + step("format", "database_name: s, table_name: t, output_path: out/f, format: csv"),
    locked,
  ],
  [
    "the first rows of a table are written",
    "encodings/split-i32.parquet",
    table + step("get", "database_name: s, table_name: t, output_path: out/f"),
    encoded,
  ],
  ["SQL selects the column", "encodings/split-i32.parquet", query("select a from s.t"), encoded],
  ["SQL selects all columns", "encodings/split-i32.parquet", query("select * from s.t"), encoded],
  ["SQL filters by the column", "encrypted/column.parquet", query("select count(*) as n from s.t where a > 1"), locked],
  [
    "a file is encrypted",
    "encrypted/footer.parquet",
    query("select count(*) as n from s.t"),
    'raw/a.parquet\\" is an encrypted Parquet file',
  ],
  [
    "an unreadable file becomes a table",
    "codecs/unknown.parquet",
    step("infer", "database_name: s, storage_path: raw, table_name: i"),
    'raw/a.parquet\\" uses a codec',
  ],
])("refused: %s", async (_, sample, documents, message) => {
  await expect((await project(sample, documents)).plan()).rejects.toThrow(message);
});

test.each([
  [
    "format without the column",
    "encodings/split-i32.parquet",
    step("format", "input_path: raw, output_path: out/f, format: csv, filter_columns: [b]"),
  ],
  ["a summary of the other column", "encrypted/column.parquet", step("summarize", "input_path: raw, columns: [b]")],
  ["SQL over the other column", "encrypted/column.parquet", query("select sum(b) as n from s.t")],
  ["SQL that counts", "encodings/split-i32.parquet", query("select count(*) as n from s.t")],
  [
    "rows made up like the file",
    "encodings/split-i32.parquet",
    step("fake", "input_path: raw, size: 2, output_path: out/f"),
  ],
  [
    "a table inferred from the file",
    "encodings/split-i32.parquet",
    `type: database\nname: s\n---\n${step("infer", "database_name: s, storage_path: raw, table_name: i")}`,
  ],
])("planned, with a note, and run: %s", async (_, sample, documents) => {
  const made = await project(sample, documents);
  const plan = await made.apply();
  expect(JSON.stringify(plan.changes)).toContain("can't be read");
});

test("a file that is replaced before is not judged by what it is now", async () => {
  const first =
    "type: deployment\nname: first\noperator: table:fake\nparameters: { columns: [{ name: b, type: bigint }], size: 2, output_path: raw, output_format: parquet, overwrite: true }\n---\n";
  const second = step("format", "input_path: raw, output_path: out/f, format: csv");
  const made = await project("encodings/split-i32.parquet", first + second);
  await made.plan({ allowDestroy: ["deployment.first"] });
});
