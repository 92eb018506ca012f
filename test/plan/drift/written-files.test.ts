/** Outputs of runs are watched by content, and files of others in them are kept, on real files. */
import { readFileSync } from "node:fs";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { PlanOptions } from "../../../src/command/plan-options.ts";
import { loadProject } from "../../../src/command/project/load-project.ts";
import { findDeployment, runDeploymentByHand } from "../../../src/command/run.ts";
import { importObject } from "../../../src/command/state/import.ts";
import { type LocalProject, localProject } from "../../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const documents = (part = "") => `type: deployment
name: days
operator: table:format
parameters: { input_path: raw, output_path: out/days, format: csv, partition_columns: [day] }
${part}---
type: deployment
name: all
operator: table:format
parameters: { input_path: out/days, output_path: out/all.csv, format: csv }
`;
const rows = "id,day\n1,a\n2,b\n";

async function applied(part = "") {
  const made = await localProject(documents(part), { "data/raw/a.csv": rows });
  open.push(made);
  await made.apply();
  const at = (file: string) => join(made.directory, "data/out/days", file);
  return {
    ...made,
    at,
    put: async (file: string, text: string) => {
      await mkdir(dirname(at(file)), { recursive: true });
      await writeFile(at(file), text);
    },
    text: (file: string) => readFileSync(at(file), "utf8"),
    said: async (options: Partial<PlanOptions> = {}) => {
      try {
        const { changes, drift } = (await made.plan(options)).plan;
        return {
          runs: changes.map(({ address, reasons }) => [address, ...reasons.map(({ text }) => text)].join(" | ")),
          drift: drift.map(({ code, text }) => `${code}: ${text}`),
        };
      } catch (thrown) {
        return (JSON.parse((thrown as Error).message) as { code: string; detail: string }[]).map(
          ({ code, detail }) => `${code}: ${detail}`,
        );
      }
    },
  };
}

const nothing = { runs: [], drift: [] };
const refused = [
  expect.stringMatching(
    /^safety\/foreign-files: "deployment.days" would replace "out\/days" with all files there, .* record of writing these: out\/days\/day=a\/mine.csv. .*--allow-destroy deployment.days.*mason state import deployment.days/,
  ),
];

test("an altered file is made again, and readers run again", async () => {
  const { said, put, text, apply, plan } = await applied();
  expect(await said()).toEqual(nothing);
  const parts = (await plan()).state.resources.get("deployment.days")?.object?.outputs;
  expect(parts).toEqual({ "path out/days": { digest: expect.stringMatching(/^[0-9a-f]{64}$/), files: 2, bytes: 10 } });
  const whole = text("day=a/part-0.csv");
  await put("day=a/part-0.csv", "id\n9\n");
  expect(await said()).toEqual({
    runs: [
      "deployment.all | inputs changed: out/days (content changed) | reads what deployment.days makes",
      "deployment.days | changed since its last run: out/days (content changed)",
    ],
    drift: ["changed_outside: changed since its last run: out/days (content changed)"],
  });
  await apply();
  expect(text("day=a/part-0.csv")).toBe(whole);
  expect(await said()).toEqual(nothing);
});

test("a removed partition is named and made again", async () => {
  const { said, at, text, apply } = await applied();
  await rm(at("day=b"), { recursive: true });
  expect(await said()).toMatchObject({
    drift: ["changed_outside: changed since its last run: out/days (-1 file, -5 B; gone: day=b/part-0.csv)"],
  });
  await apply();
  expect(text("day=b/part-0.csv")).toBe("id\n2\n");
  expect(await said()).toEqual(nothing);
});

test("a file with a new time and the same content is no drift", async () => {
  const { said, at } = await applied();
  await utimes(at("day=a/part-0.csv"), 1, 1);
  expect(await said()).toEqual(nothing);
});

test("a data file of somebody else stops the run, until it is allowed", async () => {
  const { said, put, at, apply } = await applied();
  await put("day=a/mine.csv", "id\n7\n");
  expect(await said()).toEqual(refused);
  expect(await said({ allowDestroy: ["deployment.days"] })).toMatchObject({
    drift: [
      "changed_outside: changed since its last run: out/days (+1 file, +5 B)",
      "foreign_files: files that Mason has no record of writing: out/days/day=a/mine.csv",
    ],
  });
  await apply({ allowDestroy: ["deployment.days"] });
  expect(() => readFileSync(at("day=a/mine.csv"))).toThrow();
  expect(await said()).toEqual(nothing);
});

test("a data file of somebody else is adopted by an import, and then made again like the others", async () => {
  const { said, put, world } = await applied();
  await put("day=a/mine.csv", "id\n7\n");
  await importObject(world, await loadProject(world), { address: "deployment.days", write: false });
  expect(await said()).toEqual({
    runs: ["deployment.all | inputs changed: out/days (+1 file, +5 B)"],
    drift: [],
  });
  await put("day=a/mine.csv", "id\n8\n");
  expect(await said()).toMatchObject({
    drift: ["changed_outside: changed since its last run: out/days (content changed)"],
  });
});

test("ignored outputs are not looked at", async () => {
  const { said, put } = await applied("lifecycle: { ignore_changes: [outputs] }\n");
  await put("day=a/mine.csv", "id\n7\n");
  expect(await said()).toMatchObject({ drift: [] });
});

test("a file that is no data changes nothing by itself, and a run that would delete it is refused", async () => {
  const { said, put, directory } = await applied();
  await put("day=a/_notes", "mine");
  await put(".DS_Store", "of the system");
  expect(await said()).toEqual({
    runs: [],
    drift: ["foreign_files: files that Mason has no record of writing: out/days/day=a/_notes"],
  });
  await writeFile(join(directory, "data/raw/a.csv"), `${rows}3,a\n`);
  expect(await said()).toEqual([expect.stringContaining("out/days/day=a/_notes")]);
});

test("without the list of files, altered outputs are refused and deleted ones are made again", async () => {
  const { said, put, at, directory } = await applied();
  await rm(join(directory, ".mason"), { recursive: true });
  expect(await said()).toEqual(nothing);
  await put("day=a/part-0.csv", "id\n9\n");
  expect(await said()).toEqual([expect.stringContaining("Mason has no record of writing these: ")]);
  await rm(at(""), { recursive: true });
  expect(await said()).toMatchObject({ drift: ["missing: deleted since its last run: out/days"] });
});

test("a run of the deployment by hand is no drift; other content of it is", async () => {
  const { said, world, directory, put } = await applied();
  const byHand = async (allowDestroy: readonly string[] = []) => {
    const loaded = await loadProject(world);
    const { value: found } = findDeployment(loaded, "days");
    if (found === undefined) throw new Error("no deployment");
    return runDeploymentByHand(world, loaded, found, { at: null, allowDestroy });
  };
  await writeFile(join(directory, "data/raw/a.csv"), `${rows}3,c\n`);
  expect((await byHand()).value?.run.state).toBe("succeeded");
  expect(await said()).toEqual({
    runs: [
      "deployment.all | inputs changed: out/days (+1 file, +5 B) | reads what deployment.days makes",
      "deployment.days | inputs changed: raw (+4 B)",
    ],
    drift: [],
  });
  await put("day=a/mine.csv", "id\n7\n");
  const { value, diagnostics } = await byHand();
  expect([value, diagnostics.map(({ code }) => code)]).toEqual([undefined, ["safety/foreign-files"]]);
  expect((await byHand(["deployment.days"])).value?.run.state).toBe("succeeded");
});

test("a run by hand of another definition is drift, and is made again as declared", async () => {
  const { said, world, write, apply, text } = await applied();
  const now = documents();
  await write(
    "all.yaml",
    now.replace("input_path: raw", "input_path: raw/a.csv").replace("format: csv, p", "format: jsonl, p"),
  );
  const loaded = await loadProject(world);
  const { value: found } = findDeployment(loaded, "days");
  if (found === undefined) throw new Error("no deployment");
  const { value } = await runDeploymentByHand(world, loaded, found, { at: null, allowDestroy: [] });
  expect(value?.run.state).toBe("succeeded");
  expect(text("day=a/part-0.jsonl")).toBe('{"id":1}\n');
  await write("all.yaml", now);
  expect(await said()).toMatchObject({
    drift: [expect.stringMatching(/^changed_outside: changed since its last run: out\/days \(.*\)$/)],
  });
  await apply();
  expect(text("day=a/part-0.csv")).toBe("id\n1\n");
  expect(await said()).toEqual(nothing);
});

test("without the list of files, a hidden file beside unchanged data is of somebody else", async () => {
  const { said, put, directory } = await applied();
  await rm(join(directory, ".mason"), { recursive: true });
  await put("day=a/_notes", "mine");
  await put("day=a/.hidden/b.csv", "mine too");
  expect(await said()).toEqual({
    runs: [],
    drift: [
      "foreign_files: files that Mason has no record of writing: out/days/day=a/.hidden/b.csv, out/days/day=a/_notes",
    ],
  });
});

test("a state of before paths had digests compares only whether files are there", async () => {
  const { said, put, directory } = await applied();
  const file = join(directory, "mason.lock");
  const lock = JSON.parse(readFileSync(file, "utf8"));
  lock.resources["deployment.days"].object.outputs = { "path out/days": {} };
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  expect(await said()).toEqual(nothing);
  await put("day=a/part-0.csv", "id\n9\n");
  expect(await said()).toMatchObject({ drift: [] });
});
