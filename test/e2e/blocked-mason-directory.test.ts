/** `.mason` is a file: what needs no record works, and the rest says what is in the way, in one message. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type MasonProject, masonProject } from "./mason.ts";
import { sample } from "./sample.ts";

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject(sample);
  await project.write(".mason", "in the way");
});
afterAll(() => project.close());

it.each(["plan", "validate", "graph", "get all", "runs list", "state list"])("mason %s works", async (command) => {
  const { code, stderr } = await project.run(...command.split(" "));
  expect([code, stderr.includes("Error")]).toEqual([0, false]);
});

it.each(["apply --auto-approve", "run deployment export", "config 6 -s"])("mason %s fails", async (command) => {
  const { code, stderr } = await project.run(...command.split(" "));
  expect(code).toBe(1);
  expect(stderr.match(/^Error:/gm)).toHaveLength(1);
  expect(stderr.replace(/\s+/g, " ")).toMatch(/\.mason\/.*: a file is in the place of a directory/);
  expect(stderr).not.toMatch(/lstat|ENOTDIR|Bug in Mason| at .*:\d+:\d+/);
});
