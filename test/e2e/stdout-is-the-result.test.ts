/** Stdout holds the result and nothing else, whole in a pipe. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { localConfig, type MasonProject, masonProject, node, runProgram } from "./mason.ts";

const open: MasonProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

async function project(files: Readonly<Record<string, string>>): Promise<MasonProject> {
  const made = await masonProject({
    "mason.yaml": "name: x\ndefault_config: 6\n",
    "config.yaml": localConfig,
    ...files,
  });
  open.push(made);
  return made;
}

const talkative = {
  "operators/a/talk/operator.yaml": "type: operator\nnamespace: a\ncommand: talk\ndescription: Talks\nparameters: {}\n",
  "operators/a/talk/operator.ts": `console.log("loaded");
export async function run() {
  console.log("log"); console.info("info"); console.table([{ a: 1 }]); process.stdout.write("direct\\n");
  return { data: [{ ok: true }] };
}
`,
  "deployment.yaml": "type: deployment\nname: talk\noperator: a:talk\n",
};

it("what an operator prints goes to stderr, with and without --json", async () => {
  const made = await project(talkative);
  const json = await made.run("run", "operator", "a", "talk", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({ status: "succeeded", data: [{ ok: true }] });
  for (const word of ["loaded", "log", "info", "direct"]) expect(json.stderr).toContain(`${word}\n`);
  const text = await made.run("run", "operator", "a", "talk");
  expect(text.stdout.split("\n").map((line) => line.trim())).toEqual(["ok", "true", ""]);
  const applied = await made.run("apply", "--auto-approve", "--json");
  for (const line of applied.stdout.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("type");
  expect(applied.stderr).toContain("direct\n");
});

it("rows are whole in a pipe, however wide they are", async () => {
  const made = await project({});
  const long = "x".repeat(700);
  const columns = Array.from({ length: 40 }, (_, index) => `'${long}${index}' as column_${index}`).join(", ");
  for (const width of ["", "40"]) {
    const query = `query_string=select ${columns}`;
    const { stdout } = await made.runWith({ COLUMNS: width }, "run", "operator", "table", "query", "-p", query);
    for (let index = 0; index < 40; index++) {
      expect(stdout).toContain(`${long}${index}`);
      expect(stdout).toContain(`column_${index}`);
    }
    expect(stdout).not.toContain("…");
  }
  const listed = await made.runWith({ COLUMNS: "40" }, "get", "all");
  expect(listed.stdout).not.toContain("…");
});

it("a missing package says npm ci", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const home = await mkdtemp(join(tmpdir(), "mason-bare-"));
  const made = await project({});
  try {
    for (const part of ["bin", "dist", "package.json"])
      await cp(join(root, part), join(home, part), { recursive: true });
    const run = (...args: readonly string[]) =>
      runProgram(made.directory, node, [join(home, "bin/mason"), ...args], {});
    for (const args of [
      ["run", "operator", "table", "query", "-p", "query_string=select 1"],
      ["graph", "--format", "svg"],
    ]) {
      const { code, stderr } = await run(...args);
      expect([args[0], code]).toEqual([args[0], 1]);
      expect(stderr.replace(/\s+/g, " ")).toContain('Run "npm ci" in the directory of Mason.');
      expect(stderr).not.toMatch(/Bug in Mason| at .*:\d+:\d+/);
    }
    await rm(join(home, "dist"), { recursive: true });
    expect((await run("plan")).stderr).toContain('Run "npm ci" in the directory of Mason.');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
