/** A project whose next apply has thirty changes, with every kind of stage. A first apply made what they change. */
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { applyPlan } from "../../../src/command/apply.ts";
import { planProject } from "../../../src/command/plan.ts";
import { changeState, removeEntries } from "../../../src/command/state/change.ts";
import { openState } from "../../../src/command/state/open-state.ts";
import { fixedWorld } from "./world.ts";

type Document = Readonly<Record<string, unknown>>;

const config = (id: number, part: Document = {}): Document => ({
  type: "config",
  id,
  metastore_engine: "local",
  storage_engine: "local",
  execution_engine: "local",
  scheduler_engine: "local",
  clients: { local: { configuration: { root: "data" } } },
  ...part,
});
const kept = config(2, {
  scheduler_engine: "kept",
  clients: { local: { configuration: { root: "data" } }, kept: { configuration: {} } },
});
const database = (name: string): Document => ({ type: "database", name });
const table = (address: string, columns: Document, part: Document = {}): Document => ({
  type: "table",
  database: address.split(".")[0],
  name: address.split(".")[1],
  format: "csv",
  columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
  ...part,
});
const load = (name: string, from: string, target: string): Document => ({
  type: "deployment",
  name,
  operator: "table:infer",
  parameters: { database_name: target.split(".")[0], storage_path: from, table_name: target.split(".")[1] },
});
const write = (name: string, from: string, to: string, part: Document = {}): Document => ({
  type: "deployment",
  name,
  operator: "table:format",
  parameters: { input_path: from, output_path: to, format: "csv", ...part },
});
const nightly = (name: string, hour: number): Document => ({
  type: "deployment",
  name,
  operator: "table:list",
  config_id: 2,
  schedule: `0 ${hour} * * *`,
  parameters: { database_name: "kept" },
});
const operator = (command: string): Document => ({
  type: "operator",
  namespace: "my",
  command,
  sql: `select 1 as ${command}`,
  parameters: {},
});

const id = { id: "bigint" };
const stays: readonly Document[] = [database("kept"), ...["a", "b"].map((name) => table(`kept.${name}`, id))];
const before: readonly Document[] = [
  config(1),
  kept,
  operator("changes"),
  operator("goes"),
  ...stays,
  database("goes"),
  table("goes.one", id),
  table("kept.goes", id, { location: "goes_with_files", lifecycle: { delete_data: true } }),
  table("kept.changes", id),
  table("kept.is_replaced", id),
  table("kept.is_forgotten", id),
  table("kept.old_name", id),
  load("load_changes", "in/1", "made.one"),
  load("load_goes", "in/1", "made.two"),
  write("write_again", "in/1", "out/again.csv", { overwrite: true }),
  nightly("late", 1),
  nightly("gone", 2),
];
const after: readonly Document[] = [
  config(1),
  kept,
  config(3),
  {
    type: "workflow",
    namespace: "my",
    command: "both",
    dag: [
      { id: "one", type: "operator", namespace: "my", command: "changes" },
      { id: "two", type: "operator", namespace: "my", command: "new", dependencies: ["one"] },
    ],
  },
  { ...operator("changes"), sql: "select 2 as changed" },
  operator("new"),
  ...stays,
  table("kept.changes", { ...id, amount: "decimal(18,2)" }),
  table("kept.is_replaced", id, { format: "parquet" }),
  table("kept.new_name", id, { moved_from: "table.kept.old_name" }),
  table("kept.found", id, { location: "found", on_existing: "adopt" }),
  database("fresh"),
  ...Array.from({ length: 8 }, (_, at) => table(`fresh.t${at}`, { ...id, [`c${at}`]: "string" })),
  load("load_changes", "in/2", "made.one"),
  load("load_new", "in/2", "made.three"),
  write("write_again", "in/2", "out/again.csv", { overwrite: true }),
  write("write_new", "in/1", "out/new.csv"),
  nightly("late", 5),
  nightly("early", 4),
];

/** The number of changes of the second apply. */
export const changes = 30;

const files: Readonly<Record<string, string>> = {
  "data/in/1/a.csv": "id,amount\n1,2\n",
  "data/in/2/a.csv": "id,amount,note\n1,2,x\n2,3,y\n",
  "data/found/a.csv": "id\n1\n",
  "data/goes_with_files/a.csv": "id\n1\n",
  "data/goes_with_files/b.csv": "id\n2\n",
  "registrations/.keep": "",
};

const text = (documents: readonly Document[]) => documents.map((document) => JSON.stringify(document)).join("\n---\n");

async function lay(directory: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), content);
}

/** A new directory of this suite. */
export const newDirectory = async (): Promise<string> => realpath(await mkdtemp(join(tmpdir(), "mason-proof-")));

/** The project after its first apply, with the changes of the second one written but not applied. */
export async function thirtyChanges(): Promise<string> {
  const directory = await newDirectory();
  for (const [path, content] of Object.entries(files)) await lay(directory, path, content);
  await lay(directory, "mason.yaml", "default_config: 1\n");
  await lay(directory, "all.yaml", text([...before, table("kept.found", id, { location: "found" })]));
  await applyAll(directory, "f");
  // Ours, but no longer in the state: the second apply adopts it.
  const world = fixedWorld(directory, { ids: "e" });
  const { backend } = await openState(world);
  await changeState(world, backend, "state rm", (state) => removeEntries(state, ["table.kept.found"]).state);
  await lay(directory, "all.yaml", text(after));
  await write(
    directory,
    "mason.yaml",
    "default_config: 1\nremoved: [{ from: table.kept.is_forgotten, destroy: false }]\n",
  );
  return directory;
}

async function applyAll(directory: string, ids: string): Promise<void> {
  const world = fixedWorld(directory, { ids });
  const planned = await planProject(world, { destroy: false, run: [], unfinished: "refuse", newLineage: "lineage" });
  if (planned.value === undefined) throw new Error(JSON.stringify(planned.diagnostics));
  const { results } = await applyPlan(world, planned.value, { leaseTimeoutMs: 0 });
  const bad = results.filter((result) => result.status !== "done");
  if (bad.length > 0) throw new Error(JSON.stringify(bad));
}

/** A copy of a project in a directory of its own; `close` deletes it. */
export async function copyOf(directory: string): Promise<{ readonly directory: string; close(): Promise<void> }> {
  const copy = await newDirectory();
  await cp(directory, copy, { recursive: true });
  return { directory: copy, close: () => rm(copy, { recursive: true, force: true }) };
}
