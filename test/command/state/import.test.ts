import { afterEach, describe, expect, test } from "vitest";
import { spaceOf } from "../../../providers/memory/client.ts";
import { applyPlan } from "../../../src/command/apply.ts";
import { planProject } from "../../../src/command/plan.ts";
import { changeState, removeEntries } from "../../../src/command/state/change.ts";
import { type ImportRequest, importObject } from "../../../src/command/state/import.ts";
import { openState } from "../../../src/command/state/open-state.ts";
import { Diagnosed } from "../../../src/diagnostic/diagnostic.ts";
import { canonical } from "../../../src/json.ts";
import { bigint, string } from "../../../src/model/data-type.ts";
import { column } from "../../../src/model/schema.ts";
import type { Table } from "../../../src/model/table.ts";
import { type TestProject, testProject } from "../../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

let count = 0;
async function project(documents: string) {
  const name = `import-${++count}`;
  const made = await testProject({
    "mason.yaml": "default_config: 1\n",
    "config.yaml": `type: config\nid: 1\nmetastore_engine: memory\nstorage_engine: memory\nscheduler_engine: memory\nclients: { memory: { configuration: { space: ${name} } } }\n`,
    "all.yaml": documents,
  });
  open.push(made);
  const { world } = made;
  const plan = async () => {
    const { value, diagnostics } = await planProject(world, { destroy: false, run: [], unfinished: "refuse" });
    if (value === undefined) throw new Diagnosed(diagnostics);
    return value;
  };
  return {
    ...made,
    space: spaceOf(name),
    plan,
    changes: async () => (await plan()).plan.changes.map((change) => [change.address, change.action]),
    apply: async () => {
      const { results } = await applyPlan(world, await plan(), { leaseTimeoutMs: 0 });
      expect(results.filter((result) => result.status !== "done")).toEqual([]);
    },
    import: async (request: Partial<ImportRequest> & { readonly address: string }) => {
      const { loaded } = await openState(world);
      return importObject(world, loaded, { write: false, ...request });
    },
    forget: async (address: string) => {
      const { backend } = await openState(world);
      await changeState(world, backend, "state rm", (state) => removeEntries(state, [address]).state);
    },
  };
}

const database = "type: database\nname: sales\n";
const table =
  "type: table\ndatabase: sales\nname: orders\nformat: csv\nlocation: raw/orders\n# what comes in\ncolumns:\n  - { name: id, type: bigint } # the key\n";
const nightly =
  'type: deployment\nname: nightly\noperator: table:list\nschedule: "0 2 * * *"\nparameters: { database_name: sales }\n';

const theirs: Table = {
  database: "sales",
  name: "orders",
  format: "csv",
  columns: [column("id", bigint)],
  partitions: [],
  location: "raw/orders",
  catalogued: true,
};

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (thrown) => (thrown instanceof Diagnosed ? thrown.diagnostics.map((item) => item.code).join() : String(thrown)),
  );

describe("an object that is not in the state", () => {
  test("is recorded as it is, and marked as ours", async () => {
    const made = await project(`${database}---\n${table}`);
    made.space.databases.set("sales", { name: "sales", catalogued: true });
    made.space.tables.set(canonical(["sales", "orders"]), { table: theirs, version: 1 } as never);
    expect(await made.import({ address: "database.sales" })).toEqual({ address: "database.sales", adopted: false });
    expect(await made.import({ address: "table.sales.orders" })).toEqual({
      address: "table.sales.orders",
      adopted: false,
    });
    await made.apply();
    expect(made.space.tables.get(canonical(["sales", "orders"]))?.table.owner?.address).toBe("table.sales.orders");
    expect(await made.changes()).toEqual([]);
  });

  test("can be named by another name, and gets its declared one at the next apply", async () => {
    const made = await project(`${database}---\n${table}`);
    made.space.databases.set("sales", { name: "sales", catalogued: true });
    made.space.tables.set(canonical(["sales", "old"]), { table: { ...theirs, name: "old" }, version: 1 } as never);
    await made.import({ address: "database.sales" });
    await made.import({ address: "table.sales.orders", id: "sales.old" });
    await made.apply();
    expect([...made.space.tables.values()].map((item) => item.table.name)).toEqual(["orders"]);
    expect(await made.changes()).toEqual([]);
    expect(await codeOf(made.import({ address: "table.sales.orders", id: "other.old" }))).toBe("import/other-database");
  });

  test("is refused with its YAML if it is not declared, or its YAML is written", async () => {
    const made = await project(database);
    made.space.databases.set("sales", { name: "sales", catalogued: true });
    made.space.tables.set(canonical(["sales", "orders"]), { table: theirs, version: 1 } as never);
    expect(await codeOf(made.import({ address: "table.sales.orders" }))).toBe("import/not-declared");
    expect(await made.import({ address: "table.sales.orders", write: true })).toMatchObject({
      file: "tables/sales.orders.yaml",
    });
    await made.import({ address: "database.sales" });
    // Only the config, which is a definition, is left to do.
    expect(await made.changes()).toEqual([["config.1", "create"]]);
    await made.apply();
    expect(await made.changes()).toEqual([]);
  });

  test("can be a registration whose entry was removed", async () => {
    const made = await project(nightly);
    await made.apply();
    await made.forget("deployment.nightly");
    await made.import({ address: "deployment.nightly" });
    await made.apply();
    expect(await made.changes()).toEqual([]);
    expect([...made.space.registrations.keys()]).toEqual(["nightly"]);
  });

  test("is refused if it is absent, of another kind, or not declared", async () => {
    const made = await project(`${database}---\n${table}`);
    expect(await codeOf(made.import({ address: "table.sales.orders" }))).toBe("import/absent");
    expect(await codeOf(made.import({ address: "config.1" }))).toBe("import/kind");
    made.space.registrations.set("theirs", {
      name: "theirs",
      schedule: { cron: "0 1 * * *", timezone: "UTC", catchup: "skip", maxActiveRuns: 1, paused: false },
    });
    expect(await codeOf(made.import({ address: "deployment.theirs", write: true }))).toBe("import/not-declared");
  });
});

describe("an object in the state that was changed by hand", () => {
  test("gives its columns to the YAML of a table, and nothing is left to do", async () => {
    const made = await project(`${database}---\n${table}`);
    await made.apply();
    const key = canonical(["sales", "orders"]);
    const stored = made.space.tables.get(key);
    if (stored === undefined) throw new Error("no table");
    const columns = [column("id", string), column("extra", bigint)];
    made.space.tables.set(key, { ...stored, table: { ...stored.table, columns } });
    expect((await made.plan()).plan.drift.map((drift) => drift.code)).toEqual(["changed_outside", "new_column"]);
    expect(await codeOf(made.import({ address: "table.sales.orders" }))).toBe("import/exists");
    expect(await made.import({ address: "table.sales.orders", write: true })).toEqual({
      address: "table.sales.orders",
      adopted: true,
      file: "all.yaml",
    });
    expect(await made.read("all.yaml")).toBe(
      `${database}---\n${table.replace("type: bigint", "type: string")}  - { name: extra, type: bigint }\n`,
    );
    const { plan } = await made.plan();
    expect([plan.changes, plan.drift]).toEqual([[], []]);
  });

  test("gives its schedule to the YAML of a deployment, and nothing is left to do", async () => {
    const made = await project(nightly);
    await made.apply();
    const there = made.space.registrations.get("nightly");
    if (there === undefined) throw new Error("not registered");
    made.space.registrations.set("nightly", {
      ...there,
      schedule: { ...there.schedule, cron: "30 3 * * *", paused: true },
    });
    const { drift } = (await made.plan()).plan;
    expect(drift.map(({ code, text }) => [code, text])).toEqual([
      ["changed_outside", "changed outside of Mason: schedule"],
      ["paused_outside", "paused by hand"],
    ]);
    await made.import({ address: "deployment.nightly", write: true });
    expect(await made.read("all.yaml")).toBe(`${nightly.replace("0 2 * * *", "30 3 * * *")}paused: true\n`);
    const { plan } = await made.plan();
    expect([plan.changes, plan.drift]).toEqual([[], []]);
  });
});
