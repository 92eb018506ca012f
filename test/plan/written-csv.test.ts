/** A writer into a declared CSV table follows the settings by which the table is read, or is refused. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const query = (name: string, sql: string, out: string) =>
  `type: deployment\nname: ${name}\noperator: table:query\nparameters:\n  query_string: |\n    ${sql}\n  output_path: ${out}\n  output_format: ${out.endsWith("jsonl") ? "jsonl" : "csv"}\n`;

async function project(settings: string, read = true) {
  const made = await localProject(
    [
      "type: database\nname: s\n",
      `type: table\ndatabase: s\nname: t\nformat: csv\nlocation: out/t\ncolumns: [{ name: id, type: bigint }, { name: v, type: string }, { name: d, type: date }, { name: at, type: timestamp }]\n${settings}\n`,
      query(
        "write",
        `select 1::bigint as id, 'a;b,"c' as v, date '2024-12-31' as d, timestamp '2024-02-01 10:30:00' as at`,
        "out/t",
      ),
      ...(read ? [query("read", "select * from s.t", "out/r.jsonl")] : []),
    ].join("---\n"),
  );
  open.push(made);
  return { ...made, text: (file: string) => readFileSync(join(made.directory, "data", file), "utf8") };
}

test.each([
  [`csv: { delimiter: ";" }`, `id;v;d;at\n1;"a;b,""c";2024-12-31;2024-02-01 10:30:00\n`],
  [`csv: { delimiter: "\\t" }`, `id\tv\td\tat\n1\t"a;b,""c"\t2024-12-31\t2024-02-01 10:30:00\n`],
  [`csv: { quote: "'" }`, `id,v,d,at\n1,'a;b,"c',2024-12-31,2024-02-01 10:30:00\n`],
  [
    `csv: { date_format: "%d.%m.%Y", timestamp_format: "%d.%m.%Y %H:%M" }`,
    `id,v,d,at\n1,"a;b,""c",31.12.2024,01.02.2024 10:30\n`,
  ],
])("%s", async (settings, written) => {
  const { apply, text, plan } = await project(settings);
  await apply();
  expect(text("out/t/part-0.csv")).toBe(written);
  expect(JSON.parse(text("out/r.jsonl"))).toEqual({ id: 1, v: 'a;b,"c', d: "2024-12-31", at: "2024-02-01 10:30:00" });
  expect((await plan()).plan.changes).toEqual([]);
});

test.each([
  ["csv: { encoding: latin-1 }", "csv.encoding is latin-1"],
  ["csv: { skip: 2 }", "csv.skip"],
  ["csv: { null: [NA] }", "csv.null"],
  ["csv: { header: false }", "csv.header"],
  [`csv: { decimal: "," , delimiter: ";" }`, "csv.decimal"],
  [`files: { include: ["data-*.csv"] }`, 'leaves out \\"out/t/part-0.csv\\"'],
  [`files: { exclude: ["part-*"] }`, 'leaves out \\"out/t/part-0.csv\\"'],
])("%s is refused in the plan", async (settings, problem) => {
  const { plan } = await project(settings, false);
  await expect(plan()).rejects.toThrow(problem.replaceAll('\\\\"', '\\"'));
});
