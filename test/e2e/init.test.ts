import { afterEach, describe, expect, it } from "vitest";
import { type MasonProject, masonProject } from "./mason.ts";

let project: MasonProject;
afterEach(() => project.close());

describe("mason init", () => {
  it("writes a project that plans, applies, and then has nothing to do", async () => {
    project = await masonProject({});
    const made = await project.run("init");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toContain("+ mason.yaml");
    expect(await project.read(".gitignore")).toContain(".mason/\n");
    expect((await project.run("validate")).code).toBe(0);
    expect((await project.run("fmt", "--check")).code).toBe(0);
    expect((await project.run("plan", "--detailed-exitcode")).code).toBe(2);
    expect(await project.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
    const again = await project.run("apply", "--auto-approve");
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("No changes.");
  });

  it("makes the directory, names the project after it, and says the same as JSON", async () => {
    project = await masonProject({});
    const made = await project.run("init", "my sales", "--json");
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ directory: `${project.directory}/my sales`, kept: [] });
    expect(JSON.parse(made.stdout).written).toContain("mason.yaml");
    expect(await project.read("my sales/mason.yaml")).toContain('name: "my_sales"');
  });

  it("leaves files alone that are there, and says so", async () => {
    project = await masonProject({ ".gitignore": "mine\n", "configs/local.yaml": "# mine\n" });
    const made = await project.run("init");
    expect(made.code).toBe(0);
    expect(made.stdout).toContain(".gitignore  (exists, left unchanged)");
    expect(made.stdout).toContain('Add ".mason/" to .gitignore');
    expect(await project.read(".gitignore")).toBe("mine\n");
    expect(await project.read("configs/local.yaml")).toBe("# mine\n");
  });

  it("refuses a directory that is a project, and writes nothing", async () => {
    project = await masonProject({ "mason.yml": "name: x\n" });
    const made = await project.run("init");
    expect(made.code).toBe(1);
    expect(made.stderr).toContain("Already a project");
    await expect(project.read("mason.yaml")).rejects.toThrow("ENOENT");
    await expect(project.read(".gitignore")).rejects.toThrow("ENOENT");
  });

  it("refuses a file in place of a directory", async () => {
    project = await masonProject({ "a.txt": "" });
    const made = await project.run("init", "a.txt");
    expect(made).toMatchObject({ code: 1, stdout: "" });
    expect(made.stderr).toContain("Not a directory");
  });
});
