import { afterAll, beforeAll, expect, it } from "vitest";
import { type MasonProject, masonProject } from "./mason.ts";

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject({ "mason.yaml": "name: empty\n" });
});
afterAll(() => project.close());

it.each([
  ["state unlock", "It needs ID."],
  ["run operator", "It needs NAMESPACE and COMMAND."],
  ["plan a b", 'It does not take "b".'],
  ["plan --targt x", 'There is no flag "--targt" here. Did you mean "--target"?'],
  ["runs list --limit x", "--limit: Expected an integer but received: x."],
  ["plan --log-level nope", "Expected --log-level=nope to be one of: error, warn, info, debug, trace."],
  ["runs list --limit", "Flag --limit expects a value."],
])("mason %s: %s", async (line, sentence) => {
  // Where tests run, oclif has a warning of its own.
  const { code, stdout, stderr } = await project.runWith({ NODE_ENV: "production" }, ...line.split(" "));
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr.replace(/\s+/g, " ").trim()).toBe(
    `Error: Wrong use of the command ${sentence} "--help" shows what the command takes.`,
  );
});
