import Ajv2020 from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MasonProject, masonProject } from "./mason.ts";

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject({});
});
afterAll(() => project.close());

describe("mason schema", () => {
  it("prints the schema of a kind, the same with and without --json", async () => {
    const text = await project.run("schema", "table");
    const json = await project.run("schema", "table", "--json");
    expect([text.code, json.code]).toEqual([0, 0]);
    expect(JSON.parse(text.stdout)).toEqual(JSON.parse(json.stdout));
    expect(JSON.parse(text.stdout)).toMatchObject({ title: "Mason table" });
  });

  it("prints one schema for all that accepts and refuses documents", async () => {
    const all = JSON.parse((await project.run("schema")).stdout);
    expect(Object.keys(all.$defs)).toContain("project");
    const accepts = new Ajv2020.default({ strict: false }).compile(all);
    expect(accepts({ type: "database", name: "sales" })).toBe(true);
    expect(accepts({ type: "database" })).toBe(false);
    expect(accepts({ type: "nothing" })).toBe(false);
  });

  it("knows a mistyped kind", async () => {
    const { stdout, stderr, code } = await project.run("schema", "tabel");
    expect([stdout, code]).toEqual(["", 1]);
    expect(stderr).toContain('Did you mean "table"?');
  });
});
