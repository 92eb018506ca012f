import { chmod, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type MasonProject, masonProject } from "./mason.ts";

let project: MasonProject;
afterEach(() => project.close());

const ugly = "name:   sales # why\ntype: database\n";
const pretty = "type: database\nname: sales # why\n";

describe("mason fmt", () => {
  it("formats, says which, and has nothing to do afterwards", async () => {
    project = await masonProject({
      "a.yaml": ugly,
      "b/c.yaml": pretty.replace("sales", "other"),
      "values.yaml": "b:   1\n",
    });
    const first = await project.run("fmt");
    expect(first).toEqual({ stdout: "a.yaml\n", stderr: "", code: 0 });
    expect(await project.read("a.yaml")).toBe(pretty);
    expect(await project.read("values.yaml")).toBe("b:   1\n");
    expect(await project.run("fmt")).toEqual({ stdout: "", stderr: "", code: 0 });
  });

  it("only looks with --check", async () => {
    project = await masonProject({ "p/a.yaml": ugly });
    const checked = await project.run("fmt", "p", "--check");
    expect(checked).toEqual({ stdout: "a.yaml\n", stderr: "", code: 1 });
    expect(await project.read("p/a.yaml")).toBe(ugly);
    const json = await project.run("fmt", "p", "--check", "--json");
    expect(JSON.parse(json.stdout)).toEqual({
      check: true,
      changed: ["a.yaml"],
      unchanged: 0,
      broken: [],
      left_alone: [],
    });
  });

  it("reports files with syntax errors, and formats the others", async () => {
    project = await masonProject({ "a.yaml": ugly, "bad.yaml": "type: database\nname: [x\n" });
    const { stdout, stderr, code } = await project.run("fmt");
    expect([stdout, code]).toEqual(["a.yaml\n", 1]);
    expect(stderr).toContain("bad.yaml:");
    expect(await project.read("bad.yaml")).toBe("type: database\nname: [x\n");
  });

  it("keeps permissions, and writes to what a link leads to", async () => {
    project = await masonProject({ "real.txt": ugly });
    await chmod(join(project.directory, "real.txt"), 0o640);
    await symlink("real.txt", join(project.directory, "a.yaml"));
    expect((await project.run("fmt")).stdout).toBe("a.yaml\n");
    expect(await project.read("real.txt")).toBe(pretty);
    expect((await stat(join(project.directory, "real.txt"))).mode & 0o777).toBe(0o640);
  });
});
