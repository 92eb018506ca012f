import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MasonProject, masonProject } from "./mason.ts";
import { sample } from "./sample.ts";

let project: MasonProject;
beforeEach(async () => {
  project = await masonProject(sample);
});
afterEach(() => project.close());

describe("mason graph", () => {
  it("lists resources, what is needed first, with the table that SQL reads", async () => {
    const { stdout, code } = await project.run("graph", "--steps");
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.trimEnd())).toEqual([
      "config.6",
      "workflow.orders:export",
      "  database.sales         needs config.6",
      "    table.sales.orders   needs database.sales",
      "      deployment.export  needs workflow.orders:export, table.sales.orders",
      "          all table:query",
      "          unique table:dedupe  after all",
      "",
    ]);
  });

  it("gives every edge as JSON, those too that others imply", async () => {
    const graph = JSON.parse((await project.run("graph", "--json")).stdout);
    expect(graph.edges).toContainEqual({ from: "table.sales.orders", to: "deployment.export", implied: false });
    expect(graph.edges).toContainEqual({ from: "config.6", to: "deployment.export", implied: true });
    expect(graph.resources.at(-1)).toMatchObject({ address: "deployment.export", kind: "deployment" });
  });

  it("draws in every format", async () => {
    expect((await project.run("graph", "--format", "dot")).stdout).toMatch(/^digraph mason \{\n/);
    expect((await project.run("graph", "--format", "mermaid")).stdout).toMatch(/^flowchart LR\n/);
    const svg = await project.run("graph", "--format", "svg", "--steps");
    expect(svg.code).toBe(0);
    expect(svg.stdout).toContain("<svg ");
    expect(svg.stdout).toContain("deployment.export");
  });

  it("needs no credentials and changes nothing", async () => {
    await project.write(
      "more.yaml",
      sample["config.yaml"]?.replace("id: 6", "id: 7").replace("root: .", 'root: "{{NOWHERE}}"') ?? "",
    );
    const { stdout, code } = await project.run("graph");
    expect(code).toBe(0);
    expect(stdout).toContain("config.7");
  });

  it("says what is wrong with a project", async () => {
    await project.write("deployment.yaml", "type: deployment\nname: x\nworkflow: orders:exprt\n");
    const { stdout, stderr, code } = await project.run("graph");
    expect([stdout, code]).toEqual(["", 1]);
    expect(stderr.replace(/\s+/g, " ")).toContain('Did you mean "orders:export"?');
  });
});
