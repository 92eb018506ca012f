/** Outputs on a storage that renames nothing: one manifest decides which files are the output, whatever a killed try left. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FileStat, Storage } from "../../../src/engine/storage.ts";
import { sha256 } from "../../../src/json.ts";
import { sweepParts } from "../../../src/operator/sink/by-manifest.ts";
import { query } from "../../../src/operator/table/query.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

/** Verbs of the storage that fail or do more, by name; each test sets its own. */
let faults: Partial<Storage>;
let run: OperatorRun;
beforeEach(async () => {
  faults = {};
  run = await operatorRun(({ move: _move, realPath: _real, links: _links, ...storage }) => {
    // Such storages tell a version of each file.
    const versioned = async (file: FileStat) =>
      file.kind === "file" ? { ...file, etag: sha256(await storage.read(file.path)) } : file;
    const remote: Storage = {
      ...storage,
      list: async (path, options) => Promise.all((await storage.list(path, options)).map(versioned)),
      uri: (path) => `kept://bucket/${path}`,
    };
    return new Proxy(remote, { get: (target, name) => Reflect.get(faults, name) ?? Reflect.get(target, name) });
  });
});
afterEach(() => run.close());

const write = (value: number, rest: object = {}, context: Parameters<OperatorRun["run"]>[2] = {}) =>
  run.run(
    query,
    { query_string: `select ${value} as n`, output_path: "out/o", output_format: "csv", overwrite: true, ...rest },
    context,
  );

/** The files of the output without the manifests: their content by the name without the mark. */
const left = async () => {
  const names = (await run.list("out/o")).map((name) => name.replace(/^(out\/)?(o\/)?/, ""));
  const data = names.filter((name) => !name.startsWith("_mason_parts/"));
  return Promise.all(data.map(async (name) => [name, await run.read(`out/o/${name}`)]));
};
const manifests = async () =>
  (await run.list("out/o")).filter((name) => name.includes("_mason_parts/")).map((name) => name.split("/").at(-1));
const part = (number: number, token: string) => `part-0.mason-${number}-${token}.csv`;

test("the files that the newest manifest names are the output, and the older ones go", async () => {
  await run.put("out/o/older.csv", "n\n0\n");
  await write(1, {}, { token: "one" });
  // The first manifest named the file that it replaced; the second one is written when that file is gone.
  expect([await left(), await manifests()]).toEqual([[[part(1, "one"), "n\n1\n"]], ["2.json"]]);
  await write(2, {}, { token: "two" });
  expect([await left(), await manifests()]).toEqual([[[part(3, "two"), "n\n2\n"]], ["3.json"]]);
  const manifest = JSON.parse(await run.read("out/o/_mason_parts/3.json"));
  expect([manifest.format, manifest.token, manifest.parts.length]).toEqual([1, "two", 1]);
  expect(manifest.parts[0]).toMatchObject({ path: part(3, "two"), bytes: 4 });
});

describe("an existing output", () => {
  test.each(["of a manifest", "of files"])("%s is not replaced without overwrite", async (of) => {
    if (of === "of files") await run.put("out/o/part-0.csv", "n\n0\n");
    else await write(1, {}, { token: "one" });
    const before = await left();
    await refused(write(2, { overwrite: false }, { token: "two" }), "exists");
    expect(await left()).toEqual(before);
  });

  test("is not made by parts that a try left without a manifest", async () => {
    await run.put(`out/o/${part(1, "dead")}`, "n\n9\n");
    await write(1, { overwrite: false }, { token: "one" });
    expect((await left()).map(([name]) => name)).toContain(part(1, "one"));
  });

  test("that is one file is no directory", async () => {
    await run.put("out/o", "text");
    await refused(write(1), "invalid");
    expect(await run.read("out/o")).toBe("text");
  });

  test("that appeared while the job ran is kept", async () => {
    const { storage } = run.engines;
    const stored = storage.write;
    faults.write = async (path, content, options) => {
      const written = await stored(path, content, options);
      if (path.includes(".mason-")) await run.put("out/o/theirs.csv", "n\n7\n");
      return written;
    };
    await refused(write(1, { overwrite: false }, { token: "one" }), "exists");
    faults = {};
    expect([await left(), await manifests()]).toEqual([[["theirs.csv", "n\n7\n"]], []]);
  });
});

test("of two tries at once the first manifest wins, and the other one leaves nothing", async () => {
  await write(0, {}, { token: "zero" });
  const { storage } = run.engines;
  const stored = storage.write;
  faults.write = async (path, content, options) => {
    if (path.endsWith("_mason_parts/2.json")) {
      faults = {};
      await write(1, {}, { token: "winner" });
    }
    return stored(path, content, options);
  };
  const { message } = await refused(write(2, {}, { token: "loser" }), "conflict");
  expect(message).toContain("was replaced by somebody else");
  expect([await left(), await manifests()]).toEqual([[[part(2, "winner"), "n\n1\n"]], ["2.json"]]);
});

test("a part that was removed before the manifest is an error, and the old output stays", async () => {
  await write(0, {}, { token: "zero" });
  const { storage } = run.engines;
  const listed = storage.list;
  faults.list = async (path, options) => (await listed(path, options)).filter((file) => !file.path.includes("-lost."));
  await refused(write(1, {}, { token: "lost" }), "failed");
  faults = {};
  expect(await manifests()).toEqual(["1.json"]);
  expect(await left()).toContainEqual([part(1, "zero"), "n\n0\n"]);
});

test("a job that fails leaves the old output and nothing of its own", async () => {
  await write(1, {}, { token: "one" });
  await refused(write(2, { query_string: "select error('no') as n" }, { token: "two" }), "invalid");
  expect([await left(), await manifests()]).toEqual([[[part(1, "one"), "n\n1\n"]], ["1.json"]]);
});

test("a write of the manifest whose answer is lost keeps what it published", async () => {
  await write(1, {}, { token: "one" });
  const { storage } = run.engines;
  const stored = storage.write;
  faults.write = async (path, content, options) => {
    const written = await stored(path, content, options);
    if (!path.endsWith("_mason_parts/2.json")) return written;
    faults = {};
    throw new ProviderError("unavailable", "The answer was lost. Try again.");
  };
  await refused(write(2, {}, { token: "two" }), "unavailable");
  expect(await left()).toContainEqual([part(2, "two"), "n\n2\n"]);
  await write(2, { overwrite: false }, { token: "two" });
  expect([await left(), await manifests()]).toEqual([[[part(2, "two"), "n\n2\n"]], ["2.json"]]);
});

test("a later try removes the parts of the one that it replaces, and no others", async () => {
  await run.put(`out/o/${part(1, "dead")}`, "n\n8\n");
  await run.put(`out/o/${part(1, "other")}`, "n\n9\n");
  const names: string[] = [];
  const { storage } = run.engines;
  const stored = storage.write;
  faults.write = async (path, content, options) => {
    if (names.length === 0) names.push(...(await left()).map(([name]) => String(name)));
    return stored(path, content, options);
  };
  await write(1, {}, { token: "one", supersedes: ["dead"] });
  expect(names).toEqual([part(1, "other")]);
});

test("parts of a try that runs are left by a sweep of an earlier one, and by its continuation", async () => {
  await write(1, {}, { token: "mine" });
  await run.put(`out/o/${part(2, "running")}`, "n\n9\n");
  const { storage } = run.engines;
  await sweepParts(storage, [{ path: "out/o", isTheirs: (token) => token === "mine" }]);
  await write(1, {}, { token: "mine" });
  expect((await left()).map(([name]) => name)).toEqual([part(1, "mine"), part(2, "running")]);
  // The next manifest replaces them: their own would come too late.
  await write(3, {}, { token: "later" });
  expect((await left()).map(([name]) => name)).toEqual([part(2, "later")]);
});

test("a sweep removes the parts of its tries that no manifest names, and no live ones", async () => {
  await write(1, {}, { token: "mine" });
  for (const token of ["mine", "other"]) await run.put(`out/o/${part(2, token)}`, "n\n9\n");
  await run.put("out/o/theirs.csv", "n\n7\n");
  const isTheirs = (token: string) => token === "mine";
  await sweepParts(run.engines.storage, [{ path: "out/o", isTheirs }]);
  expect((await left()).map(([name]) => name)).toEqual([part(1, "mine"), part(2, "other"), "theirs.csv"]);
  expect(await manifests()).toEqual(["1.json"]);
});

test("parts whose job succeeded wait for their manifest: the same try publishes them after a kill", async () => {
  await write(1, {}, { token: "one" });
  const { storage } = run.engines;
  const stored = storage.write;
  faults.write = async (path, content, options) => {
    if (!path.endsWith("_mason_parts/2.json")) return stored(path, content, options);
    // A killed process removes nothing.
    faults.delete = async () => undefined;
    throw new ProviderError("unavailable", "It was killed. Try again.");
  };
  await refused(write(2, {}, { token: "two" }), "unavailable");
  faults = {};
  expect(await manifests()).toEqual(["1.json"]);
  await write(2, {}, { token: "two" });
  expect([await left(), await manifests()]).toEqual([[[part(2, "two"), "n\n2\n"]], ["2.json"]]);
});
