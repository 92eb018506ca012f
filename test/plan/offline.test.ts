/** A plan that must not look at systems (`--offline`, `--untrusted`) calls no verb of any engine: what was last seen stands for it. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { providers } from "../../providers/index.ts";
import { applyPlan } from "../../src/command/apply.ts";
import { planProject } from "../../src/command/plan.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import type { Provider, ProviderEntry } from "../../src/provider/contract.ts";
import { keptScheduler } from "../reliability/support/kept-scheduler.ts";
import { localConfig, newProject } from "../reliability/support/small.ts";
import { fixedWorld } from "../reliability/support/world.ts";

const open: string[] = [];
afterEach(async () => {
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

const base = { destroy: false, run: [], allowDestroy: ["*"], unfinished: "warn" } as const;
const roles = ["storage", "metastore", "execution", "scheduler"] as const;

/** A provider that notes each verb which is called, but for those of the state's own storage. */
const noting = (provider: Provider, called: string[]): Provider => ({
  ...provider,
  load: async () => {
    const entry = (await provider.load()) as unknown as Record<string, (...made: never[]) => object>;
    const wrapped = roles.flatMap((role) => {
      const make = entry[role];
      if (make === undefined) return [];
      return [
        [role, (...given: readonly unknown[]) => notingEngine(make(...(given as never[])), given[0], role, called)],
      ];
    });
    return { ...entry, ...Object.fromEntries(wrapped) } as unknown as ProviderEntry;
  },
});

function notingEngine(engine: object, context: unknown, role: string, called: string[]): object {
  if ((context as { settings: { root?: unknown } }).settings.root === ".") return engine;
  const pure = ["uri", "pathOf", "close", "validateSchedule"];
  return new Proxy(engine, {
    get: (target, name) => {
      const verb = Reflect.get(target, name) as unknown;
      if (typeof verb !== "function" || pure.includes(String(name))) return verb;
      return (...given: unknown[]) => {
        called.push(`${role}.${String(name)}`);
        return (verb as (...all: unknown[]) => unknown).apply(target, given);
      };
    },
  });
}

const nightly = (cron: string) =>
  `type: deployment\nname: nightly\noperator: table:format\nconfig_id: 7\nschedule: "${cron}"\nparameters: { database_name: sales, table_name: orders, format: parquet, output_path: out/nightly }\n`;
const resources = `type: database\nname: sales\n---\ntype: table\ndatabase: sales\nname: orders\nlocation: raw\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n---\ntype: deployment\nname: once\noperator: table:format\nparameters: { database_name: sales, table_name: orders, format: parquet, output_path: out/once }\n`;

/** A project of every kind of resource, applied, whose next plan may look at systems only through a noting provider. */
async function project() {
  const directory = await newProject({
    "mason.yaml": "default_config: 1\n",
    "config.yaml": `${localConfig}---\n${localConfig.replace("id: 1", "id: 7").replace("scheduler_engine: local", "scheduler_engine: kept").replace("clients:", "clients:\n  kept: { provider: kept }")}`,
    "data/raw/a.csv": "id\n1\n",
    "all.yaml": resources,
    "nightly.yaml": nightly("0 2 * * *"),
  });
  open.push(directory);
  const called: string[] = [];
  let ids = 0;
  const plan = async (options: Partial<PlanOptions> = {}) => {
    called.splice(0);
    const world = fixedWorld(directory, {
      ids: `o${++ids}x`,
      providers: [...providers, keptScheduler].map((provider) => noting(provider, called)),
    });
    const planned = await planProject(world, { ...base, ...options });
    const errors = planned.diagnostics.filter(({ severity }) => severity === "error");
    return { world, planned: planned.value, errors, called: [...called] };
  };
  return { directory, plan };
}

test("neither an offline plan nor an untrusted one calls a verb", async () => {
  const { directory, plan } = await project();
  const first = await plan();
  expect(first.errors).toEqual([]);
  if (first.planned === undefined) throw new Error("no plan");
  const { results } = await applyPlan(first.world, first.planned, { parallelism: 1, leaseTimeoutMs: 0 });
  expect(results.filter(({ status }) => status !== "done")).toEqual([]);
  // The notes see what a plan asks for, also of the scheduler.
  expect((await plan()).called).toEqual(expect.arrayContaining(["scheduler.getRegistration", "metastore.getTable"]));
  await writeFile(join(directory, "nightly.yaml"), nightly("30 2 * * *"));
  for (const options of [{ offline: true }, { untrusted: true }]) {
    const { planned, errors, called } = await plan(options);
    expect([called, errors]).toEqual([[], []]);
    const changes = planned?.plan.changes.map(({ address, action, fields }) => [address, action, fields]);
    expect(changes).toEqual([
      ["deployment.nightly", "update", [{ path: "schedule", before: "0 2 * * *", after: "30 2 * * *" }]],
    ]);
  }
});

test("an offline plan of a project that was never applied calls no verb either", async () => {
  const { plan } = await project();
  const { planned, called } = await plan({ offline: true });
  expect(called).toEqual([]);
  expect(planned?.plan.changes.find(({ address }) => address === "deployment.nightly")?.action).toBe("create");
});

test("--run of a deployment that its scheduler only registers is refused, and that of another one is not", async () => {
  const { plan } = await project();
  const refused = await plan({ run: ["deployment.nightly"] });
  expect(refused.errors.map(({ code, address }) => [code, address])).toEqual([
    ["plan/run-not-started", "deployment.nightly"],
  ]);
  expect(refused.errors[0]?.detail).toContain("mason run deployment nightly");
  expect((await plan({ run: ["deployment.once"] })).errors).toEqual([]);
});
