import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { runMason } from "../e2e/mason.ts";
import { copyOfExample, type Example, golden, now, repository } from "./example.ts";

let example: Example;
afterEach(() => example.close());

describe.each(["definitions", "operators", "quickstart", "workflows"])("examples/%s", (name) => {
  it("plans as plan.txt says", async () => {
    example = await copyOfExample(name);
    const { stdout, stderr, code } = await example.run("plan");
    expect(stderr).toBe("");
    expect(stdout).toBe(await golden(join(repository, "examples", name, "plan.txt"), stdout));
    expect(code).toBe(0);
  });

  it("is formatted as fmt would", async () => {
    example = await copyOfExample(name);
    expect(await example.run("fmt", "--check")).toMatchObject({ code: 0, stdout: "" });
  });

  it("applies, then has nothing to do, is destroyed without a trace in the catalogue, and applies again", async () => {
    example = await copyOfExample(name);
    const before = await example.files();
    const applied = await example.run("apply", "--auto-approve");
    expect(applied, applied.stderr).toMatchObject({ code: 0 });
    expect((await example.run("plan", "--detailed-exitcode")).stdout).toMatch(/^No changes\./);
    const made = new Set((await example.files()).keys());
    const destroyed = await example.run("destroy", "--auto-approve");
    expect(destroyed, destroyed.stderr).toMatchObject({ code: 0 });
    const after = await example.files();
    expect(inCatalogue(after)).toEqual([]);
    for (const [file, text] of before) expect(after.get(file), file).toBe(text);
    // Files that runs wrote stay.
    expect([...made].filter((file) => file.startsWith("data/out/") && !after.has(file))).toEqual([]);
    expect(JSON.parse(after.get("mason.lock") ?? "").resources).toEqual({});
    // The remaining files are in nobody's way.
    expect(await example.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
  });
});

const inCatalogue = (files: ReadonlyMap<string, string>) =>
  [...files.keys()].filter((file) => file.includes("_mason/"));

describe("the root of the repository", () => {
  it("declares examples/definitions only, as applied", async () => {
    example = await copyOfExample("definitions");
    const { stdout, stderr, code } = await runMason(repository, ["plan", "--detailed-exitcode"], { MASON_NOW: now });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^No changes\. 1 resource matches its declaration\./);
    expect(code).toBe(0);
  });

  it("uses the config of examples/definitions", async () => {
    example = await copyOfExample("definitions");
    const { stdout } = await runMason(repository, ["config"], {});
    expect(stdout).toMatch(/^\* +6 +local +local +local +local +yes$/m);
  });
});
