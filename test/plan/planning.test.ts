import { afterEach, describe, expect, test } from "vitest";
import { spaceOf } from "../../providers/memory/client.ts";
import { applyPlan } from "../../src/command/apply.ts";
import { type PlannedProject, planProject } from "../../src/command/plan.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import { changeState, moveEntry } from "../../src/command/state/change.ts";
import { openState } from "../../src/command/state/open-state.ts";
import type { Diagnostic } from "../../src/diagnostic/diagnostic.ts";
import { canonical } from "../../src/json.ts";
import type { Table } from "../../src/model/table.ts";
import type { Change } from "../../src/plan/plan.ts";
import { type TestProject, testProject } from "../support/world.ts";

let count = 0;
const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

/** A project over a space of the memory provider: config 1 runs at apply, config 2 registers. */
async function project(documents: string) {
  const name = `planning-${++count}`;
  const space = spaceOf(name);
  const config = (id: number, scheduler: string, where = name) =>
    `type: config\nid: ${id}\nmetastore_engine: memory\nstorage_engine: memory\nscheduler_engine: ${scheduler}\nclients: { memory: { configuration: { space: ${where} } } }\n`;
  const configs = (where = name) => `${config(1, "local", where)}---\n${config(2, "memory", where)}`;
  const made = await testProject({
    "mason.yaml": "default_config: 1\n",
    "config.yaml": configs(),
    "all.yaml": documents,
  });
  open.push(made);
  const plan = async (part: Partial<PlanOptions> = {}) => {
    const planned = await planProject(made.world, { destroy: false, run: [], unfinished: "refuse", ...part });
    return { planned: planned.value, errors: planned.diagnostics.filter((item) => item.severity === "error") };
  };
  const apply = async (part: Partial<PlanOptions> = {}) => {
    const { planned, errors } = await plan(part);
    if (planned === undefined) throw new Error(errors.map((item: Diagnostic) => item.detail).join("\n"));
    const applied = await applyPlan(made.world, planned, { leaseTimeoutMs: 0 });
    expect(applied.results.filter((result) => result.status !== "done")).toEqual([]);
    return planned;
  };
  const table = (database: string, of: string) => space.tables.get(canonical([database, of]))?.table;
  /** Changes a table without Mason. */
  const byHand = (database: string, of: string, change: (table: Table) => Table) => {
    const stored = space.tables.get(canonical([database, of]));
    if (stored === undefined) throw new Error(`no table ${of}`);
    space.tables.set(canonical([database, of]), { ...stored, table: change(stored.table) });
  };
  return {
    world: made.world,
    space,
    plan,
    apply,
    table,
    byHand,
    declare: (text: string) => made.write("all.yaml", text),
    moveTo: (where: string) => made.write("config.yaml", configs(where)),
    input: (path: string, text: string) =>
      space.files.set(path, { bytes: new TextEncoder().encode(text), modified: 0, etag: text }),
  };
}

const database = "type: database\nname: sales\n";
const tableOf = (part = "") =>
  `${database}---\ntype: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }, { name: amount, type: double }]\n${part}`;
const column = (name: string) => ({ name, type: { kind: "string" as const }, nullable: true });
const addColumn = (name: string) => (table: Table) => ({ ...table, columns: [...table.columns, column(name)] });

const only = (planned: PlannedProject | undefined): Change => {
  expect(planned?.plan.changes).toHaveLength(1);
  const [change] = planned?.plan.changes ?? [];
  if (change === undefined) throw new Error("no change");
  return change;
};
const said = ({ action, reasons, fields }: Change) => ({
  action,
  reasons: reasons.map((reason) => reason.code),
  fields: fields.map((field) => `${field.path}${field.drift === true ? " outside" : ""}`),
});

describe("a declared table", () => {
  test("that matches its declaration is left unchanged", async () => {
    const made = await project(tableOf());
    await made.apply();
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });

  test("with a column that somebody added loses it, and the plan says who added it", async () => {
    const made = await project(tableOf());
    await made.apply();
    made.byHand("sales", "orders", addColumn("extra"));
    expect(said(only((await made.plan()).planned))).toEqual({
      action: "update",
      reasons: ["new_column"],
      fields: ["columns.extra outside"],
    });
    await made.apply();
    expect(made.table("sales", "orders")?.columns.map((item) => item.name)).toEqual(["id", "amount"]);
  });

  test("without a column that somebody dropped gets it back", async () => {
    const made = await project(tableOf());
    await made.apply();
    made.byHand("sales", "orders", (table) => ({ ...table, columns: table.columns.slice(0, 1) }));
    expect(said(only((await made.plan()).planned)).fields).toEqual(["columns.amount outside"]);
  });

  test("whose declaration changed is updated; changes on both sides are told apart", async () => {
    const made = await project(tableOf());
    await made.apply();
    await made.declare(tableOf().replace("type: double", "type: string"));
    expect(said(only((await made.plan()).planned))).toEqual({
      action: "update",
      reasons: ["definition_changed"],
      fields: ["columns.amount"],
    });
    made.byHand("sales", "orders", addColumn("extra"));
    expect(said(only((await made.plan()).planned))).toEqual({
      action: "update",
      reasons: ["definition_changed", "new_column"],
      fields: ["columns.amount", "columns.extra outside"],
    });
  });

  test("that somebody changed to the new declaration is only recorded", async () => {
    const made = await project(tableOf());
    await made.apply();
    await made.declare(tableOf().replace("type: double", "type: string"));
    made.byHand("sales", "orders", (table) => ({
      ...table,
      columns: table.columns.map((item) => (item.name === "amount" ? column("amount") : item)),
    }));
    const change = only((await made.plan()).planned);
    expect([change.action, change.fields]).toEqual(["update", []]);
    await made.apply();
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });

  test("whose columns only changed their order says so", async () => {
    const made = await project(tableOf());
    await made.apply();
    await made.declare(
      tableOf().replace(
        "{ name: id, type: bigint }, { name: amount, type: double }",
        "{ name: amount, type: double }, { name: id, type: bigint }",
      ),
    );
    expect(said(only((await made.plan()).planned)).fields).toEqual(["column_order"]);
  });

  test("that was dropped is made again, and the plan says that it was dropped", async () => {
    const made = await project(tableOf());
    await made.apply();
    made.space.tables.clear();
    expect(said(only((await made.plan()).planned))).toEqual({ action: "create", reasons: ["missing"], fields: [] });
  });

  test("with another format, location or partitions is replaced in the catalogue; with delete_data that is refused", async () => {
    const made = await project(tableOf());
    await made.apply();
    await made.declare(tableOf().replace("csv", "parquet"));
    expect(only((await made.plan()).planned).action).toBe("replace");
    await made.declare(tableOf("location: elsewhere\n"));
    expect(only((await made.plan()).planned).action).toBe("replace");
    await made.declare(tableOf("location: elsewhere\nlifecycle: { delete_data: true }\n"));
    expect((await made.plan()).errors.map((item) => item.code)).toEqual(["table/replace-loses-data"]);
  });
});

describe("ignore_changes", () => {
  test("of columns keeps an added column, also when something else changes", async () => {
    const made = await project(tableOf("lifecycle: { ignore_changes: [columns] }\n"));
    await made.apply();
    made.byHand("sales", "orders", addColumn("extra"));
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
    await made.declare(tableOf("lifecycle: { ignore_changes: [columns] }\n").replace("csv", "parquet"));
    await made.apply();
    expect(made.table("sales", "orders")?.format).toBe("parquet");
    expect(made.table("sales", "orders")?.columns.map((item) => item.name)).toEqual(["id", "amount", "extra"]);
  });

  test("of one column leaves it unchanged; the others follow the declaration", async () => {
    const made = await project(tableOf("lifecycle: { ignore_changes: [columns.extra] }\n"));
    await made.apply();
    made.byHand("sales", "orders", addColumn("extra"));
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
    made.byHand("sales", "orders", addColumn("other"));
    await made.apply();
    expect(made.table("sales", "orders")?.columns.map((item) => item.name)).toEqual(["id", "amount", "extra"]);
  });
});

describe("an object that already exists", () => {
  const owned = async (owner: Table["owner"], part = "") => {
    const made = await project(database);
    await made.apply();
    const plain = {
      database: "sales",
      name: "orders",
      format: "csv" as const,
      partitions: [],
      location: "sales/orders",
      catalogued: true,
    };
    made.space.tables.set(canonical(["sales", "orders"]), {
      partitionList: [],
      table: { ...plain, columns: [column("theirs")], ...(owner === undefined ? {} : { owner }) },
    });
    await made.declare(tableOf(part));
    return made;
  };

  test("without a mark stops the plan with three ways out", async () => {
    const made = await owned(undefined);
    const [problem, ...others] = (await made.plan()).errors;
    expect([problem?.code, others]).toEqual(["ownership/exists", []]);
    expect(problem?.detail).toMatch(/on_existing: adopt.*mason state import table\.sales\.orders.*another name/);
    expect(made.table("sales", "orders")?.columns.map((item) => item.name)).toEqual(["theirs"]);
  });

  test("is taken over with on_existing: adopt, and is then ours", async () => {
    const made = await owned(undefined, "on_existing: adopt\n");
    expect(only((await made.plan()).planned).action).toBe("adopt");
    await made.apply();
    expect(made.table("sales", "orders")?.owner?.address).toBe("table.sales.orders");
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });

  test("in another project is never touched, adopt or not", async () => {
    const made = await owned({ lineage: "another", address: "table.sales.orders" }, "on_existing: adopt\n");
    expect((await made.plan()).errors.map((item) => item.code)).toEqual(["ownership/other-project"]);
  });

  test("that became another project's after our apply stops the plan, and destroy leaves it", async () => {
    const made = await project(tableOf());
    await made.apply();
    made.byHand("sales", "orders", (table) => ({
      ...table,
      owner: { lineage: "another", address: "table.sales.orders" },
    }));
    expect((await made.plan()).errors.map((item) => item.code)).toEqual(["ownership/other-project"]);
    const { planned } = await made.plan({ destroy: true });
    const change = planned?.plan.changes.find((item) => item.address === "table.sales.orders");
    expect([change?.action, change?.notes]).toEqual(["forget", [expect.stringContaining("somebody else")]]);
  });

  test("remade without a mark is marked by an apply, and left alone by a destroy before that", async () => {
    const made = await project(tableOf());
    await made.apply();
    made.byHand("sales", "orders", ({ owner: _, ...table }) => table);
    expect(said(only((await made.plan()).planned))).toEqual({
      action: "update",
      reasons: ["changed_outside"],
      fields: ["owner outside"],
    });
    const before = (await made.plan({ destroy: true })).planned?.plan.changes.map((item) => item.action);
    expect(before).toContain("forget");
    await made.apply();
    await made.apply({ destroy: true });
    expect(made.space.tables.size).toBe(0);
  });
});

test("a directory without a document is no project", async () => {
  const made = await testProject({ "readme.md": "" });
  open.push(made);
  const planned = await planProject(made.world, { destroy: false, run: [], unfinished: "warn" });
  expect(planned.diagnostics.map(({ code }) => code)).toEqual(["project/none"]);
  const destroyed = await planProject(made.world, { destroy: true, run: [], unfinished: "refuse" });
  expect(destroyed.diagnostics.map(({ code }) => code)).toEqual(["project/none"]);
});

describe("a resource whose client now means another system", () => {
  test("is refused, since its object would be forgotten; destroy still finds it", async () => {
    const made = await project(
      `${tableOf()}---\ntype: deployment\nname: nightly\nconfig_id: 2\noperator: table:list\nparameters: { database_name: sales }\n`,
    );
    await made.apply();
    await made.moveTo(`elsewhere-${count}`);
    const { errors } = await made.plan();
    expect(errors.map((item) => `${item.code} ${item.address}`).sort()).toEqual([
      "resource/client-changed database.sales",
      "resource/client-changed deployment.nightly",
      "resource/client-changed table.sales.orders",
    ]);
    await made.apply({ destroy: true });
    expect([made.space.tables.size, made.space.databases.size, made.space.registrations.size]).toEqual([0, 0, 0]);
  });
});

const load = (name: string, from: string, parameters: string) =>
  `type: deployment\nname: ${name}\noperator: table:infer\nparameters: { storage_path: ${from}, ${parameters} }\n`;

describe("tables that runs make", () => {
  test("are dropped with their deployment, also when the table is named after its files", async () => {
    const made = await project(load("load", "raw/orders", "database_name: sales"));
    made.input("raw/orders/a.csv", "id\n1\n");
    await made.apply();
    expect(made.table("sales", "orders")?.owner?.address).toBe("deployment.load");
    await made.apply({ destroy: true });
    expect([made.space.tables.size, made.space.databases.size]).toEqual([0, 0]);
    expect([...made.space.files.keys()]).toEqual(["raw/orders/a.csv"]);
  });

  test("pass to a renamed deployment: they are dropped before they are made again", async () => {
    const made = await project(load("before", "raw/orders", "database_name: sales"));
    made.input("raw/orders/a.csv", "id\n1\n");
    await made.apply();
    await made.declare(load("after", "raw/orders", "database_name: sales"));
    const planned = await made.apply();
    expect(planned.plan.stages.find((stage) => stage.address === "deployment.after")?.dependencies).toContain(
      "deployment.before",
    );
    expect(made.table("sales", "orders")?.owner?.address).toBe("deployment.after");
  });

  test("are made again when somebody dropped or changed them; a column of the catalogue alone is named", async () => {
    const made = await project(load("load", "raw/orders", "database_name: sales"));
    made.input("raw/orders/a.csv", "id\n1\n");
    await made.apply();
    made.byHand("sales", "orders", addColumn("extra"));
    const { planned } = await made.plan();
    expect(said(only(planned))).toEqual({ action: "run", reasons: ["new_column"], fields: [] });
    expect(planned?.plan.drift.map((item) => [item.code, item.text])).toEqual([
      ["new_column", "sales.orders: new column since its last run: extra"],
    ]);
    await made.apply();
    expect(made.table("sales", "orders")?.columns.map((item) => item.name)).toEqual(["id"]);
    made.space.tables.clear();
    expect(said(only((await made.plan()).planned))).toEqual({ action: "run", reasons: ["missing"], fields: [] });
    const recorded = said(only((await made.plan({ refreshOnly: true })).planned));
    expect(recorded).toEqual({ action: "update", reasons: ["missing"], fields: [] });
    await made.apply();
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });

  test("that somebody remade belong to the deployment after its next run; until then a destroy keeps them and says so", async () => {
    const made = await project(load("load", "raw/orders", "database_name: sales"));
    made.input("raw/orders/a.csv", "id\n1\n");
    await made.apply();
    made.byHand("sales", "orders", ({ owner: _, ...table }) => table);
    expect((await made.plan()).planned?.plan.drift.map(({ code, text }) => [code, text])).toEqual([
      ["changed_outside", "sales.orders: changed since its last run: owner"],
    ]);
    const gone = (await made.plan({ destroy: true })).planned?.plan.changes.find(({ kind }) => kind === "deployment");
    expect(gone?.notes).toContain("kept, since somebody else recreated it: sales.orders");
    await made.apply();
    expect(made.table("sales", "orders")?.owner?.address).toBe("deployment.load");
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
    await made.apply({ destroy: true });
    expect(made.space.tables.size).toBe(0);
  });

  test("that another project remade are named, not overwritten", async () => {
    const made = await project(load("load", "raw/orders", "database_name: sales"));
    made.input("raw/orders/a.csv", "id\n1\n");
    await made.apply();
    made.byHand("sales", "orders", (table) => ({ ...table, owner: { lineage: "other", address: "table.a.b" } }));
    const { planned } = await made.plan();
    expect([planned?.plan.changes, planned?.plan.drift.map(({ text }) => text)]).toEqual([
      [],
      ["sales.orders now belongs to another project"],
    ]);
    const { errors } = await made.plan({ run: ["deployment.load"] });
    expect(errors.map(({ code, address }) => [code, address])).toEqual([
      ["ownership/other-project", "deployment.load"],
    ]);
  });

  test("are missed under the new name of their deployment", async () => {
    const made = await project(load("before", "raw/orders", "database_name: sales"));
    made.input("raw/orders/a.csv", "id\n1\n");
    await made.apply();
    made.space.tables.clear();
    await made.declare(`${load("after", "raw/orders", "database_name: sales")}moved_from: deployment.before\n`);
    const { planned } = await made.plan();
    expect(only(planned).reasons.map(({ code }) => code)).toEqual(["moved", "missing"]);
    await made.apply();
    expect(made.table("sales", "orders")?.owner?.address).toBe("deployment.after");
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });

  test("are not read if the deployment ignores its outputs", async () => {
    const ignoring = "lifecycle: { ignore_changes: [outputs] }\n";
    const made = await project(load("load", "raw/orders", "database_name: sales") + ignoring);
    made.input("raw/orders/a.csv", "id\n1\n");
    await made.apply();
    made.byHand("sales", "orders", addColumn("extra"));
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
    made.space.tables.clear();
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });

  test("take the database with them if they are its last, whoever made it", async () => {
    const [one, two] = [load("one", "raw/a", "database_name: sales"), load("two", "raw/b", "database_name: sales")];
    const made = await project(one);
    made.input("raw/a/a.csv", "id\n1\n");
    made.input("raw/b/a.csv", "id\n1\n");
    await made.apply();
    await made.declare(`${one}---\n${two}`);
    await made.apply();
    await made.declare(two);
    await made.apply();
    expect([...made.space.databases.keys()]).toEqual(["sales"]);
    await made.declare("");
    await made.apply();
    expect(made.space.databases.size).toBe(0);
  });

  test("are an input of their readers, and an edge, also without a name of their own", async () => {
    const reads =
      "type: deployment\nname: a_reader\noperator: table:get\nparameters: { database_name: sales, table_name: orders }\n";
    const made = await project(`${reads}---\n${load("load", "raw/orders", "database_name: sales")}`);
    made.input("raw/orders/a.csv", "id\n1\n");
    const planned = await made.apply();
    expect(planned.plan.stages.find((stage) => stage.address === "deployment.a_reader")?.dependencies).toContain(
      "deployment.load",
    );
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
    made.input("raw/orders/a.csv", "id\n1\n2\n");
    const again = (await made.plan()).planned?.plan.changes;
    expect(again?.map((item) => [item.address, item.reasons.map((reason) => reason.code)])).toEqual([
      ["deployment.a_reader", ["inputs_changed", "upstream_runs"]],
      ["deployment.load", ["inputs_changed"]],
    ]);
  });
});

test("stages create needed resources first, and drop them last", async () => {
  const made = await project(
    `${tableOf()}---\n${load("load", "sales/orders", "database_name: sales, table_name: orders")}`,
  );
  made.input("sales/orders/a.csv", "id,amount\n1,1.5\n");
  const order = (planned: PlannedProject) =>
    planned.plan.stages.map((stage) => stage.address).filter((address) => !address.startsWith("config"));
  const up = order(await made.apply());
  expect(up).toEqual(["database.sales", "table.sales.orders", "deployment.load"]);
  const down = order(await made.apply({ destroy: true }));
  expect(down).toEqual([...up].reverse());
});

describe("a selected part", () => {
  const chosen = (planned: PlannedProject | undefined) =>
    planned?.plan.changes
      .map(({ address, action }) => `${action} ${address}`)
      .filter((text) => !/config|other/.test(text));

  test("of a dropped resource includes its dependants, and leaves its needs", async () => {
    const made = await project(tableOf());
    await made.apply();
    await made.declare(database.replace("sales", "other"));
    const both = ["delete database.sales", "delete table.sales.orders"];
    expect(chosen((await made.plan()).planned)).toEqual(both);
    expect(chosen((await made.plan({ target: ["table.sales.orders"] })).planned)).toEqual(both.slice(1));
    expect(chosen((await made.plan({ target: ["database.sales"] })).planned)).toEqual(both);
    expect(chosen((await made.plan({ exclude: ["database.sales"] })).planned)).toEqual(both.slice(1));
    expect(chosen((await made.plan({ exclude: ["table.sales.orders"] })).planned)).toEqual([]);
  });

  test("of a takeover includes the resource that lets go: no later plan drops the object", async () => {
    const made = await project(`${tableOf("location: raw\n")}`);
    made.input("raw/a.csv", "id,amount\n1,1.5\n");
    await made.apply();
    await made.declare(`${database}---\n${load("load", "raw", "database_name: sales, table_name: orders")}`);
    const part = { target: ["deployment.load"], allowDestroy: ["*"] };
    expect(chosen((await made.plan(part)).planned)).toEqual(["delete table.sales.orders", "run deployment.load"]);
    expect(chosen((await made.plan({ exclude: ["table.sales.orders"] })).planned)).toEqual([]);
  });

  test("that leaves out a deployment of --run is refused", async () => {
    const made = await project(
      `${tableOf()}---\n${load("load", "sales/orders", "database_name: sales, table_name: orders")}`,
    );
    made.input("sales/orders/a.csv", "id,amount\n1,1.5\n");
    const run = ["deployment.load"];
    for (const part of [{ target: ["table.sales.orders"] }, { exclude: ["deployment.*"] }]) {
      const { errors } = await made.plan({ run, ...part });
      expect(errors).toMatchObject([{ code: "plan/run-left-out", address: "deployment.load" }]);
    }
    const { planned } = await made.plan({ run, target: ["table.sales.orders", "deployment.load"] });
    expect(chosen(planned)).toContain("run deployment.load");
  });

  test("finds a moved resource by both addresses", async () => {
    const made = await project(tableOf("location: raw\n"));
    await made.apply();
    await made.declare(
      tableOf("location: raw\nmoved_from: table.sales.orders\n").replace("name: orders", "name: later"),
    );
    for (const name of ["orders", "later", "l*", "o*"]) {
      const { planned } = await made.plan({ target: [`table.sales.${name}`] });
      expect(chosen(planned), name).toEqual(["update table.sales.later"]);
    }
    const destroyed = await made.plan({ target: ["table.sales.orders"], destroy: true });
    expect(chosen(destroyed.planned)).toEqual(["delete table.sales.orders"]);
    expect((await made.plan({ target: ["table.sales.ordesr"] })).errors).toMatchObject([
      { code: "plan/unknown-address" },
    ]);
  });
});

test("prevent_destroy of the last apply holds even if the resource is gone from the project", async () => {
  const made = await project(`${database}lifecycle: { prevent_destroy: true }\n`);
  await made.apply();
  await made.declare("");
  expect((await made.plan()).errors.map((item) => item.code)).toEqual(["lifecycle/prevent-destroy"]);
  expect((await made.plan({ destroy: true })).errors.map((item) => item.code)).toEqual(["lifecycle/prevent-destroy"]);
});

describe("a deployment runs again when", () => {
  const reads = (limit: number, more = "") =>
    `type: operator\nnamespace: my\ncommand: look\nparameters: { required: [path], optional: [{ name: limit, type: integer }] }\nreads: [{ path: "\${path}" }]\nmodule: look.js\n---\ntype: deployment\nname: look\noperator: my:look\n${more}parameters: { path: raw, limit: ${limit} }\n`;
  const looking = async () => {
    const made = await project(reads(1));
    const world = open.at(-1);
    await world?.write("look.js", "export default { run: async () => undefined };\n");
    made.input("raw/a.csv", "id\n1\n");
    await made.apply();
    return { ...made, write: (text: string) => world?.write("look.js", text) };
  };
  const reasons = async (made: Awaited<ReturnType<typeof looking>>) =>
    (await made.plan()).planned?.plan.changes
      .filter((change) => change.kind === "deployment")
      .map((change) => [change.action, ...change.reasons.map((reason) => reason.code)]);

  test("nothing changed: no", async () => {
    expect(await reasons(await looking())).toEqual([]);
  });
  test("its parameters changed", async () => {
    const made = await looking();
    await made.declare(reads(2));
    expect(await reasons(made)).toEqual([["run", "definition_changed"]]);
  });
  test("its operator's module changed", async () => {
    const made = await looking();
    await made.write("export default { run: async () => ({ info: ['more'] }) };\n");
    expect(await reasons(made)).toEqual([["run", "operator_changed"]]);
  });
  test("an input changed, appeared or went", async () => {
    const made = await looking();
    made.input("raw/b.csv", "id\n2\n");
    const [change] = (await made.plan()).planned?.plan.changes ?? [];
    expect(change?.reasons.map((reason) => reason.text)).toEqual(["inputs changed: raw (+1 file, +5 B)"]);
  });
  test("only a label changed: no, it is recorded", async () => {
    const made = await looking();
    await made.declare(reads(1, "owner: data-platform\n"));
    expect(await reasons(made)).toEqual([["update", "definition_changed"]]);
  });
  test("--run names it", async () => {
    const made = await looking();
    const { planned } = await made.plan({ run: ["deployment.look"] });
    expect(planned?.plan.changes.map((change) => change.reasons.map((reason) => reason.code))).toEqual([["asked_for"]]);
  });
  test("its last run failed", async () => {
    const made = await looking();
    await made.write("export default { run: async () => { throw new Error('broken'); } };\n");
    const { planned } = await made.plan();
    const world = open.at(-1)?.world;
    if (planned === undefined || world === undefined) throw new Error("no plan");
    const { results } = await applyPlan(world, planned, { leaseTimeoutMs: 0 });
    expect(results.map((result) => result.status)).toContain("failed");
    expect(await reasons(made)).toEqual([["run", "last_run_failed"]]);
  });
});

describe("a registration", () => {
  const nightly = (hour: number, part = "") =>
    `${database}---\ntype: deployment\nname: nightly\nconfig_id: 2\nschedule: "0 ${hour} * * *"\n${part}operator: table:list\nparameters: { database_name: sales }\n`;

  test("is created, changed with its fire times, and deleted; apply runs nothing", async () => {
    const made = await project(nightly(2));
    await made.apply();
    expect(made.space.registrations.get("nightly")?.schedule.cron).toBe("0 2 * * *");
    expect(made.space.runs.size).toBe(0);
    await made.declare(nightly(3));
    const change = only((await made.plan()).planned);
    expect([change.action, change.fireTimes?.before[0], change.fireTimes?.after[0]]).toEqual([
      "update",
      "2026-03-02T02:00:00.000Z",
      "2026-03-02T03:00:00.000Z",
    ]);
    await made.apply();
    await made.declare(nightly(3, "timezone: Europe/Paris\n"));
    const { fireTimes } = only((await made.plan()).planned);
    expect([fireTimes?.before[0], fireTimes?.after[0], fireTimes?.timezone]).toEqual([
      "2026-03-02T03:00:00.000Z",
      "2026-03-02T02:00:00.000Z",
      "Europe/Paris",
    ]);
    await made.apply();
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
    await made.declare(database);
    await made.apply();
    expect(made.space.registrations.size).toBe(0);
  });

  test("that somebody changed or deleted is repaired, and the plan says so", async () => {
    const made = await project(nightly(2));
    await made.apply();
    const there = made.space.registrations.get("nightly");
    if (there === undefined) throw new Error("not registered");
    made.space.registrations.set("nightly", { ...there, schedule: { ...there.schedule, paused: true } });
    expect(said(only((await made.plan()).planned))).toEqual({
      action: "update",
      reasons: ["paused_outside"],
      fields: ["paused outside"],
    });
    made.space.registrations.clear();
    expect(said(only((await made.plan()).planned))).toEqual({ action: "create", reasons: ["missing"], fields: [] });
  });

  test("of somebody else stops the plan", async () => {
    const made = await project(nightly(2));
    made.space.registrations.set("nightly", {
      name: "nightly",
      schedule: { timezone: "UTC", catchup: "skip", maxActiveRuns: 1, paused: false },
    });
    expect((await made.plan()).errors.map((item) => item.code)).toEqual(["ownership/exists"]);
  });
});

describe("an entry that state mv gave another address", () => {
  const moved = async (made: Awaited<ReturnType<typeof project>>, from: string, to: string) => {
    const { backend } = await openState(made.world);
    await changeState(made.world, backend, "state mv", (state) => moveEntry(state, from, to));
  };

  test("is only forgotten while its old declaration has the same object", async () => {
    const made = await project(tableOf());
    await made.apply();
    await moved(made, "table.sales.orders", "table.sales.elsewhere");
    const planned = await made.apply();
    expect(planned.plan.changes.map((change) => [change.address, change.action])).toEqual([
      ["table.sales.elsewhere", "forget"],
      ["table.sales.orders", "adopt"],
    ]);
    expect(made.table("sales", "orders")).toBeDefined();
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });

  test("renames its table once that is declared with the new name", async () => {
    const made = await project(tableOf("location: raw/orders\n"));
    await made.apply();
    await moved(made, "table.sales.orders", "table.sales.purchases");
    await made.declare(tableOf("location: raw/orders\n").replace("name: orders", "name: purchases"));
    const planned = await made.apply();
    expect(planned.plan.changes.map((change) => [change.address, change.action])).toEqual([
      ["table.sales.purchases", "update"],
    ]);
    expect(made.table("sales", "orders")).toBeUndefined();
    expect(made.table("sales", "purchases")).toBeDefined();
    expect((await made.plan()).planned?.plan.changes).toEqual([]);
  });
});

describe("delete_data", () => {
  const other = (location: string) =>
    `---\ntype: table\ndatabase: sales\nname: other\nformat: csv\nlocation: ${location}\ncolumns: [{ name: id, type: bigint }]\n`;
  const first = "location: raw/orders\nlifecycle: { delete_data: true }\n";

  test.each(["raw/orders", "raw/orders/2026", "raw"])(
    "takes no files that a table at %s keeps, and says which",
    async (location) => {
      const made = await project(tableOf(first) + other(location));
      await made.apply();
      await made.declare(database + other(location));
      const { planned, errors } = await made.plan({ allowDestroy: ["*"] });
      expect(planned).toBeUndefined();
      expect(errors.map((item) => item.code)).toEqual(["safety/shared-data"]);
      expect(errors[0]?.detail).toContain("table.sales.other");
      const destroyed = await made.plan({ destroy: true, allowDestroy: ["*"] });
      expect(destroyed.errors.map((item) => item.code)).toEqual(["safety/shared-data"]);
    },
  );

  test("deletes its own files where nobody else has any", async () => {
    const made = await project(tableOf(first) + other("raw/orders_old"));
    await made.apply();
    made.input("raw/orders/a.csv", "id\n1\n");
    made.input("raw/orders_old/a.csv", "id\n1\n");
    await made.declare(database + other("raw/orders_old"));
    await made.apply({ allowDestroy: ["table.sales.orders"] });
    expect([...made.space.files.keys()]).toEqual(["raw/orders_old/a.csv"]);
  });
});

test("prevent_destroy stops a replace too", async () => {
  const made = await project(tableOf("location: raw/a\nlifecycle: { prevent_destroy: true }\n"));
  await made.apply();
  await made.declare(tableOf("location: raw/b\nlifecycle: { prevent_destroy: true }\n"));
  expect((await made.plan()).errors.map((item) => item.code)).toEqual(["lifecycle/prevent-destroy"]);
});

test("an offline plan does not overwrite what it did not read", async () => {
  const made = await project(tableOf());
  await made.apply();
  made.byHand("sales", "orders", addColumn("note"));
  await made.declare(tableOf().replace("amount, type: double", "amount, type: bigint"));
  const { planned } = await made.plan({ offline: true });
  if (planned === undefined) throw new Error("no plan");
  const { results } = await applyPlan(made.world, planned, { leaseTimeoutMs: 0 });
  expect(results.map((result) => [result.status, result.problem?.detail])).toEqual([
    ["failed", expect.stringContaining("Plan again without --offline")],
  ]);
  expect(made.table("sales", "orders")?.columns.map((item) => item.name)).toEqual(["id", "amount", "note"]);
});

test("files of a declared table are bound before the table exists", async () => {
  const text = `${tableOf("location: raw/orders\n")}---\ntype: deployment\nname: sum\noperator: table:get\nparameters: { database_name: sales, table_name: orders }\n`;
  const made = await project(text);
  made.input("raw/orders/a.csv", "id,amount\n1,2\n");
  const first = (await made.plan()).planned?.plan.id;
  made.input("raw/orders/a.csv", "id,amount\n1,3\n");
  expect((await made.plan()).planned?.plan.id).not.toBe(first);
  await made.apply();
  expect((await made.plan()).planned?.plan.changes).toEqual([]);
});
