/** Plans of untrusted projects: no name has a value, and systems are known only from the last apply. */
import { afterEach, expect, test } from "vitest";
import { localConfig } from "../reliability/support/small.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const named = localConfig.replace("root: data", 'root: "{{ROOT}}"');
const documents = (from: string) =>
  `type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n---\ntype: deployment\nname: write\noperator: table:format\nparameters: { input_path: ${from}, output_path: out/a, format: csv }\n`;

test("a client with unchanged settings is the one that was applied", async () => {
  const made = await localProject(documents("raw"), {
    "config.yaml": named,
    ".env": "ROOT=data\n",
    "data/raw/a.csv": "id\n1\n",
  });
  open.push(made);
  await made.apply();
  const changes = async () =>
    (await made.plan({ untrusted: true })).plan.changes.map(({ address, action, reasons }) => [
      address,
      action,
      ...reasons.map(({ code }) => code),
    ]);
  expect(await changes()).toEqual([]);
  await made.write("all.yaml", documents("other"));
  expect(await changes()).toEqual([["deployment.write", "run", "definition_changed"]]);
  // Another setting may mean another system, and nothing here can tell.
  await made.write("config.yaml", named.replace("ROOT", "OTHER"));
  await expect(changes()).rejects.toThrow("resource/client-changed");
});
