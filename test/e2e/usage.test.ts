import { afterAll, beforeAll, expect, it } from "vitest";
import { bin, localConfig, type MasonProject, masonProject, node, runProgram } from "./mason.ts";

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
    `Error: Wrong use of the command ${sentence} "--help" shows the arguments and flags of the command.`,
  );
});

it("flags that may be repeated may stand in the environment", async () => {
  const one = await project.runWith({ MASON_TARGET: "config.nope  table.nope.*" }, "plan");
  const said = one.stderr.replace(/\s+/g, " ");
  expect([one.code, said]).toEqual([1, expect.stringContaining('"--target config.nope"')]);
  expect(said).toContain('"--target table.nope.*"');
  expect((await project.runWith({ MASON_TARGET: " " }, "plan")).stderr).not.toContain("--target");
  const parameters = { MASON_PARAMETERS: "query_string:select 1 as x" };
  const two = await project.runWith(parameters, "validate", "operator", "table", "query");
  expect(two.stderr).not.toContain("Bug in Mason");
  expect(two.stderr).not.toContain('"query_string"');
});

it("says when a project needs another version, and what is no version and no number of days", async () => {
  await project.write("mason.yaml", 'requires: ">=9"\nretention: 90x\n');
  const { code, stderr } = await project.run("validate");
  expect([code, stderr]).toEqual([1, expect.stringContaining("This project requires Mason >=9")]);
  expect(stderr.replace(/\s+/g, " ")).toContain('"retention" must be a number of days, but "90x" is not');
  await project.write("mason.yaml", "requires: banana\n");
  expect((await project.run("plan")).stderr).toContain('"banana" is not a range of versions');
  await project.write("mason.yaml", 'requires: ">=0.1"\nretention: 30d\n');
  expect((await project.run("validate")).code).toBe(0);
});

it.each([
  ["plan -out x", 'There is no flag "-out". Write --out.'],
  ["plan -out=x", 'There is no flag "-out". Write --out=x.'],
  ["apply -auto-approve", 'There is no flag "-auto-approve". Write --auto-approve.'],
  ["plan -var-file=x", 'There is no flag "-var-file". Mason does not read variable files.'],
  ["plan --var-file x", 'There is no flag "--var-file". Mason does not read variable files.'],
])("mason %s: %s", async (line, sentence) => {
  const { code, stdout, stderr } = await project.run(...line.split(" "));
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr.replace(/\s+/g, " ")).toContain(sentence);
});

it("short flags with their value are no long ones", async () => {
  const { stderr } = await project.run("run", "operator", "database", "list", "-c77", "-lwarn", "-plimit:1");
  expect(stderr).toContain('"77"');
});

it("help and version have all their names", async () => {
  const { stdout } = await project.run("plan", "--help");
  expect(stdout).toContain("mason plan [DIR]");
  expect((await project.run("plan", "-h")).stdout).toBe(stdout);
  expect((await project.run("help", "plan")).stdout).toBe(stdout);
  expect((await project.run("help")).stdout).toContain("COMMANDS");
  expect((await project.run("-h")).stdout).toContain("COMMANDS");
  expect((await project.run("help", "run", "operator")).stdout).toContain("mason run operator NAMESPACE");
  for (const word of ["version", "--version", "-v"])
    expect((await project.run(word)).stdout).toMatch(/^mason \d+\.\d+\.\d+\n$/);
});

it("a line on standard input is neither an argument nor an approval", async () => {
  const files = {
    "mason.yaml": "name: loop\ndefault_config: 6\n",
    "config.yaml": localConfig,
    "raw.yaml":
      "type: deployment\nname: one\noperator: table:query\nparameters: { query_string: select 1 as n, output_path: out }\n",
  };
  const loop = await masonProject(files);
  try {
    const shell = (line: string) =>
      runProgram(loop.directory, "bash", ["-c", `mason() { "$NODE" "$BIN" "$@"; }; ${line}`], { NODE: node, BIN: bin });
    const planned = await shell("printf 'a\\nb\\n' | while read line; do mason plan; done");
    expect([planned.code, planned.stderr]).toEqual([0, ""]);
    expect(planned.stdout.match(/^Plan /gm)).toHaveLength(2);
    for (const word of ["y", "yes"]) {
      const { code, stderr } = await shell(`echo ${word} | mason apply`);
      expect([code, stderr]).toEqual([1, expect.stringContaining("there is no terminal to ask on")]);
    }
  } finally {
    await loop.close();
  }
});
