/**
 * Whatever a project declares, whatever is edited, whatever command runs, and wherever a verb fails or the process is killed: the
 * state can be read and its serial only rises, no object is forgotten, a plan after a successful apply is empty, destroy
 * leaves nothing, and no secret appears anywhere. A failure prints the smallest history that shows it. MASON_PROPERTY_RUNS sets the number of histories, MASON_PROPERTY_SEED the seed.
 */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { providers } from "../../providers/index.ts";
import { type Space, spaceOf } from "../../providers/memory/client.ts";
import { applyPlan } from "../../src/command/apply.ts";
import { planProject } from "../../src/command/plan.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import { changeState, moveEntry, removeEntries, unlockState } from "../../src/command/state/change.ts";
import { openState } from "../../src/command/state/open-state.ts";
import { Diagnosed } from "../../src/diagnostic/diagnostic.ts";
import { readLease } from "../../src/io/state/lease.ts";
import type { Owner } from "../../src/model/table.ts";
import { parseLockfile, printLockfile } from "../../src/state/lockfile.ts";
import type { State } from "../../src/state/state.ts";
import { Killed, type Trouble, troubled } from "./support/faulty-provider.ts";
import { figures } from "./support/figures.ts";
import { newProject, put } from "./support/small.ts";
import { fixedWorld } from "./support/world.ts";

interface Spec {
  readonly databases: readonly ("a" | "b")[];
  readonly tables: readonly {
    readonly database: "a" | "b";
    readonly name: "t" | "u";
    readonly format: "csv" | "parquet";
    readonly columns: readonly ("id" | "amount")[];
  }[];
  readonly loads: readonly {
    readonly name: "x" | "y";
    readonly from: "in/1" | "in/2";
    readonly target: "c.one" | "d.two";
  }[];
  readonly hour: number | null;
}

type Command =
  | { readonly kind: "declare"; readonly spec: Spec }
  | { readonly kind: "plan" | "destroy" | "resume" | "apply"; readonly trouble: Trouble | null }
  | { readonly kind: "rm"; readonly pick: number }
  | { readonly kind: "mv"; readonly pick: number };

const spec: fc.Arbitrary<Spec> = fc.record({
  databases: fc.subarray(["a", "b"] as const),
  tables: fc.uniqueArray(
    fc.record({
      database: fc.constantFrom("a" as const, "b" as const),
      name: fc.constantFrom("t" as const, "u" as const),
      format: fc.constantFrom("csv" as const, "parquet" as const),
      columns: fc.subarray(["id", "amount"] as const, { minLength: 1 }),
    }),
    { maxLength: 3, selector: (item) => `${item.database}.${item.name}` },
  ),
  loads: fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom("x" as const, "y" as const),
        from: fc.constantFrom("in/1" as const, "in/2" as const),
        target: fc.constantFrom("c.one" as const, "d.two" as const),
      }),
      { maxLength: 2, selector: (item) => item.target },
    )
    .map((loads) => loads.filter((item, at) => loads.findIndex((other) => other.name === item.name) === at)),
  hour: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }),
});

const trouble: fc.Arbitrary<Trouble | null> = fc.option(
  fc.record({
    at: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 })),
    kind: fc.constantFrom(
      "refused" as const,
      "unavailable" as const,
      "lost" as const,
      "kill before" as const,
      "kill after" as const,
    ),
  }),
  { nil: null },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("declare" as const), spec }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("apply" as const), trouble }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("plan" as const, "destroy" as const, "resume" as const), trouble }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("rm" as const, "mv" as const), pick: fc.nat(20) }) },
);

const secret = "canary-of-the-lifecycle-0001";

function documents(space: string, { databases, tables, loads, hour }: Spec): string {
  const config = {
    type: "config",
    id: 1,
    metastore_engine: "memory",
    storage_engine: "memory",
    scheduler_engine: "local",
    clients: { memory: { configuration: { space } } },
  };
  const lake = {
    type: "config",
    id: 3,
    storage_engine: "s3",
    clients: { s3: { configuration: { bucket: "lake", access_key: "{{CANARY}}", secret_key: "{{CANARY}}" } } },
  };
  const types = { id: "bigint", amount: "decimal(18,2)" };
  return [
    config,
    { ...config, id: 2, scheduler_engine: "memory" },
    lake,
    ...databases.map((name) => ({ type: "database", name })),
    ...tables
      .filter((item) => databases.includes(item.database))
      .map(({ columns, ...item }) => ({
        type: "table",
        ...item,
        columns: columns.map((name) => ({ name, type: types[name] })),
      })),
    ...loads.map(({ name, from, target }) => ({
      type: "deployment",
      name,
      operator: "table:infer",
      parameters: { database_name: target.split(".")[0], storage_path: from, table_name: target.split(".")[1] },
    })),
    ...(hour === null
      ? []
      : [
          {
            type: "deployment",
            name: "nightly",
            operator: "table:list",
            config_id: 2,
            schedule: `0 ${hour} * * *`,
            parameters: { database_name: "theirs" },
          },
        ]),
  ]
    .map((document) => JSON.stringify(document))
    .join("\n---\n");
}

/** A project with its history so far. */
interface History {
  readonly directory: string;
  readonly space: Space;
  readonly name: string;
  /** Addresses that `state rm` or `state mv` released: nobody has to remember their objects. */
  readonly released: Set<string>;
  serial: number;
  readonly count: Record<string, number>;
}

let worlds = 0;
const world = (history: History, of: ReturnType<typeof troubled> = troubled(null)) =>
  fixedWorld(history.directory, {
    ids: `l${(++worlds).toString(36)}z`,
    providers: providers.map(of.wrap),
    env: { CANARY: secret },
  });

const options = (part: Partial<PlanOptions> = {}): PlanOptions => ({
  destroy: false,
  run: [],
  allowDestroy: ["*"],
  unfinished: "refuse",
  ...part,
});

/** The state on the disk. It must be readable, and its serial never falls. */
async function stateOf(history: History): Promise<State | null> {
  const text = await readFile(join(history.directory, "mason.lock"), "utf8").catch(() => null);
  if (text === null) return null;
  const { value, diagnostics } = parseLockfile(text, "mason.lock");
  expect(diagnostics).toEqual([]);
  if (value === undefined) throw new Error("no state");
  expect(printLockfile(value, "0.0.0-test")).toBe(text);
  expect(value.serial).toBeGreaterThanOrEqual(history.serial);
  history.serial = value.serial;
  return value;
}

/** Objects that carry our mark, by address. */
function marked(space: Space, lineage: string): readonly string[] {
  const owners: readonly (Owner | undefined)[] = [
    ...[...space.databases.values()].map((database) => database.owner),
    ...[...space.tables.values()].map((stored) => stored.table.owner),
    ...[...space.registrations.values()].map((registration) => registration.owner),
  ];
  return owners.flatMap((owner) => (owner?.lineage === lineage ? [owner.address] : []));
}

/** Expects that the state knows every object. A database whose maker no longer exists counts only when it is empty: it is dropped with its last table. */
function noOrphans({ space, released }: History, state: State): void {
  const used = new Set([...space.tables.values()].map(({ table }) => table.database));
  const databases = new Map([...space.databases].filter(([name]) => !used.has(name)));
  const orphans = marked({ ...space, databases }, state.lineage).filter(
    (address) => !state.resources.has(address) && !released.has(address),
  );
  expect(orphans).toEqual([]);
}

/** Runs an apply; true when everything was done. A kill leaves everything as it is. */
async function applied(history: History, part: Partial<PlanOptions>, hit: Trouble | null): Promise<boolean> {
  const of = troubled(hit);
  const mine = world(history, of);
  try {
    const planned = await planProject(mine, options(part));
    if (planned.value === undefined) return false;
    if (planned.value.plan.stages.length === 0 && planned.value.unfinished === undefined) return !of.isDead();
    const { results } = await applyPlan(mine, planned.value, { leaseTimeoutMs: 0, parallelism: 1 });
    return results.every((result) => result.status === "done");
  } catch (thrown) {
    const isExpected = thrown instanceof Killed || thrown instanceof Diagnosed || of.happened();
    if (!isExpected) throw thrown;
    return false;
  } finally {
    if (of.isDead()) await bury(history);
  }
}

/** The death of the process: either its id is seen to be free, or nobody can tell and the lease is freed by hand. */
async function bury(history: History): Promise<void> {
  const { backend } = await openState(world(history));
  const lease = await readLease(backend.storage, backend.prefix);
  if (!lease.held) return;
  history.count.killed = (history.count.killed ?? 0) + 1;
  if (lease.epoch % 2 === 0) {
    await unlockState(world(history), backend, lease.holder.id);
    return;
  }
  const file = join(history.directory, backend.prefix, "lease", `${String(lease.epoch).padStart(10, "0")}.json`);
  await writeFile(file, JSON.stringify({ holder: { ...lease.holder, pid: 4_000_000 } }));
}

async function changed(history: History, pick: number, kind: "rm" | "mv"): Promise<void> {
  const mine = world(history);
  const { backend } = await openState(mine);
  const state = await stateOf(history);
  const address = [...(state?.resources.keys() ?? [])].sort()[pick % Math.max(state?.resources.size ?? 0, 1)];
  if (address === undefined) return;
  try {
    await changeState(mine, backend, `state ${kind}`, (before) =>
      kind === "rm" ? removeEntries(before, [address]).state : moveEntry(before, address, `${address}_moved`),
    );
    history.released.add(address);
  } catch (thrown) {
    if (!(thrown instanceof Diagnosed)) throw thrown;
    expect(thrown.diagnostics.map((problem) => problem.code)).toEqual(["apply/unfinished"]);
  }
}

async function step(history: History, next: Command): Promise<void> {
  const { count } = history;
  count[next.kind] = (count[next.kind] ?? 0) + 1;
  switch (next.kind) {
    case "declare":
      return put(history.directory, "all.yaml", documents(history.name, next.spec));
    case "plan": {
      const before = await stateOf(history);
      await planProject(world(history, troubled(next.trouble)), options({ unfinished: "warn" })).catch((thrown) => {
        if (!(thrown instanceof Killed) && next.trouble === null) throw thrown;
      });
      expect(await stateOf(history)).toEqual(before);
      return;
    }
    case "rm":
    case "mv":
      return changed(history, next.pick, next.kind);
    default: {
      const part: Partial<PlanOptions> =
        next.kind === "destroy" ? { destroy: true } : next.kind === "resume" ? await resuming(history) : {};
      const isDone = await applied(history, part, next.trouble);
      if (!isDone) return;
      count.done = (count.done ?? 0) + 1;
      const again = await planProject(world(history), options({ ...part, unfinished: "warn" }));
      expect(again.diagnostics.filter((diagnostic) => diagnostic.severity === "error")).toEqual([]);
      expect(again.value?.plan.changes.map((change) => ({ ...change, steps: [] }))).toEqual([]);
      const state = await stateOf(history);
      if (state !== null) noOrphans(history, state);
    }
  }
}

/** The command that resumes an unfinished one: a destroy for a destroy. */
async function resuming(history: History): Promise<Partial<PlanOptions>> {
  const { diagnostics } = await planProject(world(history), options({ unfinished: "resume" }));
  const isDestroy = diagnostics.some(({ code }) => code === "apply/unfinished-other");
  return { unfinished: "resume", ...(isDestroy ? { destroy: true } : {}) };
}

/** Drops released tables by hand: until then their database can't be dropped either. */
function takeAwayReleased({ space, released }: History): void {
  for (const [key, { table }] of space.tables) if (released.has(table.owner?.address ?? "")) space.tables.delete(key);
}

/** Finishes and destroys everything; only released objects may be left. */
async function end(history: History): Promise<void> {
  takeAwayReleased(history);
  const resume = await resuming(history);
  if (!(await applied(history, resume, null))) {
    const planned = await planProject(world(history), options(resume));
    throw new Error(`The last apply failed: ${JSON.stringify(planned.diagnostics)}`);
  }
  const state = await stateOf(history);
  if (state !== null) noOrphans(history, state);
  takeAwayReleased(history);
  expect(await applied(history, { destroy: true }, null)).toBe(true);
  const left = await stateOf(history);
  expect([...(left?.resources.keys() ?? [])]).toEqual([]);
  expect(marked(history.space, left?.lineage ?? "").filter((address) => !history.released.has(address))).toEqual([]);
}

async function noSecrets(directory: string): Promise<void> {
  const entries = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of entries) {
    const text = await readFile(join(entry.parentPath, entry.name), "latin1");
    expect(text.includes(secret), entry.name).toBe(false);
  }
}

let spaces = 0;

const nothing: Spec = { databases: [], tables: [], loads: [], hour: null };

/** Histories that failed once. */
const found: [Spec, Command[]][] = [
  [
    {
      databases: ["a"],
      tables: [{ database: "a", name: "t", format: "csv", columns: ["amount"] }],
      loads: [],
      hour: 0,
    },
    [
      { kind: "apply", trouble: null },
      { kind: "mv", pick: 5 },
      { kind: "apply", trouble: null },
    ],
  ],
  [
    nothing,
    [
      { kind: "declare", spec: { ...nothing, loads: [{ name: "y", from: "in/1", target: "d.two" }] } },
      { kind: "apply", trouble: null },
      {
        kind: "declare",
        spec: {
          ...nothing,
          loads: [
            { name: "x", from: "in/1", target: "d.two" },
            { name: "y", from: "in/1", target: "c.one" },
          ],
        },
      },
      { kind: "apply", trouble: null },
      { kind: "destroy", trouble: { at: 11, kind: "lost" } },
      { kind: "apply", trouble: null },
      { kind: "declare", spec: { ...nothing, loads: [{ name: "x", from: "in/1", target: "c.one" }] } },
      { kind: "apply", trouble: null },
    ],
  ],
];

test("any history of edits, commands, failures and kills ends well", async () => {
  const count: Record<string, number> = {};
  let histories = 0;
  await fc.assert(
    fc.asyncProperty(spec, fc.array(command, { minLength: 1, maxLength: 10 }), async (first, commands) => {
      const name = `history-${++spaces}`;
      const space = spaceOf(name);
      const bytes = new TextEncoder().encode("id,amount\n1,2\n");
      for (const path of ["in/1/a.csv", "in/2/a.csv"]) space.files.set(path, { bytes, modified: 0, etag: "1" });
      space.databases.set("theirs", { name: "theirs", catalogued: true });
      const directory = await newProject({ "mason.yaml": "default_config: 1\n", "all.yaml": documents(name, first) });
      const history: History = { directory, space, name, released: new Set(), serial: 0, count };
      try {
        for (const next of commands) await step(history, next);
        await end(history);
        await noSecrets(directory);
        expect([...space.databases.keys()].filter((key) => key === "theirs")).toEqual(["theirs"]);
        histories++;
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }),
    {
      numRuns: Number(process.env.MASON_PROPERTY_RUNS ?? 100),
      seed: Number(process.env.MASON_PROPERTY_SEED ?? 20260301),
      examples: found,
    },
  );
  figures("lifecycle", { histories, ...count });
}, 3_600_000);
