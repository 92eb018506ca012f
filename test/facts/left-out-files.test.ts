/** Schemas, fingerprints and drift leave out the same files beside the data; what people ask for counts again. */
import { afterEach, describe, expect, test } from "vitest";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const table = "type: table\ndatabase: s\nname: t\nlocation: raw\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n";
const database = "type: database\nname: s\n";
const deployment = (operator: string, parameters: object) =>
  `type: deployment\nname: d\noperator: ${operator}\nparameters: ${JSON.stringify({ ...parameters, output_path: "out" })}\n`;
const byTable = { database_name: "s", table_name: "t" };

/** Every way to read, by operator. */
const readers: readonly (readonly [string, string])[] = [
  ["SQL over a table", deployment("table:query", { query_string: "select * from s.t" })],
  ["table:query of a table", deployment("table:query", { query_string: "select * from $table", ...byTable })],
  ...["table:merge", "table:dedupe", "table:summarize"].flatMap((operator): [string, string][] => [
    [`${operator} of a path`, deployment(operator, { input_path: "raw" })],
    [`${operator} of a table`, deployment(operator, byTable)],
  ]),
  ["table:format of a glob", deployment("table:format", { input_path: "raw/**", format: "csv" })],
  [
    "table:infer",
    "type: deployment\nname: d\noperator: table:infer\nparameters: { database_name: s, storage_path: raw, table_name: other }\n",
  ],
];
const companions = [
  "README.md",
  "a.csv.md5",
  "a.csv.sha256",
  "b.csv.tmp",
  "a.csv~",
  "deep/NOTES.MD",
  "_SUCCESS",
  ".hidden",
];

async function applied(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  await made.apply();
  const changes = async () => (await made.plan()).plan.changes.map(({ action, reasons }) => [action, reasons[0]?.text]);
  return { ...made, changes };
}

test.each(readers)("%s: a file beside the data is no change, a file of data is", async (_, text) => {
  const made = await applied([database, table, text].join("---\n"));
  for (const name of companions) await made.write(`data/raw/${name}`, "about the data\n");
  expect((await made.plan()).plan.changes).toEqual([]);
  expect((await made.plan()).plan.drift).toEqual([]);
  await made.write("data/raw/b.csv", "id\n2\n");
  expect((await made.changes()).map(([action]) => action)).toEqual(["run"]);
});

test("a file that is asked for counts, and so does every file that SQL or code of the project reads", async () => {
  const asked = { input_path: "raw", files: { include: ["*.md"] }, format: "csv" };
  const made = await applied(deployment("table:format", asked), { "data/raw/a.md": "id\n1\n" });
  await made.write("data/raw/b.csv", "id\n2\n");
  expect(await made.changes()).toEqual([]);
  await made.write("data/raw/a.md", "id\n2\n");
  expect((await made.changes()).map(([action]) => action)).toEqual(["run"]);
  const sql = await applied(deployment("table:query", { query_string: "select * from read_csv('raw/*')" }));
  await sql.write("data/raw/README.md", "id\n3\n");
  expect((await sql.changes()).map(([action]) => action)).toEqual(["run"]);
});

describe("a partitioned table", () => {
  const parts = `${table.replace("location: raw", "location: parts")}partitions: [{ name: day, type: bigint }]\n`;
  test("README.md at its top is no stray file", async () => {
    const made = await applied([database, parts].join("---\n"), { "data/parts/day=1/a.csv": "id\n1\n" });
    await made.write("data/parts/README.md", "about\n");
    expect((await made.plan()).plan.drift).toEqual([]);
    await made.write("data/parts/loose.csv", "id\n1\n");
    expect((await made.plan()).plan.drift.map(({ text }) => text).join()).toContain("loose.csv");
  });
});

test("a state in which such files counted stays as it is", async () => {
  const made = await applied(deployment("table:merge", { input_path: "raw" }), { "data/raw/README.md": "about\n" });
  const lock = JSON.parse(await made.read("mason.lock"));
  const record = lock.resources["deployment.d"].inputs["path raw"];
  const { createLocalStorage } = await import("../../providers/local/storage.ts");
  const root = `${made.directory}/data`;
  const context = {
    settings: { root },
    projectRoot: root,
    scratch: root,
    keep: `${root}/.keep`,
    allowedDirectories: [],
  };
  const storage = createLocalStorage({ ...context, now: () => new Date(), newId: () => "1", user: "tester" });
  const whole = await storage.fingerprint("raw");
  expect(whole.digest).not.toBe(record.digest);
  lock.resources["deployment.d"].inputs["path raw"] = whole;
  await made.write("mason.lock", JSON.stringify(lock));
  expect(await made.changes()).toEqual([]);
});
