/**
 * An apply that replaces outputs in a bucket is killed with SIGKILL at each request that changes the bucket, before the server gets it and
 * after it, and resumed: nothing is doubled, nothing lost, and nothing left behind.
 */
import { afterAll, describe, expect, test } from "vitest";
import { bin, masonProject, node } from "../../e2e/mason.ts";
import { openDuck } from "../../truth/duck.ts";
import { available } from "../support/available.ts";
import { startVersitygw } from "../versitygw/start.ts";
import { openKillGate } from "./kill-gate.ts";
import { type Lake, lakeConfig, lakeEnv, makeLake } from "./lake.ts";
import { runUntil } from "./run-until.ts";

const server = await available("versitygw", startVersitygw);

const resources = `type: workflow
namespace: w
command: all
dag:
  - { id: join, operator: table:query }
  - { id: split, operator: table:format, dependencies: [join] }
  - { id: latest, operator: table:dedupe, dependencies: [split] }
---
type: deployment
name: nightly
workflow: w:all
steps:
  join:
    parameters: { query_string: "select id, amount, id % 2 as part from read_csv('raw/*.csv')", output_path: out/join }
  split:
    parameters: { input_path: "\${join.output_path}", format: parquet, partition_columns: [part], output_path: out/split, overwrite: true }
  latest:
    parameters: { input_path: "\${split.output_path}", keys: [part], order_by: [amount desc], output_path: out/latest.csv }
`;

const first = "id,amount\n1,10\n2,20\n3,30\n";
const second = "id,amount\n1,10\n2,25\n3,30\n4,40\n5,50\n";

describe.skipIf(server === null)("an apply over a bucket that is killed and resumed", () => {
  if (server === null) return;
  const open: { close(): Promise<unknown> }[] = [];
  afterAll(async () => {
    for (const one of open) await one.close();
    await server.stop();
  });

  /** A project whose outputs of the first input are there, one of them written by somebody else before. */
  async function prepared() {
    const gate = await openKillGate(server?.endpoint ?? "");
    if (server === null) throw new Error("no server");
    const lake = await makeLake(server);
    const project = await masonProject({
      "mason.yaml": "default_config: 1\n",
      "config.yaml": lakeConfig("1", lake.bucket, gate.endpoint),
      "all.yaml": resources,
    });
    open.push(gate, lake, project);
    await lake.put("data/raw/a.csv", first);
    await lake.put("data/out/split/old.csv", "id,amount,part\n99,99,1\n");
    return { gate, lake, project };
  }

  const rows = async (lake: Lake): Promise<readonly string[]> => {
    const duck = await openDuck();
    try {
      const join = await lake.copyLive("out/join");
      const split = await lake.copyLive("out/split");
      const latest = await lake.copyLive("out/latest.csv");
      const found = [
        await duck.rows(`select * from read_parquet('${join.directory}/**/*.parquet') order by all`),
        await duck.rows(`select id, amount, part from read_parquet('${split.directory}/**/*.parquet') order by all`),
        await duck.rows(`select id, amount, part from read_csv('${latest.directory}') order by all`),
      ];
      return found.map((one) => JSON.stringify(one));
    } finally {
      duck.close();
    }
  };

  /** What stays in the bucket, without what differs from try to try. */
  const kept = async (lake: Lake) =>
    (await lake.keys())
      .map((key) => key.replace(/\.mason-[a-z0-9-]+/, "").replace(/_mason_parts\/\d+/, "_mason_parts/n"))
      .sort();

  /** One output replaces a file that nobody of Mason wrote. */
  const apply = ["apply", "--auto-approve", "--allow-destroy", "deployment.nightly"];

  const expected = [
    '[["1","10","1"],["2","25","0"],["3","30","1"],["4","40","0"],["5","50","1"]]',
    '[["1","10","1"],["2","25","0"],["3","30","1"],["4","40","0"],["5","50","1"]]',
    '[["4","40","0"],["5","50","1"]]',
  ];

  for (const outputs of ["replaced", "new"] as const)
    test(`outputs that are ${outputs}, killed before and after each change of the bucket`, async () => {
      let changes = Number.POSITIVE_INFINITY;
      const wrong: string[] = [];
      let killed = 0;
      for (let at = 1; at <= changes; at++)
        for (const when of ["before", "after"] as const) {
          const { gate, lake, project } = await prepared();
          if (outputs === "replaced") {
            const ran = await project.runWith(lakeEnv, ...apply);
            expect([ran.code, ran.code === 0 ? "" : ran.stderr]).toEqual([0, ""]);
          }
          await lake.put("data/raw/a.csv", second);
          const ended = await runUntil(
            { directory: project.directory, command: node, args: [bin, ...apply], env: lakeEnv },
            (kill) => gate.arm(at, when, kill),
          );
          const call = gate.changes()[at - 1];
          const all = gate.changes().length;
          gate.arm(0, "before", () => undefined);
          if (ended.signal === "SIGKILL") killed++;
          else {
            // This one went through to its end: all changes have been tried.
            changes = Math.min(changes, all);
            expect(ended.code).toBe(0);
          }
          const resumed = await project.runWith(lakeEnv, ...apply, ...(ended.signal === null ? [] : ["--resume"]));
          const plan = await project.runWith(lakeEnv, "plan", "--detailed-exitcode");
          const found = await rows(lake).catch((thrown) => [String(thrown)]);
          const keys = await kept(lake);
          const faults = [
            ...(resumed.code === 0 ? [] : [`resume: ${resumed.stderr.slice(0, 400)}`]),
            ...(plan.code === 0 ? [] : [`plan: ${plan.stdout.slice(0, 400)}${plan.stderr.slice(0, 200)}`]),
            ...(JSON.stringify(found) === JSON.stringify(expected) ? [] : [`rows: ${found.join(" ")}`]),
            ...(JSON.stringify(keys) === JSON.stringify(wanted) ? [] : [`keys: ${keys.join(" ")}`]),
          ];
          if (faults.length > 0) wrong.push(`${when} change ${at}, ${call}: ${faults.join("; ")}`);
          if (faults.length > 0) process.stdout.write(`${wrong.at(-1)}\n`);
        }
      process.stdout.write(`${outputs}: killed ${killed} times at ${changes} changes, ${wrong.length} wrong\n`);
      expect(killed).toBeGreaterThan(10);
      expect(wrong).toEqual([]);
    }, 1_500_000);

  const wanted = [
    "data/out/join/_mason_parts/n.json",
    "data/out/join/part-0.parquet",
    "data/out/latest.csv",
    "data/out/split/_mason_parts/n.json",
    "data/out/split/part=0/part-0.parquet",
    "data/out/split/part=1/part-0.parquet",
    "data/raw/a.csv",
  ];
});
