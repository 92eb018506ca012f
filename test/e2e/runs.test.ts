import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MasonProject, masonProject } from "./mason.ts";
import { sample } from "./sample.ts";

let project: MasonProject;
const list = async (...args: readonly string[]) =>
  JSON.parse((await project.run("runs", "list", "--json", ...args)).stdout).runs as {
    id: string;
    state: string;
    error?: string;
  }[];

beforeAll(async () => {
  project = await masonProject(sample);
  expect((await project.run("apply", "--auto-approve")).code).toBe(0);
  await project.write(
    "deployment.yaml",
    (sample["deployment.yaml"] ?? "").replace("select * from orders", "select cast('x' as bigint) as id from orders"),
  );
  expect((await project.run("apply", "--auto-approve")).code).toBe(2);
});
afterAll(() => project.close());

describe("mason runs list", () => {
  it("lists the newest first, with the reason of a failure", async () => {
    const runs = await list();
    expect(runs.map((run) => run.state)).toEqual(["failed", "succeeded"]);
    expect(runs[0]?.error).toContain("Could not convert");
    const { stdout, code } = await project.run("runs", "list");
    expect(code).toBe(0);
    expect(
      stdout
        .split("\n")
        .slice(1, 3)
        .map((line) => line.split(/ +/).slice(0, 3)),
    ).toEqual(runs.map((run) => [run.id, "deployment.export", run.state]));
  });

  it("takes a limit and an address", async () => {
    expect(await list("--limit", "1")).toHaveLength(1);
    expect(await list("--address", "deployment.other")).toEqual([]);
    expect((await project.run("runs", "list", "--address", "deployment.other")).stderr).toBe(
      'There is no record of a run of "deployment.other".\n',
    );
  });
});

describe("environments", () => {
  it("are told apart by a column and by --env, also for the last run", async () => {
    const both = await masonProject({
      ...sample,
      "mason.yaml": `${sample["mason.yaml"] ?? ""}environments:\n  dev: {}\n  prod: {}\n`,
      "deployment.yaml":
        "type: deployment\nname: one\noperator: table:query\nparameters: { query_string: select 1 as a }\n",
    });
    const show = async (...args: readonly string[]) => (await both.run("runs", ...args)).stdout;
    const lines = async (...args: readonly string[]) => (await show("list", ...args)).trim().split("\n").slice(1);
    try {
      for (const env of [["--env", "dev"], ["--env", "prod"], []]) {
        const { code, stderr } = await both.run("run", "deployment", "one", ...env);
        expect([code, stderr.includes("Error")]).toEqual([0, false]);
      }
      const all = await lines();
      expect(all.map((line) => line.split(/ {2,}/)[2]).sort()).toEqual(["-", "dev", "prod"]);
      expect((await lines("--env", "dev")).map((line) => line.split(/ {2,}/)[2])).toEqual(["dev"]);
      expect(await show("show", "last", "--env", "dev")).toMatch(/^environment +dev$/m);
      expect((await both.run("runs", "list", "--env", "tset")).stderr).toBe(
        'Nothing has run here in the environment "tset" yet.\n',
      );
    } finally {
      await both.close();
    }
  });
});

describe("mason runs show", () => {
  it("shows steps with how they ended, by id, beginning of an id, or last", async () => {
    const [failed, first] = await list();
    const { stdout, code } = await project.run("runs", "show", "last");
    expect(code).toBe(0);
    expect(stdout).toContain(`run            ${failed?.id}\n`);
    expect(stdout).toMatch(/^all table:query {2}failed/m);
    expect(stdout).toMatch(/^unique table:dedupe {2}skipped/m);
    const whole = JSON.parse((await project.run("runs", "show", first?.id ?? "", "--json")).stdout);
    expect(whole).toMatchObject({ id: first?.id, state: "succeeded", address: "deployment.export" });
    expect(whole.steps).toMatchObject([
      { step: "all", operator: "table:query", state: "succeeded", outputs: { output_path: "out/all" } },
      { step: "unique", state: "succeeded" },
    ]);
    expect(whole.steps[0].duration_ms).toBeGreaterThanOrEqual(0);
    const short = await project.run("runs", "show", (first?.id ?? "").slice(0, -1), "--json");
    expect(JSON.parse(short.stdout).id).toBe(first?.id);
  });

  it("refuses what means no run, or several", async () => {
    const [failed] = await list();
    expect(await project.run("runs", "show", "2")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("Several runs"),
    });
    const unknown = await project.run("runs", "show", `${failed?.id.slice(0, -1)}_`);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr.replace(/\s+/g, " ")).toContain(`Did you mean "${failed?.id}"?`);
    const outside = await project.run("runs", "show", "../../x");
    expect(outside).toMatchObject({ code: 1, stderr: expect.stringContaining("Unknown run") });
  });
});

describe("mason runs logs", () => {
  it("prints what was logged, of one step too", async () => {
    const [failed] = await list();
    await project.write(
      `.mason/runs/${failed?.id}/log.jsonl`,
      '{"step":"all","at":"2026-01-02T03:04:05.678Z","line":"one"}\n{"step":"unique","at":"2026-01-02T03:04:06.000Z","line":"t\\u001bwo"}\n',
    );
    expect((await project.run("runs", "logs", "last")).stdout).toBe(
      "2026-01-02 03:04:05  all  one\n2026-01-02 03:04:06  unique  t\\u{1b}wo\n",
    );
    expect((await project.run("runs", "logs", "last", "all")).stdout).toBe("2026-01-02 03:04:05  all  one\n");
    const json = JSON.parse((await project.run("runs", "logs", "last", "all", "--json")).stdout);
    expect(json).toEqual({ run: failed?.id, lines: [{ step: "all", at: "2026-01-02T03:04:05.678Z", line: "one" }] });
  });

  it("knows a mistyped step, and a run that said nothing", async () => {
    expect((await project.run("runs", "logs", "last", "uniqe")).stderr).toContain('Did you mean "unique"?');
    const first = (await list())[1]?.id ?? "";
    expect(await project.run("runs", "logs", first)).toEqual({
      stdout: "",
      stderr: `Run "${first}" logged nothing.\n`,
      code: 0,
    });
  });
});
