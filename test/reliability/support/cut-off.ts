/** Projects for the tests between a crash and the resumed apply: a workflow whose last step waits until a test opens a gate. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { mason, type Started, startMason } from "./child.ts";
import { untilFile } from "./gate.ts";
import { localConfig, newProject } from "./small.ts";

const open: string[] = [];
export const started: Started[] = [];
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill("SIGKILL");
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

export const workflow = `type: workflow
namespace: my
command: chain
dag:
  - { id: read, type: operator, namespace: table, command: format }
  - { id: other, type: operator, namespace: table, command: query }
  - { id: wait, type: operator, namespace: my, command: wait, dependencies: [read, other] }
`;
export const deployment = `type: deployment
name: all
workflow: my:chain
steps:
  read: { parameters: { input_path: raw, output_path: out/read, format: csv } }
  other: { parameters: { query_string: "select 1 as n", output_path: out/other } }
  wait: { parameters: { name: wait } }
`;

export async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await newProject({
    "mason.yaml": "default_config: 1\n",
    "config.yaml": localConfig,
    "workflow.yaml": workflow,
    "all.yaml": deployment,
    "data/raw/a.csv": "id\n1\n",
    ...files,
  });
  open.push(directory);
  return directory;
}

export const said = (ended: { readonly stderr: string }) => ended.stderr.replace(/\s+/g, " ");
export const letGo = (directory: string) => writeFile(join(directory, "go"), "");
export const planOut = async (directory: string, file: string, ...choice: readonly string[]) =>
  expect((await mason(directory, "plan", "--out", file, ...choice)).code).toBe(0);

/** Kills an apply in the step that waits. */
export async function killWaiting(directory: string, ...args: readonly string[]): Promise<void> {
  await rm(join(directory, "log"), { recursive: true, force: true });
  const apply = startMason(directory, ["apply", ...args]);
  started.push(apply);
  await untilFile(directory, "log/wait");
  apply.child.kill("SIGKILL");
  await apply.ended;
}

/** A project that was applied, with its gate closed again. */
export async function applied(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await project(files);
  await letGo(directory);
  expect((await mason(directory, "apply", "--auto-approve")).code).toBe(0);
  await rm(join(directory, "go"));
  return directory;
}

/** What the last run did for each step, and what it kept. */
export async function lastRun(directory: string): Promise<unknown> {
  const { stdout } = await mason(directory, "runs", "logs", "last");
  return stdout;
}

export async function jobs(directory: string): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await mason(directory, "runs", "show", "last", "--json");
  const { steps } = JSON.parse(stdout) as {
    readonly steps: readonly { readonly step: string; readonly outputs: { readonly job_id?: string } }[];
  };
  return Object.fromEntries(steps.map(({ step, outputs }) => [step, outputs.job_id ?? null]));
}

/** Kills an apply, lets something happen, and resumes it; returns whether the steps `read` and `other` were kept. */
export async function keptAfter(directory: string, happen: () => Promise<void>): Promise<readonly boolean[]> {
  await killWaiting(directory, "--auto-approve");
  const before = await jobs(directory);
  await happen();
  await letGo(directory);
  expect((await mason(directory, "apply", "--resume", "--auto-approve")).code).toBe(0);
  const after = await jobs(directory);
  return [after.read === before.read, after.other === before.other];
}

export const isClean = async (directory: string) => {
  const plan = await mason(directory, "plan", "--detailed-exitcode");
  expect([plan.code, plan.stderr]).toEqual([0, ""]);
};

/** The workflow with a first step that makes a table. */
export const inferring = workflow.replace("command: format", "command: infer");
/** A deployment of it. */
export const named = (name: string, part = "") =>
  `type: deployment\nname: ${name}\nworkflow: my:chain\n${part}steps:\n  read: { parameters: { database_name: sales, storage_path: raw, table_name: loaded } }\n  other: { parameters: { query_string: "select 1 as n", output_path: out/other } }\n  wait: { parameters: { name: wait } }\n`;
