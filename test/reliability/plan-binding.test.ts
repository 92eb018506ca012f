/**
 * The facts that a saved plan is bound to, one by one: when a fact moves, the plan is refused with a code that names it. A plan file
 * that is truncated, altered or of another format is refused too, even if its id was computed again.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { applyPlan } from "../../src/command/apply.ts";
import { planProject } from "../../src/command/plan.ts";
import { type FromFile, planFromFile, writePlanFile } from "../../src/command/plan-file.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import { canonical, type Json, type JsonObject } from "../../src/json.ts";
import { type Bound, planId } from "../../src/plan/bound.ts";
import { localMetastoreIn } from "../support/local-metastore.ts";
import { figures } from "./support/figures.ts";
import { newProject, put, smallFiles } from "./support/small.ts";
import { type FixedOptions, fixedWorld } from "./support/world.ts";

const open: string[] = [];
afterEach(async () => {
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

const files: Readonly<Record<string, string>> = {
  ...smallFiles,
  "mason.yaml":
    "default_config: 1\nvariables: { days: { type: integer, default: 30 } }\nenvironments: { dev: {}, prod: {} }\n",
  "config.yaml": smallFiles["config.yaml"]?.replace("root: data", 'root: "{{DATA_ROOT}}"') ?? "",
  "more.yaml":
    'type: deployment\nname: more\noperator: table:infer\ndescription: "${var.days} days"\nparameters: { database_name: sales, storage_path: more, table_name: more }\n',
  "data/more/a.csv": "id\n1\n",
};

const plainly: FromFile = { replanIfEquivalent: false, resume: false, resolutions: new Map() };
const usual: FixedOptions = { ids: "p", env: { DATA_ROOT: "data" } };

/** A project that was applied once, and a plan file for one more table. */
async function planned(options: Partial<PlanOptions> = {}): Promise<string> {
  const directory = await newProject(files);
  open.push(directory);
  const world = fixedWorld(directory, { ...usual, ids: "f" });
  const first = await planProject(world, { destroy: false, run: [], unfinished: "refuse" });
  if (first.value === undefined) throw new Error(JSON.stringify(first.diagnostics));
  await applyPlan(world, first.value, { leaseTimeoutMs: 0 });
  await put(
    directory,
    "extra.yaml",
    "type: table\ndatabase: sales\nname: extra\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n",
  );
  await savePlan(directory, options);
  return directory;
}

async function savePlan(directory: string, options: Partial<PlanOptions> = {}): Promise<void> {
  const world = fixedWorld(directory, usual);
  const plan = await planProject(world, { destroy: false, run: [], unfinished: "warn", ...options });
  if (plan.value === undefined) throw new Error(JSON.stringify(plan.diagnostics));
  writePlanFile(world, plan.value, "p.plan");
}

const readPlan = async (directory: string) =>
  JSON.parse(await readFile(join(directory, "p.plan"), "utf8")) as {
    readonly format: number;
    readonly plan_id: string;
    readonly bound: Bound & JsonObject;
    readonly shown: JsonObject;
  };

/** The codes and details of the errors that refuse the file; none when it would be applied. */
async function refusals(
  directory: string,
  options: Partial<FixedOptions> & { readonly replanIfEquivalent?: boolean } = {},
): Promise<Readonly<Record<string, string>>> {
  const { replanIfEquivalent = false, ...world } = options;
  const found = await planFromFile(fixedWorld(directory, { ...usual, ids: "q", ...world }), "p.plan", {
    ...plainly,
    replanIfEquivalent,
  });
  const errors = found.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  expect(found.value === undefined).toBe(errors.length > 0);
  return Object.fromEntries(errors.map((diagnostic) => [diagnostic.code, diagnostic.detail]));
}

/** The only refusal. */
async function refusal(directory: string, options: Parameters<typeof refusals>[1] = {}): Promise<string> {
  const found = Object.entries(await refusals(directory, options));
  expect(found.map(([code]) => code)).toHaveLength(1);
  const [[code, detail] = ["", ""]] = found;
  return `${code}: ${detail}`;
}

const otherOwner = async (directory: string): Promise<void> => {
  const metastore = localMetastoreIn(directory);
  const table = await metastore.getTable("sales", "orders");
  if (table === null) throw new Error("no table");
  const { createdAt: _, catalogued: __, version: ___, ...rest } = table;
  await metastore.updateTable({
    ...rest,
    columns: [...rest.columns, { name: "by_hand", type: { kind: "string" }, nullable: true }],
  });
};

/** Changes the file's text. A change of `bound` also gets a new id, as a careful forger would do. */
async function alter(directory: string, change: (file: Record<string, Json>) => void, withId: boolean): Promise<void> {
  const file = JSON.parse(await readFile(join(directory, "p.plan"), "utf8")) as Record<string, Json>;
  change(file);
  if (withId) file.plan_id = planId(file.bound as unknown as Bound);
  await writeFile(join(directory, "p.plan"), `${canonical(file)}\n`);
}

const cases: Readonly<
  Record<string, { readonly code: string; readonly names: string; readonly run: () => Promise<string> }>
> = {
  "an edited file": {
    code: "plan-file/file-changed",
    names: '"extra.yaml"',
    run: async () => {
      const directory = await planned();
      await put(directory, "extra.yaml", `${await readFile(join(directory, "extra.yaml"), "utf8")}# edited\n`);
      return refusal(directory);
    },
  },
  "a changed parameter": {
    code: "plan-file/file-changed",
    names: '"load.yaml"',
    run: async () => {
      const directory = await planned();
      await put(directory, "load.yaml", (smallFiles["load.yaml"] ?? "").replace("loaded", "loaded, format: csv"));
      return refusal(directory);
    },
  },
  "a new file": {
    code: "plan-file/file-changed",
    names: '"new.yaml"',
    run: async () => {
      const directory = await planned();
      await put(directory, "new.yaml", "type: database\nname: new\n");
      return refusal(directory);
    },
  },
  "a file that is gone": {
    code: "plan-file/file-changed",
    names: '"more.yaml"',
    run: async () => {
      const directory = await planned();
      await rm(join(directory, "more.yaml"));
      return refusal(directory);
    },
  },
  "a variable": {
    code: "plan-file/variable-changed",
    names: '"days"',
    run: async () => refusal(await planned(), { variables: { days: "31" } }),
  },
  "another environment": {
    code: "plan-file/other-environment",
    names: '"prod"',
    run: async () => {
      const found = await refusals(await planned(), { environment: "prod" });
      return `plan-file/other-environment: ${found["plan-file/other-environment"]}`;
    },
  },
  "a client's identity": {
    code: "plan-file/client-changed",
    names: '"config.1"',
    run: async () => {
      const directory = await newProject(files);
      open.push(directory);
      await savePlan(directory);
      // The same files, so that only the place differs.
      await put(directory, "other/raw/a.csv", smallFiles["data/raw/a.csv"] ?? "");
      await put(directory, "other/more/a.csv", "id\n1\n");
      return refusal(directory, { env: { DATA_ROOT: "other" } });
    },
  },
  "a client's identity, with objects in the old place": {
    code: "resource/client-changed",
    names: "sales",
    run: async () => {
      const found = await refusals(await planned(), { env: { DATA_ROOT: "other" } });
      return `resource/client-changed: ${found["resource/client-changed"]}`;
    },
  },
  "another lineage": {
    code: "plan-file/other-lineage",
    names: "lineage",
    run: async () => {
      const directory = await planned();
      const lock = await readFile(join(directory, "mason.lock"), "utf8");
      const { lineage } = JSON.parse(lock) as { readonly lineage: string };
      await writeFile(join(directory, "mason.lock"), lock.replaceAll(lineage, "another-lineage"));
      const found = await refusals(directory);
      return `plan-file/other-lineage: ${found["plan-file/other-lineage"]}`;
    },
  },
  "a moved serial": {
    code: "plan-file/serial-moved",
    names: "serial 1",
    run: async () => {
      const directory = await planned();
      const lock = await readFile(join(directory, "mason.lock"), "utf8");
      await writeFile(join(directory, "mason.lock"), lock.replace('"serial": 1', '"serial": 2'));
      return refusal(directory);
    },
  },
  "another version of a provider": {
    code: "plan-file/provider-version",
    names: '"local"',
    run: async () => refusal(await planned(), { version: "9.9.9" }),
  },
  "a changed source": {
    code: "plan-file/fact-changed",
    names: "raw",
    run: async () => {
      const directory = await planned();
      await put(directory, "data/raw/b.csv", "id,amount,note\n2,3,x\n");
      return refusal(directory);
    },
  },
  "a table changed by hand": {
    code: "plan-file/fact-changed",
    names: '"table.sales.orders"',
    run: async () => {
      const directory = await planned();
      await otherOwner(directory);
      return refusal(directory);
    },
  },
  "an unknown field": {
    code: "plan-file/unknown-field",
    names: '"because"',
    run: async () => {
      const directory = await planned();
      await alter(directory, (file) => Object.assign(file.bound as object, { because: true }), true);
      return refusal(directory);
    },
  },
  "an unknown field on top": {
    code: "plan-file/unknown-field",
    names: '"signed"',
    run: async () => {
      const directory = await planned();
      await alter(directory, (file) => Object.assign(file, { signed: true }), true);
      return refusal(directory);
    },
  },
  "a newer format": {
    code: "plan-file/newer-format",
    names: "format 2",
    run: async () => {
      const directory = await planned();
      await alter(directory, (file) => Object.assign(file, { format: 2 }), true);
      return refusal(directory);
    },
  },
  "an older format": {
    code: "plan-file/older-format",
    names: "format 0",
    run: async () => {
      const directory = await planned();
      await alter(directory, (file) => Object.assign(file, { format: 0 }), true);
      return refusal(directory);
    },
  },
  "a cut file": {
    code: "plan-file/damaged",
    names: '"p.plan"',
    run: async () => {
      const directory = await planned();
      const text = await readFile(join(directory, "p.plan"), "utf8");
      await writeFile(join(directory, "p.plan"), text.slice(0, text.length / 2));
      return refusal(directory);
    },
  },
  "an altered stage": {
    code: "plan-file/altered",
    names: '"p.plan"',
    run: async () => {
      const directory = await planned();
      await alter(directory, dropStages, false);
      return refusal(directory);
    },
  },
  "an altered stage, its id computed again": {
    code: "plan-file/stages-differ",
    names: "altered",
    run: async () => {
      const directory = await planned();
      await alter(directory, dropStages, true);
      return refusal(directory);
    },
  },
  "an altered fact, its id computed again": {
    code: "plan-file/fact-changed",
    names: '"table.sales.orders"',
    run: async () => {
      const directory = await planned();
      await alter(
        directory,
        (file) => Object.assign((file.bound as { facts: object }).facts, { "table.sales.orders": null }),
        true,
      );
      return refusal(directory);
    },
  },
  "an altered digest of a file, its id computed again": {
    code: "plan-file/file-changed",
    names: '"extra.yaml"',
    run: async () => {
      const directory = await planned();
      await alter(
        directory,
        (file) => Object.assign((file.bound as { files: object }).files, { "extra.yaml": "0".repeat(64) }),
        true,
      );
      return refusal(directory);
    },
  },
  "what is shown altered, so that a reviewer sees something else": {
    code: "plan-file/shown-altered",
    names: "show",
    run: async () => {
      const directory = await planned();
      await alter(
        directory,
        (file) => {
          const shown = file.shown as { changes: { summary: string }[] };
          for (const change of shown.changes) change.summary = "nothing of note";
        },
        true,
      );
      return refusal(directory);
    },
  },
  "a plan that was applied": {
    code: "plan-file/already-applied",
    names: "already",
    run: async () => {
      const directory = await planned();
      const world = fixedWorld(directory, { ...usual, ids: "w" });
      const plan = await planFromFile(world, "p.plan", plainly);
      if (plan.value === undefined) throw new Error(JSON.stringify(plan.diagnostics));
      await applyPlan(world, plan.value, { leaseTimeoutMs: 0 });
      const found = await refusals(directory);
      return `plan-file/already-applied: ${found["plan-file/already-applied"]}`;
    },
  },
  "no file": {
    code: "plan-file/absent",
    names: '"p.plan"',
    run: async () => {
      const directory = await planned();
      await rm(join(directory, "p.plan"));
      return refusal(directory);
    },
  },
};

function dropStages(file: Record<string, Json>): void {
  const bound = file.bound as unknown as { stages: Json[] };
  bound.stages = bound.stages.slice(1);
}

test.each(Object.keys(cases))("%s: the plan is refused, and the code names the fact", async (name) => {
  const { code, names, run } = cases[name] ?? { code: "", names: "", run: async () => "" };
  const said = await run();
  expect(said.startsWith(`${code}: `), said).toBe(true);
  expect(said).toContain(names);
  expect(said).toMatch(/[.)]$|FILE$|p\.plan$/);
});

test("a plan whose facts all hold is applied, and planning again gives its id", async () => {
  const directory = await planned();
  const { plan_id: id } = await readPlan(directory);
  const again = await planFromFile(fixedWorld(directory, { ...usual, ids: "w" }), "p.plan", plainly);
  expect(again.diagnostics).toEqual([]);
  expect(again.value?.plan.id).toBe(id);
  figures("plan binding", { facts: Object.keys(cases).length });
});

test("with --replan-if-equivalent a moved serial is accepted as long as the actions are the same", async () => {
  const directory = await planned();
  const lock = await readFile(join(directory, "mason.lock"), "utf8");
  await writeFile(join(directory, "mason.lock"), lock.replace('"serial": 1', '"serial": 2'));
  expect(await refusals(directory, { replanIfEquivalent: true })).toEqual({});
  // The plan is no longer equivalent after another apply that did the same, or changed the same table.
  await otherOwner(directory);
  expect(Object.keys(await refusals(directory, { replanIfEquivalent: true }))).toContain("plan-file/serial-moved");
  await put(directory, "new.yaml", "type: database\nname: new\n");
  expect(Object.keys(await refusals(directory, { replanIfEquivalent: true }))).toContain("plan-file/file-changed");
});

test("with --replan-if-equivalent a plan whose run would read something else is refused", async () => {
  const directory = await planned({ run: ["deployment.more"] });
  const lock = await readFile(join(directory, "mason.lock"), "utf8");
  await writeFile(join(directory, "mason.lock"), lock.replace('"serial": 1', '"serial": 2'));
  expect(await refusals(directory, { replanIfEquivalent: true })).toEqual({});
  await put(directory, "data/more/b.csv", "id\n2\n");
  expect(Object.keys(await refusals(directory, { replanIfEquivalent: true })).sort()).toEqual([
    "plan-file/fact-changed",
    "plan-file/serial-moved",
  ]);
});

test("with --replan-if-equivalent the file itself is applied, and only once", async () => {
  const directory = await planned();
  const lock = await readFile(join(directory, "mason.lock"), "utf8");
  await writeFile(join(directory, "mason.lock"), lock.replace('"serial": 1', '"serial": 2'));
  const world = fixedWorld(directory, { ...usual, ids: "w" });
  const again = await planFromFile(world, "p.plan", { ...plainly, replanIfEquivalent: true });
  if (again.value === undefined) throw new Error(JSON.stringify(again.diagnostics));
  await applyPlan(world, again.value, { leaseTimeoutMs: 0 });
  expect(Object.keys(await refusals(directory, { replanIfEquivalent: true }))).toContain("plan-file/already-applied");
});

test("a first plan, made before there was any state, is applied once", async () => {
  const directory = await newProject(files);
  open.push(directory);
  await savePlan(directory);
  const world = fixedWorld(directory, { ...usual, ids: "w" });
  const plan = await planFromFile(world, "p.plan", plainly);
  if (plan.value === undefined) throw new Error(JSON.stringify(plan.diagnostics));
  await applyPlan(world, plan.value, { leaseTimeoutMs: 0 });
  expect(Object.keys(await refusals(directory))).toContain("plan-file/already-applied");
});

test("a file truncated at any length, or with any byte changed, is never applied as another plan", async () => {
  const directory = await planned();
  const text = await readFile(join(directory, "p.plan"), "utf8");
  const { parsePlanFile } = await import("../../src/plan/file/plan-file.ts");
  const bound = canonical((await readPlan(directory)).bound);
  const found = { looked: 0, refused: 0, "shown only": 0 };
  const look = (what: string, changed: string) => {
    found.looked++;
    const { value, diagnostics } = parsePlanFile(changed, "p.plan");
    if (value === undefined) {
      if (diagnostics[0]?.code.startsWith("plan-file/") !== true)
        throw new Error(`${what}: ${JSON.stringify(diagnostics)}`);
      found.refused++;
    } else if (canonical(value.bound as unknown as Json) === bound) found["shown only"]++;
    else throw new Error(`${what} was taken for another plan`);
  };
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length - 1; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    look(`byte ${at}`, changed.toString("utf8"));
    if (at % 7 === 0) look(`cut at ${at}`, bytes.subarray(0, at).toString("utf8"));
  }
  figures("damaged plan file", { bytes: bytes.length, ...found });
});
