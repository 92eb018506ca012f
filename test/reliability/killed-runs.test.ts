/**
 * A run by hand is killed with SIGKILL before each call that changes the disk. Whatever comes next (another run, an apply, or doctor)
 * restores its outputs: each one is whole, as before the run or as after it, and nothing hidden is left beside any. One output has a name
 * that only the run knows, and one step unites files of several layouts in a hidden place.
 *
 * By default the calls are those that a reader of the data would see, and a few others. MASON_KILL_POINTS=all takes all of them,
 * and 17,18 these two.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadProject } from "../../src/command/project/load-project.ts";
import { findDeployment, runDeploymentByHand } from "../../src/command/run.ts";
import { mason, runIn, twoAtATime } from "./support/child.ts";
import { figures } from "./support/figures.ts";
import { localConfig, newProject, put } from "./support/small.ts";
import { copyOf } from "./support/thirty.ts";
import { fixedWorld } from "./support/world.ts";

const files = {
  "mason.yaml": "default_config: 1\n",
  "config.yaml": localConfig,
  "workflow.yaml": `type: workflow
namespace: my
command: both
dag:
  - { id: whole, type: operator, namespace: table, command: format }
  - { id: dated, type: operator, namespace: table, command: dedupe, dependencies: [whole] }
`,
  "both.yaml": `type: deployment
name: both
workflow: my:both
steps:
  whole: { parameters: { input_path: raw, format: csv, output_path: out/whole, overwrite: true } }
  dated: { parameters: { input_path: mixed, output_path: "out/day-\${run.date}", output_format: csv, overwrite: true } }
`,
  "other.yaml":
    "type: deployment\nname: other\noperator: table:format\nparameters: { input_path: raw, format: csv, output_path: elsewhere/other, overwrite: true }\n",
  "data/raw/a.csv": "id\n1\n2\n",
  "data/mixed/a.csv": "id,name\n1,x\n",
  "data/mixed/b.csv": "id\n2\n",
};
const outputs = ["out/whole", "out/day-2026-03-01"];

let project: string;
let calls: readonly string[];
let before: Readonly<Record<string, string>>;
let after: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await newProject(files);
  expect((await runIn(project, { deployment: "both", ids: "first" })).code).toBe(0);
  before = contents(project);
  await put(project, "data/raw/a.csv", "id\n3\n4\n");
  await put(project, "data/mixed/b.csv", "id\n5\n");
  const copy = await copyOf(project);
  const ran = await runIn(copy.directory, { deployment: "both" });
  expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, "", ""]);
  calls = ran.calls;
  after = contents(copy.directory);
  await copy.close();
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** The distinct lines of each output: a job may spread its rows over files in any order. */
function contents(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(outputs.map((output) => [output, textBelow(join(directory, "data", output))]));
}

function textBelow(path: string): string {
  if (!existsSync(path)) return "nothing";
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const lines = names.flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").split("\n"));
  return [...new Set(lines)].sort().join("\n");
}

async function runAgain(directory: string): Promise<void> {
  const world = fixedWorld(directory, { ids: "again" });
  const loaded = await loadProject(world);
  const { value: deployment } = findDeployment(loaded, "both");
  if (deployment === undefined) throw new Error("no deployment");
  expect((await runDeploymentByHand(world, loaded, deployment, { at: null, allowDestroy: [] })).value?.run.state).toBe(
    "succeeded",
  );
}

/** Hidden names among the data, and journals of runs that count as unfinished. */
function leftovers(directory: string): readonly string[] {
  const data = readdirSync(join(directory, "data"), { recursive: true, encoding: "utf8" });
  const runs = readdirSync(join(directory, ".mason", "runs"), { recursive: true, encoding: "utf8" });
  return [...data.filter((name) => /(^|\/)\./.test(name)), ...runs.filter((name) => name.endsWith("journal.jsonl"))];
}

const ways: readonly (readonly string[])[] = [
  ["run", "deployment", "other"],
  ["doctor"],
  ["apply", "--auto-approve", "--target", "deployment.other"],
];

const asked = process.env.MASON_KILL_POINTS ?? "some";
const isChosen = (index: number) =>
  /^\d/.test(asked)
    ? asked.split(",").includes(String(index + 1))
    : asked === "all" || index % 16 === 0 || /^r\S+ (data\/out|.*\/journal\.jsonl)/.test(calls[index] ?? "");

test("the two runs give different outputs, and the second one sets the old ones aside", () => {
  expect(outputs.map((output) => before[output] === after[output])).toEqual([false, false]);
  expect(calls.filter((call) => call.includes(".mason-old-")).length).toBeGreaterThanOrEqual(2);
  expect(calls.some((call) => call.includes("-united"))).toBe(true);
});

test("after a kill before any call, the next command restores every output and removes what is hidden", async () => {
  const found = { "as before": 0, "as after": 0, "set aside when killed": 0, "hidden when killed": 0 };
  const wrong: string[] = [];
  const points = [...calls.keys()].filter(isChosen);
  await twoAtATime(points, async (index) => {
    const copy = await copyOf(project);
    const way = ways[points.indexOf(index) % ways.length] ?? [];
    try {
      const killed = await runIn(copy.directory, { deployment: "both", fault: { kind: "kill", at: index + 1 } });
      expect(killed.signal).toBe("SIGKILL");
      if (Object.values(contents(copy.directory)).includes("nothing")) found["set aside when killed"]++;
      if (leftovers(copy.directory).some((name) => name.includes(".mason-"))) found["hidden when killed"]++;
      const { stderr } = await mason(copy.directory, ...way);
      const now = contents(copy.directory);
      for (const output of outputs) {
        expect([before[output], after[output]]).toContain(now[output]);
        found[now[output] === before[output] ? "as before" : "as after"]++;
      }
      expect([leftovers(copy.directory), stderr.includes("Bug")]).toEqual([[], false]);
      await runAgain(copy.directory);
      expect(contents(copy.directory)).toEqual(after);
    } catch (thrown) {
      wrong.push(`call ${index + 1}, ${calls[index]}, then ${way.join(" ")}: ${String(thrown).slice(0, 600)}`);
      process.stdout.write(`${wrong.at(-1)}\n`);
    } finally {
      await copy.close();
    }
  });
  const counts = { "calls that change the disk": calls.length, "killed before": points.length };
  figures("killed runs by hand", { ...counts, ...found, differences: wrong.length });
  expect(found["set aside when killed"]).toBeGreaterThan(0);
  expect(found["hidden when killed"]).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
}, 3_600_000);
