/** A file that may not be read is an error of the plan that names the file, also when its content was known before. */
import { chmodSync, chownSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import type { PreviewContext } from "../../src/operator/operator.ts";
import { previewSource } from "../../src/operator/source/preview-source.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const nobody = 65534;
const isRoot = process.geteuid?.() === 0;
const open: TestProject[] = [];
afterEach(async () => {
  if (isRoot) process.seteuid?.(0);
  for (const project of open.splice(0)) await project.close();
});

const table = "type: table\ndatabase: s\nname: t\nlocation: raw\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n";
const database = "type: database\nname: s\n";
const deployment = (operator: string, parameters: object) =>
  `type: deployment\nname: d\noperator: ${operator}\nparameters: ${JSON.stringify(parameters)}\n`;
const readers: readonly (readonly [string, string])[] = [
  ["table:merge", deployment("table:merge", { input_path: "raw", output_path: "out" })],
  ["table:format", deployment("table:format", { input_path: "raw/*.csv", format: "csv", output_path: "out" })],
  ["table:infer", deployment("table:infer", { database_name: "s", table_name: "u", storage_path: "raw" })],
  ["table:query", deployment("table:query", { query_string: "select * from s.t", output_path: "out" })],
  ["SQL over files", deployment("table:query", { query_string: "from 'raw/*.csv'", output_path: "out" })],
];

/** Root may read everything, so the rest of the test is somebody else. */
function becomeNobody(directory: string): void {
  if (!isRoot) return;
  for (const name of ["", ...(readdirSync(directory, { recursive: true }) as string[])])
    chownSync(join(directory, name), nobody, nobody);
  process.seteuid?.(nobody);
}

const errorsOf = async ({ world }: TestProject) => {
  const work = planProject(world, { destroy: false, run: ["deployment.d"], unfinished: "warn" });
  const found = await work.then(
    ({ diagnostics }) => diagnostics.filter(({ severity }) => severity === "error").map(({ detail }) => detail),
    (thrown: Error) => [thrown.message],
  );
  return found.join("\n");
};

test.each(readers)("%s: a file of its input", async (_, text) => {
  const files = { "data/raw/a.csv": "id\n1\n", "data/raw/b.csv": "id\n2\n" };
  const made = await localProject([database, table, text].join("---\n"), files);
  open.push(made);
  // Old enough for its digest to be kept.
  utimesSync(join(made.directory, "data/raw/b.csv"), 1_600_000_000, 1_600_000_000);
  becomeNobody(made.directory);
  await made.apply();
  expect(await errorsOf(made)).toBe("");
  const file = join(made.directory, "data/raw/b.csv");
  chmodSync(file, 0);
  expect(await errorsOf(made)).toContain('"raw/b.csv": permission was denied');
  chmodSync(file, 0o644);
  expect(await errorsOf(made)).toBe("");
});

test("a storage without fingerprints: the preview names the file", async () => {
  const files = () => Promise.reject(new ProviderError("denied", 'Could not read "raw/b.csv".'));
  const engines = { configId: "6" };
  const context = {
    parameters: { input_path: "raw" },
    unknown: new Set(),
    engines,
    files,
  } as unknown as PreviewContext;
  expect((await previewSource(context)).problems).toMatchObject([{ message: 'Could not read "raw/b.csv".' }]);
});
