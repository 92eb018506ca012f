import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";
import { sample } from "./sample.ts";

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject(sample);
  expect((await project.run("apply", "--auto-approve")).code).toBe(0);
});
afterAll(() => project.close());

describe("mason state list", () => {
  it("lists what was applied, and the same as JSON", async () => {
    const { stdout, code } = await project.run("state", "list");
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ +/));
    expect(lines).toEqual([
      ["Address", "Kind", "Client", "Status"],
      ["config.6", "config", "-", "applied"],
      ["workflow.orders:export", "workflow", "-", "applied"],
      ["database.sales", "database", "local", "applied"],
      ["table.sales.orders", "table", "local", "applied"],
      ["deployment.export", "deployment", "local", "applied"],
    ]);
    const json = JSON.parse((await project.run("state", "list", "--json")).stdout);
    expect(json.resources.map((row: { address: string }) => row.address)).toEqual(
      lines.slice(1).map((line) => line[0]),
    );
    expect(json.resources[3]).toEqual({
      address: "table.sales.orders",
      kind: "table",
      client: "local",
      status: "applied",
    });
  });

  it("filters by a glob", async () => {
    const json = JSON.parse((await project.run("state", "list", "*.{sales,sales.*}", "--json")).stdout);
    expect(json.resources.map((row: { address: string }) => row.address)).toEqual([
      "database.sales",
      "table.sales.orders",
    ]);
    expect(await project.run("state", "list", "nothing.*")).toEqual({
      stdout: "",
      stderr: "No address matches.\n",
      code: 0,
    });
  });

  it("lists a lockfile of any layout", async () => {
    const other = await masonProject({ "mason.lock": JSON.stringify(JSON.parse(await project.read("mason.lock"))) });
    expect((await other.run("state", "list")).stdout).toBe((await project.run("state", "list")).stdout);
    await other.close();
  });

  it("says that a directory holds no project, like destroy and state show", async () => {
    const other = await masonProject({ "notes.md": "" });
    for (const line of ["state list", "state show", "destroy --auto-approve", "validate"]) {
      const { stdout, stderr, code } = await other.run(...line.split(" "));
      expect([line, code, stdout]).toEqual([line, 1, ""]);
      expect(stderr.replace(/\s+/g, " ")).toContain(
        'No project "." has neither a mason.yaml nor a file with a resource.',
      );
    }
    await other.write("config.yaml", localConfig);
    expect((await other.run("state", "list")).stderr).toBe('"mason.lock" is still empty.\n');
    await other.close();
  });

  it("says when nothing was applied, and refuses a broken lockfile", async () => {
    const other = await masonProject({ "mason.yaml": "name: x\n" });
    expect(await other.run("state", "list")).toEqual({
      stdout: "",
      stderr: '"mason.lock" is still empty.\n',
      code: 0,
    });
    await other.write("mason.lock", "{}");
    expect(await other.run("state", "list")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Damaged lockfile"),
    });
    await other.close();
  });

  it("reads the state of the environment", async () => {
    const other = await masonProject({
      "mason.yaml": "environments: { prod: {} }\n",
      "mason.prod.lock": await project.read("mason.lock"),
    });
    expect((await other.run("state", "list", "--env", "prod")).stdout).toContain("table.sales.orders");
    expect((await other.run("state", "list", "--env", "prd")).stderr).toContain('Did you mean "prod"?');
    await other.close();
  });
});

describe("mason state show", () => {
  it("shows an entry as text, and itself as JSON", async () => {
    const { stdout, code } = await project.run("state", "show", "table.sales.orders");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^table\.sales\.orders\n {2}status +applied\n {2}depends_on +config\.6, database\.sales\n/);
    const entry = JSON.parse((await project.run("state", "show", "table.sales.orders", "--json")).stdout);
    expect(entry).toEqual(JSON.parse(await project.read("mason.lock")).resources["table.sales.orders"]);
  });

  it("shows the whole state", async () => {
    const { stdout } = await project.run("state", "show");
    expect(stdout).toMatch(/^state +mason\.lock\nlineage +\w+\nserial +1\n/);
    expect(stdout).toContain("\n\ndeployment.export\n");
    const json = JSON.parse((await project.run("state", "show", "--json")).stdout);
    expect(json).toMatchObject({ serial: 1, resources: JSON.parse(await project.read("mason.lock")).resources });
  });

  it("knows a mistyped address", async () => {
    const { stdout, stderr, code } = await project.run("state", "show", "table.sales.order");
    expect([stdout, code]).toEqual(["", 1]);
    expect(stderr.replace(/\s+/g, " ")).toContain('Did you mean "table.sales.orders"?');
  });
});

it.each(["pull", "push given.json", "history", "list", "rm table.a.b", "mv table.a.b table.a.c"])(
  "mason state %s says that there is no project",
  async (words) => {
    const made = await masonProject({ "given.json": "{}" });
    const { code, stderr } = await made.run("state", ...words.split(" "));
    await made.close();
    expect([code, stderr.split("\n")[0]]).toEqual([1, "Error: No project"]);
  },
);
