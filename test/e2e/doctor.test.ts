import { afterEach, describe, expect, it } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";
import { sample } from "./sample.ts";

let project: MasonProject;
afterEach(() => project.close());

const findings = async (env: Readonly<Record<string, string>> = {}) => {
  const { stdout, code } = await project.runWith(env, "doctor", "--json");
  const { ok, findings: all } = JSON.parse(stdout) as {
    ok: boolean;
    findings: { status: string; subject: string; detail: string }[];
  };
  expect(ok).toBe(code === 0);
  return { code, all, of: (subject: string) => all.filter((finding) => finding.subject === subject) };
};

describe("mason doctor", () => {
  it("finds a good project well, as text and as JSON", async () => {
    project = await masonProject(sample);
    const { stdout, code } = await project.run("doctor");
    expect(code).toBe(0);
    for (const subject of ["node", "duckdb", "project", "validation", "scratch", "state", "config.6 local"])
      expect(stdout).toMatch(new RegExp(`^ok +${subject} `, "m"));
    expect(stdout).toContain("Everything is fine.");
    const json = await findings();
    expect(json.all.every((finding) => finding.status === "ok")).toBe(true);
    expect(json.of("config.6 local").at(-1)?.detail).toBe("answers as metastore, storage, execution, scheduler");
  });

  it("names what has no value, and never the value of what has one", async () => {
    project = await masonProject({ ...sample, "config.yaml": localConfig.replace("root: .", 'root: "{{DATA_ROOT}}"') });
    const without = await findings();
    expect(without.code).toBe(1);
    expect(without.of("config.6 local")).toMatchObject([
      { status: "fail", detail: expect.stringContaining("{{DATA_ROOT}}") },
    ]);
    const { stdout, code } = await project.runWith({ DATA_ROOT: "hush-hush" }, "doctor");
    expect(code).toBe(0);
    expect(stdout).not.toContain("hush-hush");
  });

  it("does not fail for a config that nothing uses", async () => {
    const unused = localConfig.replace("id: 6", "id: 9").replace("root: .", 'root: "{{NOWHERE}}"');
    project = await masonProject({ ...sample, "unused.yaml": unused });
    const { code, of } = await findings();
    expect(code).toBe(0);
    expect(of("config.9 local")).toMatchObject([{ status: "warn" }]);
  });

  it("fails for a root that is a file, a broken lockfile, and a project with errors", async () => {
    project = await masonProject({
      ...sample,
      "config.yaml": localConfig.replace("root: .", "root: raw/orders/a.csv"),
      "mason.lock": "{",
    });
    await project.write("bad.yaml", "type: database\n");
    const { code, of } = await findings();
    expect(code).toBe(1);
    expect(of("config.6 local")).toMatchObject([
      { status: "fail", detail: expect.stringContaining("is not a directory") },
    ]);
    expect(of("state")).toMatchObject([{ status: "fail", detail: expect.stringContaining("mason.lock") }]);
    expect(of("validation")).toMatchObject([{ status: "fail", detail: expect.stringContaining('"mason validate"') }]);
  });

  it("warns where there is no project", async () => {
    project = await masonProject({});
    const { code, of } = await findings();
    expect(code).toBe(0);
    expect(of("project")).toMatchObject([{ status: "warn", detail: expect.stringContaining('"mason init"') }]);
  });
});
