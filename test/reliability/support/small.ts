/** Small projects of this suite, on this machine's files alone. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { applyPlan } from "../../../src/command/apply.ts";
import { planProject } from "../../../src/command/plan.ts";
import type { PlanOptions } from "../../../src/command/plan-options.ts";
import { newDirectory } from "./thirty.ts";
import { fixedWorld } from "./world.ts";

/** A config that uses this machine for everything. */
export const localConfig = `type: config
id: 1
metastore_engine: local
storage_engine: local
execution_engine: local
scheduler_engine: local
clients:
  local: { configuration: { root: data } }
`;

/** A database, a table, and a deployment that infers a table from files. */
export const smallFiles: Readonly<Record<string, string>> = {
  "mason.yaml": "default_config: 1\n",
  "config.yaml": localConfig,
  "sales.yaml":
    "type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n",
  "load.yaml":
    "type: deployment\nname: load\noperator: table:infer\nparameters: { database_name: sales, storage_path: raw, table_name: loaded }\n",
  "data/raw/a.csv": "id,amount\n1,2\n",
};

/** Writes a file of a project, making the directories above it. */
export async function put(directory: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
}

/** A new project with these files, by path. */
export async function newProject(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await newDirectory();
  for (const [path, text] of Object.entries(files)) await put(directory, path, text);
  return directory;
}

let applies = 0;

/** Plans and applies in this process; fails when anything is not done. */
export async function applyHere(directory: string, options: Partial<PlanOptions> = {}): Promise<void> {
  const world = fixedWorld(directory, { ids: `h${++applies}x` });
  const planned = await planProject(world, { destroy: false, run: [], unfinished: "refuse", ...options });
  if (planned.value === undefined) throw new Error(JSON.stringify(planned.diagnostics));
  const { results } = await applyPlan(world, planned.value, { leaseTimeoutMs: 0 });
  const bad = results.filter((result) => result.status !== "done");
  if (bad.length > 0) throw new Error(JSON.stringify(bad));
}

/** The small project, applied. */
export async function smallProject(): Promise<string> {
  const directory = await newProject(smallFiles);
  await applyHere(directory);
  return directory;
}
