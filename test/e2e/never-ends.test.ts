/** An operator whose promise never settles: Node would exit with code 0 as if all were well. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const declared = (command: string) =>
  `type: operator\nnamespace: my\ncommand: ${command}\nparameters: { required: [], optional: [] }\n`;

let project: MasonProject;
beforeAll(async () => {
  project = await masonProject({
    "mason.yaml": 'default_config: "6"\n',
    "config-6.yaml": localConfig,
    "operators/my/hang/operator.yaml": declared("hang"),
    "operators/my/hang/operator.js": "export default { run: () => new Promise(() => {}) };\n",
    "operators/my/top/operator.yaml": declared("top"),
    "operators/my/top/operator.js": "await new Promise(() => {});\nexport default { run: () => ({}) };\n",
    "hang.yaml": "type: deployment\nname: hang\noperator: my:hang\n",
    "raw/a.csv": "id\n1\n",
    "good.yaml":
      "type: deployment\nname: good\noperator: table:format\nparameters: { input_path: raw, format: parquet, output_path: out/good }\n",
  });
});
afterAll(() => project.close());

test.each(["hang", "top"])("a run of my:%s fails and says why", async (command) => {
  const { code, stderr, stdout } = await project.run("run", "operator", "my", command, "--json");
  expect([code, JSON.parse(stdout).status]).toEqual([1, "failed"]);
  expect(stderr).toContain("never ends");
  const { runs } = JSON.parse((await project.run("runs", "list", "--json")).stdout);
  expect(runs[0].state).toBe("failed");
});

test("an apply records the failed run and what else it did", async () => {
  const { code, stderr } = await project.run("apply", "--auto-approve");
  expect([code, stderr.includes("never ends")]).toEqual([2, true]);
  const { resources } = JSON.parse(await project.read("mason.lock"));
  expect([resources["deployment.hang"].status, resources["deployment.good"].status]).toEqual(["failed", "applied"]);
});
