/** Modules of the project that would end the process: each fails its own step, and the rest of the apply goes on. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const modules: Readonly<Record<string, readonly [code: string, said: string]>> = {
  exit: ["export default { run: () => process.exit(0) };", "called process.exit"],
  top: ["process.exit(0);\nexport default { run: () => ({}) };", "called process.exit"],
  tick: [
    "export default { run: () => new Promise(() => { setTimeout(() => process.exit(0), 5); }) };",
    "called process.exit",
  ],
  caught: [
    "export default { run: async () => { try { process.exit(0); } catch { return {}; } } };",
    "called process.exit",
  ],
  late: [
    'export default { run: () => new Promise(() => { setTimeout(() => { throw new Error("too late"); }, 5); }) };',
    "too late",
  ],
  rejects: [
    'export default { run: () => new Promise((done) => { Promise.reject(new Error("unheard")); setTimeout(done, 50, {}); }) };',
    "unheard",
  ],
  circle: ["export default { run: () => { const data = []; data.push(data); return { data }; } };", "is no JSON"],
  big: ["export default { run: () => ({ outputs: { n: 1n } }) };", "is no JSON"],
  getter: ['export default { run: () => ({ get info() { throw new Error("no"); } }) };', "is no JSON"],
  text: ['export default { run: () => ({ info: "one" }) };', "no list of texts"],
  row: ["export default { run: () => ({ data: 5 }) };", "no list of rows"],
  bare: ["export default { run: () => { throw Object.create(null); } };", "threw an error"],
};

const operator = (command: string, code: string) => ({
  [`operators/my/${command}/operator.yaml`]: `type: operator\nnamespace: my\ncommand: ${command}\nparameters: { required: [], optional: [] }\noutputs: [{ name: n, type: integer }]\n`,
  [`operators/my/${command}/operator.js`]: `${code}\n`,
  [`${command}.yaml`]: `type: deployment\nname: ${command}\noperator: my:${command}\n`,
});

const settings = { "mason.yaml": 'default_config: "6"\n', "config-6.yaml": localConfig, "raw/a.csv": "id\n1\n" };
const good =
  "type: deployment\nname: good\noperator: table:format\nparameters: { input_path: raw, format: parquet, output_path: out/good }\n";

describe("in one project", () => {
  let project: MasonProject;
  beforeAll(async () => {
    project = await masonProject({
      ...settings,
      "good.yaml": good,
      ...Object.assign({}, ...Object.entries(modules).map(([command, [code]]) => operator(command, code))),
    });
  });
  afterAll(() => project.close());

  test.each(Object.entries(modules))("a run of my:%s fails and says why", async (command, [, said]) => {
    const { code, stderr, stdout } = await project.run("run", "operator", "my", command, "--json");
    expect([code, JSON.parse(stdout).status]).toEqual([1, "failed"]);
    expect(stderr).toContain(said);
    expect(stderr).toContain(`my:${command}`);
    expect(stderr).not.toMatch(/Bug in Mason|\n {4}at /);
  });

  test("an apply fails each one's step, and does the rest", async () => {
    const { code, stderr } = await project.run("apply", "--auto-approve");
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/Bug in Mason|\n {4}at /);
    const { resources } = JSON.parse(await project.read("mason.lock"));
    for (const command of Object.keys(modules))
      expect([command, resources[`deployment.${command}`].status]).toEqual([command, "failed"]);
    expect(resources["deployment.good"].status).toBe("applied");
  });
});

test.each([
  ["named", 'import { exit } from "node:process";\nexport default { run: () => exit(0) };', "my:odd"],
  [
    "after",
    'export default { run: () => { setTimeout(() => { throw new Error("overdue"); }, 0); return {}; } };',
    "overdue",
  ],
])("an operator that ends the process in another way is named, and the command fails: %s", async (_, code, said) => {
  const project = await masonProject({ ...settings, ...operator("odd", code) });
  try {
    for (const words of [
      ["run", "operator", "my", "odd"],
      ["apply", "--auto-approve"],
    ]) {
      const ran = await project.run(...words);
      expect(ran.code).toBeGreaterThan(0);
      expect(ran.stderr).toContain(said);
      expect(ran.stderr).not.toMatch(/Bug in Mason|\n {4}at /);
    }
  } finally {
    await project.close();
  }
});
