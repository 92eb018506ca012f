/** An output whose path only the run knows: files of others there are kept, by hand and in an apply, and own ones are replaced. */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { applyPlan } from "../../../src/command/apply.ts";
import { loadProject } from "../../../src/command/project/load-project.ts";
import { findDeployment, runDeploymentByHand } from "../../../src/command/run.ts";
import { type LocalProject, localProject } from "../../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const dated = (rest = "") =>
  `type: deployment\nname: d\noperator: table:format\nparameters: { input_path: raw, format: csv, output_path: "out/\${run.date}", overwrite: true }\n${rest}`;
const twoSteps = `type: workflow
namespace: my
command: two
dag:
  - { id: one, type: operator, namespace: table, command: format }
  - { id: two, type: operator, namespace: table, command: dedupe, dependencies: [one] }
---
type: deployment
name: d
workflow: my:two
steps:
  one: { parameters: { input_path: raw, format: csv, output_path: tmp/one, overwrite: true } }
  two: { parameters: { input_path: "\${one.output_path}", output_format: csv, output_path: "out/\${run.date}", overwrite: true } }
`;

/** A way to run the deployment: how it ended, with its reason. */
type Way = (made: LocalProject, allowDestroy?: readonly string[]) => Promise<string>;
const byHand: Way = async (made, allowDestroy = []) => {
  const loaded = await loadProject(made.world);
  const { value } = findDeployment(loaded, "d");
  if (value === undefined) throw new Error("no deployment");
  const { value: ran, diagnostics } = await runDeploymentByHand(made.world, loaded, value, { at: null, allowDestroy });
  return ran === undefined ? JSON.stringify(diagnostics) : `${ran.run.state} ${ran.run.error ?? ""}`;
};
const applied: Way = async (made, allowDestroy = []) => {
  const planned = await made.plan({ run: ["deployment.d"], allowDestroy: [...allowDestroy] });
  const { results } = await applyPlan(made.world, planned, { leaseTimeoutMs: 0 });
  const own = results.find(({ address }) => address === "deployment.d");
  return own?.status === "done" ? "succeeded " : `${own?.status} ${own?.problem?.detail}`;
};

const ways: readonly (readonly [string, Way])[] = [
  ["mason run", byHand],
  ["apply", applied],
];
const bodies: readonly (readonly [string, string])[] = [
  ["one step", dated()],
  ["the last of two steps", twoSteps],
];
const cases = ways.flatMap(([how, way]) => bodies.map(([what, text]) => [how, what, way, text] as const));

test.each(cases)("%s: %s", async (_how, _what, way, text) => {
  const made = await localProject(text, { "data/raw/a.csv": "id\n1\n" });
  open.push(made);
  const day = made.world.clock.now().toISOString().slice(0, 10);
  const at = (name: string) => join(made.directory, "data/out", day, name);
  const refused = new RegExp(`would replace "out/${day}".*no record.*theirs.*--allow-destroy deployment.d`);
  await made.write(`data/out/${day}/theirs.txt`, "precious");
  expect(await way(made)).toMatch(refused);
  expect(await readFile(at("theirs.txt"), "utf8")).toBe("precious");
  await rm(at("theirs.txt"));
  // The next two replace what the one before wrote.
  expect(await way(made)).toBe("succeeded ");
  expect(await way(made)).toBe("succeeded ");
  await made.write(`data/out/${day}/theirs.csv`, "id\n9\n");
  expect(await way(made)).toMatch(refused);
  expect(await readFile(at("theirs.csv"), "utf8")).toBe("id\n9\n");
  expect(await way(made, ["deployment.d"])).toBe("succeeded ");
  expect(existsSync(at("theirs.csv"))).toBe(false);
});

test.each(ways)("%s: nothing is looked for with ignore_changes: [outputs]", async (_, way) => {
  const made = await localProject(dated("lifecycle: { ignore_changes: [outputs] }\n"), { "data/raw/a.csv": "id\n1\n" });
  open.push(made);
  const day = made.world.clock.now().toISOString().slice(0, 10);
  await made.write(`data/out/${day}/theirs.csv`, "id\n9\n");
  expect(await way(made)).toBe("succeeded ");
});
