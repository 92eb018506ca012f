/** What a command does when its output goes nowhere: a full disk, a closed pipe. Every command is tried. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../commands/index.ts";
import { localConfig, type MasonProject, masonProject, node, runProgram } from "./mason.ts";

const bin = fileURLToPath(new URL("../../bin/mason", import.meta.url));
let project: MasonProject;

beforeAll(async () => {
  project = await masonProject({
    "mason.yaml": "name: x\ndefault_config: 6\n",
    "config.yaml": localConfig,
    "raw/a.csv": "id,name\n1,Ada\n2,Grace\n",
    "database.yaml": "name: sales\ntype:   database\nconfig_id: 6\n",
    "deployment.yaml":
      "type: deployment\nname: load\noperator: table:query\nparameters: { query_string: select 1 as one, output_path: out/one, overwrite: true }\n",
  });
  expect((await project.run("apply", "--auto-approve")).code).toBe(0);
  expect((await project.run("plan", "--out", "p.plan")).code).toBe(0);
});
afterAll(() => project.close());

/** Arguments with which each command prints something; the rest of the commands need none. */
const args: Readonly<Record<string, string>> = {
  apply: "--auto-approve --run deployment.load",
  destroy: "--auto-approve",
  fmt: "--check",
  init: "fresh/$(date +%N)",
  "run:deployment": "load --json",
  "run:operator": "database list",
  "run:workflow": "--help",
  "runs:logs": "last --json",
  "runs:show": "last",
  show: "p.plan",
  "state:import": "--help",
  "state:migrate": "--json",
  "state:mv": "--help",
  "state:push": "--help",
  "state:rm": "--help",
  "state:show": "database.sales",
  "state:unlock": "--help",
  "validate:operator": "database list",
  "validate:workflow": "--help",
};

const names = Object.keys(COMMANDS).sort((a, b) => Number(a === "destroy") - Number(b === "destroy"));
const shell = (name: string, more: string) =>
  runProgram(
    project.directory,
    "bash",
    ["-c", `"$0" "$1" ${name.replaceAll(":", " ")} ${args[name] ?? ""} ${more}; echo "exit $?" >&2`, node, bin],
    {},
  );

it.each(names)("mason %s says in a sentence that its output was lost, and fails", async (name) => {
  const { stderr } = await shell(name, "> /dev/full");
  expect(stderr).toContain("Output lost");
  expect(stderr.replace(/\s+/g, " ")).toContain("no space left on device (ENOSPC). Free some space");
  expect(stderr).not.toMatch(/ at .*:\d+:\d+|Bug in Mason|Node\.js v/);
  expect(stderr.length).toBeLessThan(2500);
  expect(stderr).toMatch(name === "apply" || name === "destroy" ? /exit 2\n$/ : /exit 1\n$/);
  if (name === "destroy") expect(await project.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
});

it.each(names)("mason %s does its work and is silent when its reader has gone", async (name) => {
  const { stderr } = await shell(name, "| true; (exit ${PIPESTATUS[0]})");
  expect(stderr).not.toMatch(/EPIPE| at .*:\d+:\d+|Bug in Mason|Output lost/);
  expect(stderr).toMatch(/exit [01]\n$/);
});

it("the version too", async () => {
  const run = (more: string) =>
    runProgram(project.directory, "bash", ["-c", `"$0" "$1" --version ${more}`, node, bin], {});
  expect(await run("> /dev/full")).toMatchObject({ code: 1, stdout: "" });
  expect(await run("| true")).toEqual({ code: 0, stdout: "", stderr: "" });
});
