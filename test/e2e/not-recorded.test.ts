/** An apply that did its work and can't write the lockfile: exit code 2 and the command that finishes it; 1 where nothing was done. */
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject({
    "mason.yaml": 'default_config: "6"\n',
    "config-6.yaml": localConfig,
    "operators/my/block/operator.yaml":
      "type: operator\nnamespace: my\ncommand: block\nparameters: { required: [], optional: [] }\nrepeatable: true\n",
    // Whoever finds a directory in the place of the lockfile can't replace it.
    "operators/my/block/operator.js":
      'import { existsSync, mkdirSync } from "node:fs";\nexport default { run: () => { if (!existsSync("done")) { mkdirSync("mason.lock"); mkdirSync("done"); } return {}; } };\n',
    "block.yaml": "type: deployment\nname: block\noperator: my:block\n",
  });
});
afterAll(() => project.close());

test("work that is done and not recorded is exit code 2, and --resume finishes it", async () => {
  const failed = await project.run("apply", "--auto-approve");
  expect([failed.code, failed.stderr.replace(/\s+/g, " ")]).toEqual([
    2,
    expect.stringContaining("finish it: mason apply --resume"),
  ]);
  const blocked = await project.run("apply", "--auto-approve");
  expect(blocked.code).toBe(1);
  await rmdir(join(project.directory, "mason.lock"));
  const resumed = await project.run("apply", "--resume", "--auto-approve");
  expect([resumed.code, resumed.stderr.includes("Error")]).toEqual([0, false]);
  const plan = await project.run("plan", "--detailed-exitcode");
  expect([plan.code, plan.stderr]).toEqual([0, ""]);
});
