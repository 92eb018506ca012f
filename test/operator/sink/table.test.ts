import { describe, expect, test } from "vitest";
import { spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryMetastore } from "../../../providers/memory/metastore.ts";
import type { Metastore } from "../../../src/engine/metastore.ts";
import type { TableSink } from "../../../src/job/job.ts";
import { bigint, string } from "../../../src/model/data-type.ts";
import { column } from "../../../src/model/schema.ts";
import type { Owner, Table } from "../../../src/model/table.ts";
import { type DeclaredTables, noDeclaredTables } from "../../../src/operator/declared/declared-tables.ts";
import type { OperatorContext } from "../../../src/operator/operator.ts";
import { prepareTable, type TableOutput } from "../../../src/operator/sink/table.ts";
import { ProviderError } from "../../../src/provider/error.ts";

const owner: Owner = { lineage: "l1", address: "deployment.top" };
const [oldColumns, newColumns] = [[column("old", bigint)], [column("new", string)]];

let spaces = 0;
async function sales(): Promise<Metastore> {
  const name = `table sink ${++spaces}`;
  const metastore = createMemoryMetastore({ name, space: spaceOf(name), now: () => new Date(0), user: "x" }, null);
  await metastore.createDatabase({ name: "sales" });
  return metastore;
}

const add = (metastore: Metastore, name: string, columns: Table["columns"], more: Partial<Table> = {}) =>
  metastore.createTable({
    database: "sales",
    name,
    format: "parquet",
    columns,
    partitions: [],
    location: `sales/${name}`,
    ...more,
  });

/** The tables by name, with the name of their only column. */
async function there(metastore: Metastore): Promise<Readonly<Record<string, string | undefined>>> {
  const tables = await metastore.listTables("sales");
  const columns = tables.map(async ({ name }) => [name, (await metastore.getTable("sales", name))?.columns[0]?.name]);
  return Object.fromEntries(await Promise.all(columns));
}

function contextOf(metastore: Metastore, rest: Partial<OperatorContext> = {}): OperatorContext {
  return {
    parameters: {},
    engines: { configId: "7", metastore, knowsTables: true },
    token: "t-1",
    asStep: true,
    declared: noDeclaredTables,
    now: () => new Date(0),
    signal: new AbortController().signal,
    log: () => undefined,
    progress: () => undefined,
    compute: () => Promise.reject(new Error("A sink runs no job.")),
    ...rest,
  };
}

const output: TableOutput = { path: "sales/top", overwrite: false, inputs: [] };

/** What the engine does with the sink: it makes the table that the sink names. */
const write = (metastore: Metastore, { table }: TableSink) => add(metastore, table[1] ?? "", newColumns);

async function writeAll(metastore: Metastore, context: OperatorContext, options = output) {
  const { target, commit } = await prepareTable(context, options);
  await write(metastore, target);
  await commit({ id: "j", state: "succeeded" });
}

const refusal = (work: Promise<unknown>): Promise<ProviderError> =>
  work.then(
    () => Promise.reject(new Error("It succeeded.")),
    (error: unknown) => (error instanceof ProviderError ? error : Promise.reject(error)),
  );

describe("a table as output", () => {
  test("takes its name when it is complete", async () => {
    const metastore = await sales();
    const { target, commit } = await prepareTable(contextOf(metastore), output);
    await write(metastore, target);
    expect((await there(metastore)).top).toBeUndefined();
    await commit({ id: "j", state: "succeeded" });
    expect(await there(metastore)).toEqual({ top: "new" });
  });

  test("carries the deployment's mark, whose next run replaces it without being asked to", async () => {
    const metastore = await sales();
    await writeAll(metastore, contextOf(metastore, { owner }));
    expect((await metastore.getTable("sales", "top"))?.owner).toEqual(owner);
    await writeAll(metastore, contextOf(metastore, { owner, token: "t-2" }));
    expect(await there(metastore)).toEqual({ top: "new" });
  });

  test("does not replace another's table unless overwrite says so", async () => {
    const metastore = await sales();
    await add(metastore, "top", oldColumns);
    const error = await refusal(prepareTable(contextOf(metastore, { owner }), output));
    expect(error).toMatchObject({ code: "exists" });
    expect(error.message).toContain('"sales.top" already exists');
    await writeAll(metastore, contextOf(metastore, { owner }), { ...output, overwrite: true });
    expect(await there(metastore)).toEqual({ top: "new" });
  });

  test("never replaces a table of another state", async () => {
    const metastore = await sales();
    await add(metastore, "top", oldColumns, { owner: { lineage: "l2", address: "table.sales.top" } });
    const wanted = { ...output, overwrite: true };
    expect(await refusal(prepareTable(contextOf(metastore, { owner }), wanted))).toMatchObject({ code: "denied" });
    expect(await there(metastore)).toEqual({ top: "old" });
  });

  test("is refused where its path names no table, the table that is read, or a declared one", async () => {
    const metastore = await sales();
    const table = { address: "table.sales.top", database: "sales", name: "top" } as ReturnType<DeclaredTables["named"]>;
    const declared: DeclaredTables = { ...noDeclaredTables, named: (_, name) => (name === "top" ? table : null) };
    const refusedWith = async (context: OperatorContext, options: TableOutput) =>
      (await refusal(prepareTable(context, options))).message;
    const context = contextOf(metastore);
    expect(await refusedWith(context, { ...output, path: "out/sales/top" })).toContain('"database/table"');
    expect(await refusedWith(context, { ...output, path: "top" })).toContain('"database/table"');
    expect(await refusedWith(context, { ...output, inputs: ["Sales/TOP"] })).toContain("is the table that is read");
    expect(await refusedWith(contextOf(metastore, { declared }), output)).toContain('"table.sales.top" declares');
  });

  test("leaves the old table and nothing else when its job fails or is cancelled", async () => {
    const metastore = await sales();
    await add(metastore, "top", oldColumns);
    const wanted = { ...output, overwrite: true };
    const failed = await prepareTable(contextOf(metastore), wanted);
    await write(metastore, failed.target);
    await failed.abandon();
    expect(await there(metastore)).toEqual({ top: "old" });
    const cancelled = await prepareTable(contextOf(metastore, { signal: AbortSignal.abort() }), wanted);
    await write(metastore, cancelled.target);
    expect(await refusal(cancelled.commit({ id: "j", state: "succeeded" }))).toMatchObject({ code: "cancelled" });
    await cancelled.abandon();
    expect(await there(metastore)).toEqual({ top: "old" });
  });
});

/** The metastore of a process that is killed at its nth change: before that change is made, or just after it. */
function killedAt(metastore: Metastore, n: number, isAfter: boolean): Metastore {
  let changes = 0;
  const changing = ["createTable", "updateTable", "renameTable", "deleteTable"];
  return new Proxy(metastore, {
    get: (target, name: keyof Metastore) => {
      const verb = target[name];
      if (typeof verb !== "function") return verb;
      return async (...parameters: readonly never[]) => {
        if (changes >= n + 1) throw new Error("killed");
        if (!changing.includes(name)) return (verb as (...all: readonly never[]) => unknown)(...parameters);
        changes++;
        if (changes === n + 1 && !isAfter) throw new Error("killed");
        await (verb as (...all: readonly never[]) => unknown)(...parameters);
        if (changes === n + 1) throw new Error("killed");
        return undefined;
      };
    },
  });
}

describe("a process that is killed while it publishes a table", () => {
  const kills = Array.from({ length: 14 }, (_, n) => n).flatMap((n) =>
    [true, false].map((isAfter) => ({ n, isAfter })),
  );
  test.each(kills.flatMap((kill) => ["the same try", "a later try"].map((who) => ({ ...kill, who }))))(
    "at change $n (made: $isAfter) loses nothing, and $who ends it",
    async ({ n, isAfter, who }) => {
      const metastore = await sales();
      await add(metastore, "top", oldColumns, { owner });
      const dead = killedAt(metastore, n, isAfter);
      await writeAll(dead, contextOf(dead, { owner })).catch((error: Error) => expect(error.message).toBe("killed"));
      const after = await there(metastore);
      // The old rows or the new ones are there at any time, under the name or beside it.
      expect(Object.values(after).length).toBeGreaterThan(0);
      const next = who === "the same try" ? {} : { token: "t-2", supersedes: ["t-1"] };
      await writeAll(metastore, contextOf(metastore, { owner, ...next }));
      expect(await there(metastore)).toEqual({ top: "new" });
    },
  );
});
