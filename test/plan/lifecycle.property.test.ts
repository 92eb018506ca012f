import fc from "fast-check";
import { expect, test } from "vitest";
import { type Space, spaceOf } from "../../providers/memory/client.ts";
import { applyPlan } from "../../src/command/apply.ts";
import { planProject } from "../../src/command/plan.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import type { Owner } from "../../src/model/table.ts";
import { parseLockfile } from "../../src/state/lockfile.ts";
import { type TestProject, testProject } from "../support/world.ts";

/** The declarations of a project, by name. */
interface Spec {
  /** Declared databases. */
  readonly databases: readonly ("a" | "b")[];
  /** Declared tables. They are left out while their database is undeclared. */
  readonly tables: readonly TableSpec[];
  /** Deployments that each infer a table. A deployment's name may change from one spec to the next. */
  readonly loads: readonly LoadSpec[];
  readonly nightly: { readonly hour: number; readonly paused: boolean } | null;
}
interface TableSpec {
  readonly database: "a" | "b";
  readonly name: "t" | "u";
  readonly format: "csv" | "parquet";
  readonly columns: readonly ("id" | "amount" | "note")[];
}
interface LoadSpec {
  readonly name: "x" | "y" | "z";
  readonly from: "in/one" | "in/two";
  readonly target: "c.one" | "c.two" | "d.one";
  readonly isNamed: boolean;
}

type Edit =
  | { readonly kind: "declare"; readonly spec: Spec }
  | { readonly kind: "drop"; readonly pick: number }
  | { readonly kind: "add_column"; readonly pick: number }
  | { readonly kind: "drop_database"; readonly pick: number }
  | { readonly kind: "unregister" }
  | { readonly kind: "reschedule" }
  | { readonly kind: "input"; readonly path: "in/one" | "in/two"; readonly rows: number };

const table = fc.record<TableSpec>({
  database: fc.constantFrom("a", "b"),
  name: fc.constantFrom("t", "u"),
  format: fc.constantFrom("csv", "parquet"),
  columns: fc
    .subarray(["id", "amount", "note"] as const, { minLength: 1 })
    .chain((columns) => fc.shuffledSubarray(columns, { minLength: columns.length })),
});
const load = fc.record<LoadSpec>({
  name: fc.constantFrom("x", "y", "z"),
  from: fc.constantFrom("in/one", "in/two"),
  target: fc.constantFrom("c.one", "c.two", "d.one"),
  isNamed: fc.boolean(),
});
const spec = fc.record<Spec>({
  databases: fc.subarray(["a", "b"] as const),
  tables: fc.uniqueArray(table, { maxLength: 3, selector: (item) => `${item.database}.${item.name}` }),
  loads: fc
    .uniqueArray(load, { maxLength: 3, selector: (item) => item.target })
    .map((loads) => loads.filter((item, at) => loads.findIndex((other) => other.name === item.name) === at)),
  nightly: fc.option(fc.record({ hour: fc.integer({ min: 0, max: 5 }), paused: fc.boolean() }), { nil: null }),
});
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("declare" as const), spec }) },
  fc.record({ kind: fc.constant("drop" as const), pick: fc.nat(9) }),
  fc.record({ kind: fc.constant("add_column" as const), pick: fc.nat(9) }),
  fc.record({ kind: fc.constant("drop_database" as const), pick: fc.nat(9) }),
  fc.constant({ kind: "unregister" as const }),
  fc.constant({ kind: "reschedule" as const }),
  fc.record({
    kind: fc.constant("input" as const),
    path: fc.constantFrom("in/one" as const, "in/two" as const),
    rows: fc.integer({ min: 1, max: 3 }),
  }),
);

function documents(space: string, { databases, tables, loads, nightly }: Spec): string {
  const config = {
    type: "config",
    id: 1,
    metastore_engine: "memory",
    storage_engine: "memory",
    scheduler_engine: "local",
    clients: { memory: { configuration: { space } } },
  };
  const types = { id: "bigint", amount: "decimal(18,2)", note: "string" };
  return [
    config,
    { ...config, id: 2, scheduler_engine: "memory" },
    ...databases.map((name) => ({ type: "database", name })),
    ...tables
      .filter((item) => databases.includes(item.database))
      .map(({ columns, ...item }) => ({
        type: "table",
        ...item,
        columns: columns.map((name) => ({ name, type: types[name] })),
      })),
    ...loads.map(({ name, from, target, isNamed }) => {
      const [database, table] = target.split(".");
      // Without a name the table is named after its files.
      const isCalled = isNamed || table !== from.replace("in/", "");
      return {
        type: "deployment",
        name,
        operator: "table:infer",
        parameters: { database_name: database, storage_path: from, ...(isCalled ? { table_name: table } : {}) },
      };
    }),
    ...(nightly === null
      ? []
      : [
          {
            type: "deployment",
            name: "nightly",
            operator: "table:list",
            config_id: 2,
            schedule: `0 ${nightly.hour} * * *`,
            paused: nightly.paused,
            parameters: { database_name: "theirs" },
          },
        ]),
  ]
    .map((document) => JSON.stringify(document))
    .join("\n---\n");
}

const options = (part: Partial<PlanOptions> = {}): PlanOptions => ({
  destroy: false,
  run: [],
  unfinished: "refuse",
  ...part,
});

const writeInput = (space: Space, path: string, rows: number) => {
  const text = `id,amount\n${Array.from({ length: rows }, (_, row) => `${row},${row * 10}\n`).join("")}`;
  const number = String(++space.lastNumber);
  space.files.set(`${path}/a.csv`, { bytes: new TextEncoder().encode(text), modified: 0, etag: number });
};

/** Objects of another tool and of another project. */
function putForeign(space: Space): void {
  const owner: Owner = { lineage: "another", address: "table.theirs.marked" };
  space.databases.set("theirs", { name: "theirs", catalogued: true });
  for (const [name, part] of [["plain", {}] as const, ["marked", { owner }] as const])
    space.tables.set(JSON.stringify(["theirs", name]), {
      partitionList: [],
      table: {
        database: "theirs",
        name,
        format: "csv",
        columns: [],
        partitions: [],
        location: `theirs/${name}`,
        catalogued: true,
        ...part,
      },
    });
  space.files.set("theirs/plain/a.csv", { bytes: new Uint8Array(1), modified: 0, etag: "theirs" });
  space.registrations.set("theirs", {
    name: "theirs",
    schedule: { timezone: "UTC", catchup: "skip", maxActiveRuns: 1, paused: false },
  });
}

const pickOf = <T>(items: readonly T[], pick: number): T | undefined => items[pick % Math.max(items.length, 1)];

/** Changes without Mason, to objects that are not `theirs`. */
function byHand(space: Space, change: Exclude<Edit, { kind: "declare" }>): void {
  const tables = [...space.tables.keys()].filter((key) => !key.includes("theirs")).sort();
  const nightly = space.registrations.get("nightly");
  switch (change.kind) {
    case "drop": {
      space.tables.delete(pickOf(tables, change.pick) ?? "");
      return;
    }
    case "add_column": {
      const key = pickOf(tables, change.pick);
      const stored = key === undefined ? undefined : space.tables.get(key);
      if (key === undefined || stored === undefined) return;
      const columns = stored.table.columns.filter((column) => column.name !== "by_hand");
      const added = { name: "by_hand", type: { kind: "string" as const }, nullable: true };
      const version = String(++space.lastNumber);
      space.tables.set(key, { ...stored, table: { ...stored.table, columns: [...columns, added], version } });
      return;
    }
    case "drop_database": {
      const name = pickOf([...space.databases.keys()].filter((known) => known !== "theirs").sort(), change.pick);
      if (name === undefined) return;
      for (const key of tables) if (space.tables.get(key)?.table.database === name) space.tables.delete(key);
      space.databases.delete(name);
      return;
    }
    case "unregister":
      space.registrations.delete("nightly");
      return;
    case "reschedule":
      if (nightly !== undefined)
        space.registrations.set("nightly", { ...nightly, schedule: { ...nightly.schedule, cron: "7 7 * * *" } });
      return;
    case "input":
      writeInput(space, change.path, change.rows);
  }
}

const theirsOf = (space: Space) =>
  JSON.stringify([
    [...space.tables.values()].filter((stored) => stored.table.database === "theirs"),
    [...space.files].filter(([key]) => key.startsWith("theirs/") || key.startsWith("in/")).map(([key]) => key),
    space.databases.get("theirs"),
    space.registrations.get("theirs"),
  ]);

/** Plans, applies any changes, and checks what must hold afterwards. */
async function applyAll(project: TestProject, space: Space, part: Partial<PlanOptions> = {}): Promise<void> {
  const before = await serialOf(project);
  const theirs = theirsOf(space);
  const planned = await planProject(project.world, options(part));
  expect(planned.diagnostics.filter((diagnostic) => diagnostic.severity === "error")).toEqual([]);
  if (planned.value === undefined) throw new Error("no plan");
  if (planned.value.plan.stages.length > 0) {
    const { results } = await applyPlan(project.world, planned.value, { leaseTimeoutMs: 0 });
    expect(results.filter((result) => result.status !== "done")).toEqual([]);
    expect(results.map((result) => result.address).sort()).toEqual(
      planned.value.plan.changes.map((change) => change.address).sort(),
    );
    expect(await serialOf(project)).toBe(before + 1);
  }
  expect(theirsOf(space)).toBe(theirs);
  const again = await planProject(project.world, options(part));
  expect(again.value?.plan.changes.map((change) => ({ ...change, steps: [] }))).toEqual([]);
}

async function serialOf(project: TestProject): Promise<number> {
  const text = await project.read("mason.lock").catch(() => null);
  if (text === null) return 0;
  const { value, diagnostics } = parseLockfile(text, "mason.lock");
  expect(diagnostics).toEqual([]);
  return value?.serial ?? -1;
}

let spaces = 0;

test("after any edit, a plan after an apply is empty, and destroy removes exactly our objects", async () => {
  await fc.assert(
    fc.asyncProperty(spec, fc.array(edit, { maxLength: 6 }), async (first, edits) => {
      const name = `lifecycle-${++spaces}`;
      const space = spaceOf(name);
      putForeign(space);
      writeInput(space, "in/one", 1);
      writeInput(space, "in/two", 2);
      const project = await testProject({ "mason.yaml": "default_config: 1\n", "all.yaml": documents(name, first) });
      try {
        await applyAll(project, space);
        for (const change of edits) {
          if (change.kind === "declare") await project.write("all.yaml", documents(name, change.spec));
          else byHand(space, change);
          await applyAll(project, space);
        }
        await applyAll(project, space, { destroy: true });
        expect(
          [...space.tables.values()].map(({ table: { database, name: left } }) => `${database}.${left}`).sort(),
        ).toEqual(["theirs.marked", "theirs.plain"]);
        expect([...space.databases.keys()]).toEqual(["theirs"]);
        expect([...space.registrations.keys()]).toEqual(["theirs"]);
      } finally {
        await project.close();
      }
    }),
    { numRuns: Number(process.env.MASON_PROPERTY_RUNS ?? 20), examples: [[loadOf("d.one"), movedAndDropped]] },
  );
});

const loadOf = (target: "c.one" | "d.one", databases: readonly "b"[] = []) => ({
  databases,
  tables: [],
  loads: [{ name: "x" as const, from: "in/one" as const, target, isNamed: false }],
  nightly: null,
});

/** Somebody may drop what a deployment no longer writes. */
const movedAndDropped = [
  { kind: "declare" as const, spec: loadOf("c.one", ["b"]) },
  { kind: "drop_database" as const, pick: 2 },
];
