/**
 * A plan after an apply is empty: for every kind of resource in every provider that can hold it, after it is created, changed, and
 * removed. A kind or a provider without a case here fails the first test.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { providers } from "../../providers/index.ts";
import { spaceOf } from "../../providers/memory/client.ts";
import { createMemoryStorage } from "../../providers/memory/storage.ts";
import { fileMetastoreOver } from "../../providers/support/file-metastore.ts";
import { type ResourceKind, resourceKinds } from "../../src/address.ts";
import { applyPlan } from "../../src/command/apply.ts";
import { planProject } from "../../src/command/plan.ts";
import type { PlanOptions } from "../../src/command/plan-options.ts";
import type { EngineRole } from "../../src/engine/roles.ts";
import type { Manifest, Provider } from "../../src/provider/contract.ts";
import { figures } from "./support/figures.ts";
import { newProject, put } from "./support/small.ts";
import { fixedWorld } from "./support/world.ts";

type Document = Readonly<Record<string, unknown>>;

/** The role that a kind of resource lives in; `null`: in the state alone. */
const roleOf: Readonly<Record<ResourceKind, EngineRole | null>> = {
  config: null,
  operator: null,
  workflow: null,
  database: "metastore",
  table: "metastore",
  deployment: "scheduler",
};

/** A resource of each kind: what it needs, and the resource itself in two forms. A database can't be changed; it is replaced. */
const kinds: Readonly<
  Record<ResourceKind, { readonly needs: readonly Document[]; readonly forms: readonly [Document, Document] }>
> = {
  config: {
    needs: [],
    forms: [
      { type: "config", id: 2, storage_engine: "memory", clients: { memory: { configuration: { space: "one" } } } },
      { type: "config", id: 2, storage_engine: "memory", clients: { memory: { configuration: { space: "two" } } } },
    ],
  },
  operator: {
    needs: [],
    forms: [
      { type: "operator", namespace: "my", command: "one", sql: "select 1 as a" },
      { type: "operator", namespace: "my", command: "one", sql: "select 2 as a", description: "another" },
    ],
  },
  workflow: {
    needs: [],
    forms: [
      {
        type: "workflow",
        namespace: "my",
        command: "all",
        dag: [{ id: "a", type: "operator", namespace: "table", command: "list" }],
      },
      {
        type: "workflow",
        namespace: "my",
        command: "all",
        dag: [{ id: "b", type: "operator", namespace: "table", command: "list" }],
      },
    ],
  },
  database: {
    needs: [],
    forms: [
      { type: "database", name: "sales" },
      { type: "database", name: "bought" },
    ],
  },
  table: {
    needs: [{ type: "database", name: "sales" }],
    forms: [
      { type: "table", database: "sales", name: "orders", format: "csv", columns: [{ name: "id", type: "bigint" }] },
      {
        type: "table",
        database: "sales",
        name: "orders",
        format: "parquet",
        columns: [
          { name: "id", type: "bigint", nullable: false },
          { name: "amount", type: "decimal(18,2)" },
        ],
        partitions: [{ name: "day", type: "date" }],
      },
    ],
  },
  deployment: {
    needs: [],
    forms: [
      {
        type: "deployment",
        name: "load",
        operator: "table:infer",
        parameters: { database_name: "made", storage_path: "in/one", table_name: "t" },
      },
      {
        type: "deployment",
        name: "load",
        operator: "table:infer",
        parameters: { database_name: "made", storage_path: "in/two", table_name: "t" },
      },
    ],
  },
};

/** Settings of each provider's client. */
const settings: Readonly<Record<string, (name: string) => Document>> = {
  local: () => ({ root: "data" }),
  memory: (name) => ({ space: name }),
  s3: (name) => ({ bucket: name }),
};

/** Providers that need their real system: the suite in which their plans are empty after an apply. */
const elsewhere: Readonly<Record<string, string>> = { trino: "../engines/trino/project.test.ts" };

let made = 0;
const open: string[] = [];
afterEach(async () => {
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** s3 as its manifest says, with its own metastore over the storage of the memory provider: its storage is proven against real servers. */
const overMemory = ({ manifest }: Provider): Provider => {
  const storageOf = (context: {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly now: () => Date;
    readonly user: string;
  }) => {
    const name = String(context.settings.bucket);
    return createMemoryStorage({ name, space: spaceOf(name), now: context.now, user: context.user });
  };
  return {
    manifest,
    load: async () => ({
      manifest,
      storage: storageOf,
      metastore: (context, data) => fileMetastoreOver(context, storageOf(context), data),
    }),
  };
};
const registered = providers
  .filter(({ manifest }) => elsewhere[manifest.name] === undefined)
  .map((provider) => (provider.manifest.name === "s3" ? overMemory(provider) : provider));

/** A config in which the provider has every role that it supports, and the local provider the others. */
function configOf(manifest: Manifest, name: string): Document {
  const roles: readonly EngineRole[] = ["metastore", "storage", "execution", "scheduler"];
  const clientFor = (role: EngineRole) => (manifest.engines[role] === undefined ? "local" : manifest.name);
  const clients = [...new Set(roles.map(clientFor))];
  return {
    type: "config",
    id: 1,
    ...Object.fromEntries(roles.map((role) => [`${role}_engine`, clientFor(role)])),
    clients: Object.fromEntries(clients.map((client) => [client, { configuration: settings[client]?.(name) ?? {} }])),
  };
}

const text = (documents: readonly Document[]) => documents.map((document) => JSON.stringify(document)).join("\n---\n");
const data: Readonly<Record<string, string>> = { "in/one/a.csv": "id\n1\n", "in/two/a.csv": "id,amount\n1,2\n" };

async function projectFor(manifest: Manifest, documents: readonly Document[]) {
  const name = `empty-${++made}`;
  const files = Object.fromEntries(Object.entries(data).map(([path, content]) => [`data/${path}`, content]));
  const all = (current: readonly Document[]) => text([configOf(manifest, name), ...current]);
  const directory = await newProject({ ...files, "mason.yaml": "default_config: 1\n", "all.yaml": all(documents) });
  open.push(directory);
  for (const [path, content] of Object.entries(data))
    spaceOf(name).files.set(path, { bytes: new TextEncoder().encode(content), modified: 0, etag: "1" });
  return { directory, declare: (current: readonly Document[]) => put(directory, "all.yaml", all(current)) };
}

/** Plans, expects something to do for an address, applies, and expects nothing to do. */
async function applied(directory: string, address: RegExp, part: Partial<PlanOptions> = {}): Promise<void> {
  const world = fixedWorld(directory, { ids: `e${++made}x`, providers: registered });
  const options: PlanOptions = { destroy: false, run: [], unfinished: "refuse", allowDestroy: ["*"], ...part };
  const planned = await planProject(world, options);
  expect(planned.diagnostics.filter((diagnostic) => diagnostic.severity === "error")).toEqual([]);
  if (planned.value === undefined) throw new Error("no plan");
  expect(planned.value.plan.changes.map((change) => change.address)).toContainEqual(expect.stringMatching(address));
  const { results } = await applyPlan(world, planned.value, { leaseTimeoutMs: 0 });
  expect(results.filter((result) => result.status !== "done")).toEqual([]);
  const again = await planProject(world, options);
  expect(again.value?.plan.changes).toEqual([]);
}

const addressOf = (kind: ResourceKind, document: Document): RegExp =>
  new RegExp(`^${kind}\\..*${String(document.name ?? document.command ?? document.id)}$`);

test("every kind and every provider has a case", () => {
  expect(Object.keys(kinds).sort()).toEqual([...resourceKinds].sort());
  expect(Object.keys(roleOf).sort()).toEqual([...resourceKinds].sort());
  const covered = [...Object.keys(settings), ...Object.keys(elsewhere)].sort();
  expect(covered).toEqual(providers.map((provider) => provider.manifest.name).sort());
  expect(Object.values(elsewhere).filter((suite) => !existsSync(new URL(suite, import.meta.url)))).toEqual([]);
});

describe.each(registered.map((provider) => [provider.manifest.name, provider.manifest] as const))(
  "%s",
  (_, manifest) => {
    const held = resourceKinds.filter((kind) => {
      const role = roleOf[kind];
      return role === null || manifest.engines[role] !== undefined;
    });

    test.each(held)("%s: after it is created, changed and removed, the next plan is empty", async (kind) => {
      const { needs, forms } = kinds[kind];
      const [first, second] = forms;
      const { directory, declare } = await projectFor(manifest, [...needs, first]);
      await applied(directory, addressOf(kind, first));
      await declare([...needs, second]);
      await applied(directory, addressOf(kind, second));
      await declare(needs);
      await applied(directory, addressOf(kind, second));
      await declare([...needs, first]);
      await applied(directory, addressOf(kind, first));
      await applied(directory, addressOf(kind, first), { destroy: true });
    });

    test("its cases are counted", () =>
      figures(`empty plan, ${manifest.name}`, { kinds: held.length, applies: held.length * 5 }));
  },
);
