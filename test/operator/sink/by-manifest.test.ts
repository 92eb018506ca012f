/** Outputs on a storage that renames nothing, written by the local engine. Files are read back from the storage's own map. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalExecution } from "../../../providers/local/execution.ts";
import { spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryStorage } from "../../../providers/memory/storage.ts";
import { liveStorage } from "../../../src/catalog/live-storage.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { isOverFiles } from "../../../src/job/relations.ts";
import type { Json } from "../../../src/json.ts";
import { withDefaults } from "../../../src/operator/check-parameters.ts";
import { noDeclaredTables } from "../../../src/operator/declared/declared-tables.ts";
import { sweep } from "../../../src/operator/sink/leftovers.ts";
import { query } from "../../../src/operator/table/query.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { compute } from "../../../src/step/wait-for-job.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { refused } from "../run-operator.ts";

let made = 0;
let local: Awaited<ReturnType<typeof temporaryContext>>;
let space: ReturnType<typeof spaceOf>;
const name = () => `parts-${made}`;
beforeEach(async () => {
  space = spaceOf(`parts-${++made}`);
  local = await temporaryContext({ threads: 2, memory_limit: "500MB" });
});
afterEach(() => local.close());

/** The storage as a new process finds it; `before` is called before each change. */
function storageWith(before: (change: string) => void = () => undefined): Storage {
  const { move: _, ...verbs } = createMemoryStorage({ name: name(), space, now: () => new Date(0), user: "tester" });
  return {
    ...verbs,
    write: async (path, body, options) => {
      before(`write ${path}`);
      return verbs.write(path, body, options);
    },
    delete: async (path, options) => {
      before(`delete ${path}`);
      return verbs.delete(path, options);
    },
  };
}

/** Runs a query that writes, in a process of its own. */
async function write(
  sql: string,
  parameters: Readonly<Record<string, Json>>,
  { token = `t-${++made}`, storage = storageWith() }: { readonly token?: string; readonly storage?: Storage } = {},
): Promise<void> {
  const live = liveStorage(storage);
  const execution = createLocalExecution(local.context, live);
  const signal = new AbortController().signal;
  const options = {
    execution,
    find: "token" as const,
    token,
    known: null,
    record: () => undefined,
    clock: { now: () => new Date(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) },
    signal,
    progress: () => undefined,
  };
  try {
    await query.run({
      parameters: withDefaults(query.definition, { query_string: sql, ...parameters }),
      engines: { configId: "1", storage: live, execution },
      token,
      asStep: false,
      declared: noDeclaredTables,
      now: () => new Date(),
      signal,
      log: () => undefined,
      progress: () => undefined,
      compute: (job) => {
        if (!isOverFiles(job)) throw new Error("The local engine was given tables.");
        return compute(job, options);
      },
    });
  } finally {
    await execution.close?.();
  }
}

const put = (path: string, text: string) => storageWith().write(path, text);
const text = (path: string) => new TextDecoder().decode(space.files.get(path)?.bytes);

/** The files of the newest manifest with their content, found without Mason's reader. */
function output(path: string): Readonly<Record<string, string>> {
  const numbers = [...space.files.keys()].flatMap((key) =>
    key.startsWith(`${path}/_mason_parts/`) ? [Number(/(\d+)\.json$/.exec(key)?.[1])] : [],
  );
  const manifest = JSON.parse(text(`${path}/_mason_parts/${Math.max(...numbers)}.json`)) as {
    readonly parts: readonly { readonly path: string; readonly bytes: number }[];
  };
  return Object.fromEntries(
    manifest.parts.map((part) => [part.path.replace(/\.mason-[a-z0-9-]+/, ""), text(`${path}/${part.path}`)]),
  );
}

/** All files but the inputs, without what differs from try to try. */
const kept = () =>
  [...space.files.keys()]
    .filter((path) => !path.startsWith("raw/"))
    .map((path) => path.replace(/\.mason-[a-z0-9-]+/, "").replace(/\d+\.json$/, "n.json"))
    .sort();

const parts = { output_path: "out/o", output_format: "csv" };

describe("an output of parts", () => {
  test("is live with its manifest, and replaces what was there", async () => {
    await put("out/o/old.csv", "n\n0\n");
    await refused(write("select 1 as n order by n", parts), "exists");
    await write("select 1 as n order by n", { ...parts, overwrite: true });
    expect(output("out/o")).toEqual({ "part-0.csv": "n\n1\n" });
    await write("select 2 as n order by n", { ...parts, overwrite: true });
    expect(output("out/o")).toEqual({ "part-0.csv": "n\n2\n" });
    expect(kept()).toEqual(["out/o/_mason_parts/n.json", "out/o/part-0.csv"]);
  });

  test("stays when the new one fails, and nothing is left behind", async () => {
    await write("select 1 as n order by n", parts);
    await refused(write("select error('no') as n", { ...parts, overwrite: true }), "invalid");
    expect(output("out/o")).toEqual({ "part-0.csv": "n\n1\n" });
    expect(kept()).toEqual(["out/o/_mason_parts/n.json", "out/o/part-0.csv"]);
  });

  test("of somebody who was faster wins", async () => {
    let isFirst = true;
    const storage = storageWith((change) => {
      if (!change.includes("_mason_parts") || !isFirst) return;
      isFirst = false;
      const bytes = new TextEncoder().encode('{"format":1,"token":"other","parts":[]}');
      space.files.set("out/o/_mason_parts/1.json", { bytes, modified: 0, etag: "other" });
    });
    await refused(write("select 1 as n order by n", parts, { storage }), "conflict");
    expect(kept()).toEqual(["out/o/_mason_parts/n.json"]);
    expect(text("out/o/_mason_parts/1.json")).toContain("other");
  });

  test("is read as its manifest says, in a directory, a glob and a part of it", async () => {
    await write("select 1 as n, 'x' as k", { ...parts, partition_columns: ["k"] });
    await put("out/o/k=x/part-9.mason-9-dead.csv", "n\n9\n");
    const live = liveStorage(storageWith());
    for (const pattern of ["out", "out/o", "out/o/k=x", "out/*/k=*/*.csv", "out/o/**"]) {
      const found = await live.expand(pattern);
      expect(
        found.map(({ path }) => path.replace(/\.mason-[a-z0-9-]+/, "")),
        pattern,
      ).toEqual(["out/o/k=x/part-0.csv"]);
    }
    // A file that somebody adds is read, as on a storage that renames.
    await put("out/o/k=y/mine.csv", "n\n3\n");
    expect((await live.expand("out/o")).map(({ path }) => path)).toContain("out/o/k=y/mine.csv");
  });

  test("has a fingerprint of its content, not of the tries that wrote it", async () => {
    const storage = storageWith();
    const expand: Storage["expand"] = async (pattern) =>
      (await storage.expand(pattern)).map((file) => ({ ...file, etag: text(file.path) }));
    const fingerprint = () => liveStorage({ ...storage, expand }).fingerprint?.("out/o");
    await write("select 1 as n order by n", parts);
    const first = await fingerprint();
    expect(first).toMatchObject({ files: 1, bytes: 4 });
    await write("select 1 as n order by n", { ...parts, overwrite: true });
    expect(await fingerprint()).toEqual(first);
    await write("select 2 as n order by n", { ...parts, overwrite: true });
    expect((await fingerprint())?.digest).not.toBe(first?.digest);
  });
});

class Killed extends Error {}

/** A try that is killed before its change of this number does nothing more; `false` if it came to its end before. */
async function killedBefore(at: number, token: string, sql: string, parameters: Readonly<Record<string, Json>>) {
  let changes = 0;
  const storage = storageWith(() => {
    if (++changes >= at) throw new ProviderError("denied", "Killed.", { cause: new Killed() });
  });
  await write(sql, parameters, { token, storage }).catch(() => undefined);
  return changes >= at;
}

const outputs: readonly (readonly [
  string,
  Readonly<Record<string, Json>>,
  () => unknown,
  unknown,
  readonly string[],
])[] = [
  [
    "parts",
    { ...parts, overwrite: true },
    () => output("out/o"),
    { "part-0.csv": "n\n2\n" },
    ["out/o/_mason_parts/n.json", "out/o/part-0.csv"],
  ],
  ["one file", { output_path: "out/o.csv", overwrite: true }, () => text("out/o.csv"), "n\n2\n", ["out/o.csv"]],
];

describe.each(outputs)(
  "a try that ends before any of its changes, writing %s",
  (_name, parameters, read, expected, names) => {
    const sql = "select 2 as n order by n";
    const prepared = async () => {
      if (parameters.output_path === "out/o") await put("out/o/old.csv", "n\n0\n");
      await write("select 1 as n order by n", parameters);
    };

    test.each([true, false])("and is done again under its token: %s", async (isSame) => {
      for (let at = 1; ; at++) {
        space.files.clear();
        await prepared();
        const token = `k-${at}-${isSame}`;
        const isKilled = await killedBefore(at, token, sql, parameters);
        if (!isSame)
          await sweep(storageWith(), [{ path: String(parameters.output_path), isTheirs: (one) => one === token }]);
        await write(sql, parameters, isSame ? { token } : {});
        expect([read(), kept()], `before change ${at}`).toEqual([expected, names]);
        if (!isKilled) {
          expect(at).toBeGreaterThan(1);
          return;
        }
      }
    });

    test("and is swept: the old output or the new one is there, whole, and nothing else", async () => {
      for (let at = 1; ; at++) {
        space.files.clear();
        await prepared();
        const token = `s-${at}`;
        const isKilled = await killedBefore(at, token, sql, parameters);
        await sweep(storageWith(), [{ path: String(parameters.output_path), isTheirs: (one) => one === token }]);
        const found = JSON.stringify(read());
        expect([found, found.replace("1", "2")], `before change ${at}`).toContain(JSON.stringify(expected));
        expect(kept(), `before change ${at}`).toEqual(names);
        if (!isKilled) return;
      }
    });
  },
);
