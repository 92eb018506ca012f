/** Written paths with holes: they take part in every check and in every prediction that a path without one takes part in. */
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { loadProject } from "../../src/command/project/load-project.ts";
import { checkRequest, findDeployment, runDeploymentByHand, runRequest } from "../../src/command/run.ts";
import { formatDataType } from "../../src/model/data-type.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(documents: string, files: Readonly<Record<string, string>> = {}) {
  const made = await localProject(documents, { "data/raw/a.csv": "id\n1\n", ...files });
  open.push(made);
  return made;
}

const codes = (made: LocalProject): Promise<readonly (string | undefined)[]> =>
  made.plan().then(
    () => [],
    (thrown: Error) => [...thrown.message.matchAll(/"code":"([^"]*)"/g)].map(([, code]) => code),
  );

/** A workflow of queries that write, and of steps that format; `needs` are dependencies. */
const workflow = (
  steps: readonly { readonly id: string; readonly reads?: string; readonly writes: string; readonly needs?: string }[],
) => `---
type: workflow
namespace: w
command: all
dag:
${steps.map(({ id, reads, needs }) => `  - { id: ${id}, operator: "table:${reads === undefined ? "query" : "format"}", dependencies: [${needs ?? ""}] }`).join("\n")}
---
type: deployment
name: all
workflow: w:all
steps:
${steps
  .map(({ id, reads, writes }) => {
    const work =
      reads === undefined ? 'query_string: "select 1 as id"' : `input_path: ${JSON.stringify(reads)}, format: parquet`;
    return `  ${id}: { parameters: { ${work}, output_path: ${JSON.stringify(writes)}, overwrite: true } }`;
  })
  .join("\n")}
`;

describe("unordered steps of one deployment", () => {
  const segment = fc.constantFrom("a", "b", "day=${run.date}", "x${run.date}", "${run.key}");
  const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `out/${parts.join("/")}`);
  const overlap = (one: string, two: string) => `${one}/`.startsWith(`${two}/`) || `${two}/`.startsWith(`${one}/`);

  test("that write paths with equal holes, one at or below the other, need an order; others do not", async () => {
    const pairs = fc.sample(fc.tuple(path, path), { numRuns: 40, seed: 5 });
    for (const [one, two] of pairs) {
      const made = await project(
        workflow([
          { id: "a", writes: one },
          { id: "b", writes: two },
        ]),
      );
      expect([one, two, (await codes(made)).includes("deployment/unordered-steps")]).toEqual([
        one,
        two,
        overlap(one, two),
      ]);
      if (!overlap(one, two)) continue;
      const ordered = await project(
        workflow([
          { id: "a", writes: one },
          { id: "b", writes: two, needs: "a" },
        ]),
      );
      expect(await codes(ordered)).not.toContain("deployment/unordered-steps");
    }
  }, 60_000);

  test.each([
    ["out/day=${run.date}", "out/day=${run.date}", true],
    ["out", "out/day=${run.date}", true],
    ["out/*", "out/day=${run.date}", true],
    ["out/day=2026*", "out/day=${run.date}", true],
    ["out/x", "out/day=${run.date}", false],
    ["other", "out/day=${run.date}", false],
  ])("one reads %s and the other writes %s: %s", async (reads, writes, isRefused) => {
    const steps = [
      { id: "a", writes },
      { id: "b", reads, writes: "to/b" },
    ];
    const files = { "data/out/x/p.parquet": "", "data/other/p.parquet": "" };
    expect((await codes(await project(workflow(steps), files))).includes("deployment/unordered-steps")).toBe(isRefused);
  });

  test("a link is the place that it leads to", async () => {
    const made = await project(
      workflow([
        { id: "a", writes: "out/day=${run.date}" },
        { id: "b", writes: "link/day=${run.date}" },
      ]),
    );
    expect(await codes(made)).toEqual([]);
    const root = join(made.directory, "data");
    await mkdir(join(root, "out"), { recursive: true });
    await symlink(join(root, "out"), join(root, "link"));
    expect(await codes(made)).toContain("deployment/unordered-steps");
  });
});

const table = (lifecycle = "") =>
  `type: database\nname: s\n---\ntype: table\ndatabase: s\nname: t\nformat: parquet\nlocation: lake/t\ncolumns: [{ name: id, type: bigint }]\npartitions: [{ name: day, type: date }]\n${lifecycle}---\n`;
const writer = (name: string, sql: string, path: string, rest = "") =>
  `type: deployment\nname: ${name}\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, output_path: ${JSON.stringify(path)}${rest} }\n---\n`;

describe("below the location of a declared table", () => {
  test.each([
    ["select 1::bigint as id", "lake/t/day=${run.date}", ""],
    ["select 1 as wrong", "lake/t/day=${run.date}", 'lacking|"?id'],
    ["select 1::bigint as id", "lake/t/month=${run.date}", "partition"],
    ["select 'x' as id", "lake/t/day=${run.date}", "id"],
    ["select 1 as wrong", "lake/u/day=${run.date}", ""],
  ])("%s at %s fits or is an error in the plan", async (sql, path, problem) => {
    const made = await project(table() + writer("w", sql, path));
    if (problem === "") return void (await made.apply());
    await expect(made.plan()).rejects.toThrow(/does not fit it/);
  });

  test.each([
    ["lake/t/day=${run.date}", "lifecycle: { prevent_destroy: true }\n", "lifecycle/prevent-destroy"],
    ["lake/t/day=${run.date}", "", "safety/drops-data"],
    ["lake/u/day=${run.date}", "lifecycle: { prevent_destroy: true }\n", ""],
    ["lake${run.date}", "lifecycle: { prevent_destroy: true }\n", ""],
  ])("a run by hand that overwrites %s is refused as without the hole", async (path, lifecycle, code) => {
    const made = await project(table(lifecycle), { "data/lake/t/.keep": "" });
    await made.apply();
    const loaded = await loadProject(made.world);
    const request = {
      target: { type: "operator", namespace: "table", command: "query" },
      parameters: { query_string: "select 1::bigint as id", output_path: path, overwrite: true },
      steps: {},
      strict: true,
      configId: "1",
      placeOf: () => undefined,
      textOf: () => null,
      allowDestroy: [],
    } as const;
    const checked = await checkRequest(made.world, loaded, request);
    const ran = await runRequest(made.world, loaded, request, checked, null);
    expect(ran.value === undefined ? ran.diagnostics.map((problem) => problem.code) : [ran.value.run.state]).toEqual([
      code === "" ? "succeeded" : code,
    ]);
  });

  test("a deployment that is run by hand is its writer, as in an apply", async () => {
    const made = await project(
      table() + writer("w", "select 1::bigint as id", "lake/t/day=${run.date}", ", overwrite: true"),
    );
    const loaded = await loadProject(made.world);
    const { value } = findDeployment(loaded, "w");
    if (value === undefined) throw new Error("no deployment");
    const ran = await runDeploymentByHand(made.world, loaded, value, { at: null, allowDestroy: [] });
    expect(ran.diagnostics).toEqual([]);
  });
});

describe("what reads what is written", () => {
  const columnsOf = async (made: LocalProject, name: string) => {
    const { plan } = await made.plan();
    const steps = plan.changes.find(({ address }) => address === `deployment.${name}`)?.steps;
    const step = steps?.at(-1);
    return [step?.columns?.map((column) => `${column.name} ${formatDataType(column.type)}`) ?? null, step?.certainty];
  };
  const reader = `type: deployment\nname: r\noperator: table:format\nparameters: { input_path: out, format: parquet, output_path: to/r }\n---\n`;
  const w = (sql: string) => writer("w", sql, "out/day=${run.date}");

  test("has its columns before there is any, those of both where they agree, and none where they differ", async () => {
    const made = await project(w("select 1::bigint as id, 'x' as n") + reader);
    const expected = [["id bigint", "n string", "day date"], "predicted"];
    expect(await columnsOf(made, "r")).toEqual(expected);
    await made.apply();
    await made.write("all.yaml", w("select 2::bigint as id, 'y' as n") + reader);
    expect(await columnsOf(made, "r")).toEqual(expected);
    await made.write("all.yaml", w("select 2::bigint as id, 'y' as m") + reader);
    expect((await columnsOf(made, "r"))[0]).toBeNull();
  });

  test("SQL over it has them too", async () => {
    const sql = "select id + 1 as next, day from read_parquet('out/*/*.parquet')";
    const made = await project(w("select 1::bigint as id") + writer("r", sql, "to/r"));
    expect(await columnsOf(made, "r")).toEqual([["next bigint", "day date"], "predicted"]);
    await made.apply();
  });

  test("a later step that reads the same holes has them", async () => {
    const steps = [
      { id: "a", writes: "out/day=${run.date}" },
      { id: "b", needs: "a", reads: "out/day=${run.date}", writes: "to/b" },
    ];
    const made = await project(workflow(steps).replace("select 1 as id", "select 1::bigint as id, 2.5 as d"));
    expect((await columnsOf(made, "all"))[0]).toEqual(["id bigint", "d decimal(2,1)"]);
    await made.apply();
  });
});
