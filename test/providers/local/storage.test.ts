import { mkdir, readdir, readFile, stat, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalStorage, storageAt } from "../../../providers/local/storage.ts";
import { storageError } from "../../../providers/local/storage-error.ts";
import { createHasher } from "../../../providers/local/storage-fingerprint.ts";
import { createRoot } from "../../../providers/local/storage-root.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { sha256 } from "../../../src/json.ts";
import type { ProviderContext } from "../../../src/provider/contract.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { failure } from "../../conformance/support.ts";

let directory: string;
let context: ProviderContext;
let storage: Required<Storage>;
let close: () => Promise<void>;
const root = (...path: string[]) => join(directory, "data", ...path);

beforeEach(async () => {
  ({ context, directory, close } = await temporaryContext());
  storage = createLocalStorage(context);
  await mkdir(root());
  await mkdir(join(directory, "outside"));
  await writeFile(join(directory, "outside/secret.csv"), "secret");
});
afterEach(() => close());

describe("the root", () => {
  test("is made on the first write", async () => {
    const fresh = createLocalStorage({ ...context, settings: { root: "not/yet" } });
    expect(await fresh.list("")).toEqual([]);
    expect(await fresh.stat("")).toBeNull();
    await fresh.write("a/b", "x");
    expect(await readFile(join(directory, "not/yet/a/b"), "utf8")).toBe("x");
  });

  test("is the project itself by default", async () => {
    const plain = createLocalStorage({ ...context, settings: {} });
    expect((await plain.list("")).map((file) => file.path)).toEqual(["data", "outside"]);
  });

  test("takes absolute paths inside of it", async () => {
    await storage.write(root("a/b.csv"), "x");
    expect((await storage.expand(root("a"))).map((file) => file.path)).toEqual(["a/b.csv"]);
    expect(storage.uri(root("a/b.csv"))).toBe(`file://${root("a/b.csv")}`);
    await failure(storage.read(join(directory, "data-2/x")), "denied");
    await failure(storage.read(`${root("a")}/../../outside/secret.csv`), "denied");
  });
});

describe("links", () => {
  beforeEach(async () => {
    await symlink(join(directory, "outside"), root("out"));
    await symlink(join(directory, "outside/secret.csv"), root("file.csv"));
    await symlink(join(directory, "outside/new.csv"), root("dangling.csv"));
    await mkdir(root("real"));
    await writeFile(root("real/x.csv"), "inside");
    await symlink("real", root("alias"));
    await symlink("..", root("real/up"));
  });

  test.each(["out/secret.csv", "file.csv", "dangling.csv", "out/new/deep.csv", "out"])(
    "that lead out are refused: %s",
    async (path) => {
      await failure(storage.read(path), "denied");
      await failure(storage.stat(path), "denied");
      await failure(storage.write(path, "x"), "denied");
      await failure(storage.write(path, "x", { ifAbsent: true }), "denied");
      await failure(storage.expand(path), "denied");
      await failure(storage.copy("real/x.csv", path), "denied");
      await failure(storage.move("real/x.csv", path), "denied");
      expect(await readdir(join(directory, "outside"))).toEqual(["secret.csv"]);
      expect(await readFile(join(directory, "outside/secret.csv"), "utf8")).toBe("secret");
    },
  );

  test("that lead out of data are an error, never left out of it", async () => {
    await failure(storage.expand(""), "denied");
    await failure(storage.expand("*.csv"), "denied");
    expect((await storage.expand("real/*.csv")).map((file) => file.path)).toEqual(["real/x.csv"]);
  });

  test("that stay inside are followed, and never in a circle", async () => {
    expect(new TextDecoder().decode(await storage.read("alias/x.csv"))).toBe("inside");
    expect((await storage.list("real", { recursive: true })).map((file) => file.path)).toEqual(["real/x.csv"]);
    await storage.write("alias/y.csv", "through");
    expect(await readFile(root("real/y.csv"), "utf8")).toBe("through");
  });

  test("are deleted themselves, not what they lead to", async () => {
    await storage.delete("file.csv");
    await storage.delete("out");
    await storage.delete("alias");
    expect(await readdir(join(directory, "outside"))).toEqual(["secret.csv"]);
    expect((await storage.stat("real/x.csv"))?.size).toBe(6);
  });
});

describe("a write", () => {
  test("leaves no temporary file, also when it fails", async () => {
    await storage.write("a", "1");
    await failure(storage.write("a", "2", { ifAbsent: true }), "exists");
    await failure(storage.write("a", "2", { ifMatch: "other" }), "conflict");
    await mkdir(root("dir"));
    await failure(storage.write("dir", "2"), "invalid");
    await failure(storage.write("a/below", "2"), "invalid");
    expect(await readdir(root())).toEqual(["a", "dir"]);
  });

  test("in the making is not listed", async () => {
    await writeFile(root(".mason-tmp-1"), "half");
    expect(await storage.list("")).toEqual([]);
    expect(await storage.list("", { recursive: true })).toEqual([]);
  });

  test("with ifMatch takes away what a dead process left, and waits for a living one", async () => {
    await storage.write("m", "1");
    const ifMatch = (await storage.stat("m"))?.etag ?? "";
    const sidecar = root(`.mason-tmp-hold-${sha256("m").slice(0, 16)}`);
    await writeFile(sidecar, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1 }));
    await storage.write("m", "2", { ifMatch });
    await writeFile(sidecar, JSON.stringify({ host: hostname(), pid: process.pid }));
    let isDone = false;
    const write = storage.write("m", "3", { ifMatch: sha256("2") }).then(() => {
      isDone = true;
    });
    await storage.list("", { recursive: true });
    expect(isDone).toBe(false);
    await unlink(sidecar);
    await write;
    expect(await readFile(root("m"), "utf8")).toBe("3");
  });
});

describe("errors", () => {
  const system = (code: string) => Object.assign(new Error(`${code}: at /some/where`), { code });

  test.each([
    ["ENOSPC", "no_space", "the disk is full"],
    ["EDQUOT", "no_space", "quota"],
    ["EROFS", "read_only", "read-only"],
    ["EACCES", "denied", "permission"],
    ["EPERM", "denied", "not permitted"],
    ["EMFILE", "unavailable", "open"],
    ["EIO", "failed", "EIO"],
  ])("%s is %s, with what was done on which path, and that nothing changed", (code, expected, words) => {
    const error = storageError(system(code), 'write "raw/x.csv"');
    expect(error.code).toBe(expected);
    expect(error.message).toMatch(/^Could not write "raw\/x\.csv": .* Nothing was changed\.$/);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("/some/where");
  });

  test("of a delete promise nothing about what is left", () => {
    expect(storageError(system("EROFS"), 'delete "raw"').message).not.toContain("Nothing was changed");
  });
});

describe("fingerprints", () => {
  const old = new Date("2026-01-01T00:00:00Z");
  let read: string[];
  const fresh = () =>
    storageAt(
      createRoot(root()),
      createHasher(context.keep, context.now, (path) => read.push(path)),
    );
  beforeEach(async () => {
    read = [];
    await mkdir(root("in/day=1"), { recursive: true });
    for (const [path, text] of [
      ["in/a.csv", "a"],
      ["in/day=1/b.csv", "bb"],
    ] as const) {
      await writeFile(root(path), text);
      await utimes(root(path), old, old);
    }
  });

  test("read each file once, in later processes too", async () => {
    const first = await fresh().fingerprint("in");
    expect(read.sort()).toEqual(["in/a.csv", "in/day=1/b.csv"]);
    expect(await fresh().fingerprint("in")).toEqual(first);
    expect(read).toHaveLength(2);
    expect(first).toMatchObject({ files: 2, bytes: 3 });
  });

  test("read one file again after a touch, and stay the same", async () => {
    const first = await fresh().fingerprint("in");
    const later = new Date("2026-01-02T00:00:00Z");
    await utimes(root("in/a.csv"), later, later);
    read = [];
    expect(await fresh().fingerprint("in")).toEqual(first);
    expect(read).toEqual(["in/a.csv"]);
  });

  test("trust no hash of a file that may still be changing", async () => {
    const first = await fresh().fingerprint("in");
    const justNow = new Date(context.now().getTime() + 1000);
    await writeFile(root("in/a.csv"), "x");
    await utimes(root("in/a.csv"), justNow, justNow);
    const second = await fresh().fingerprint("in");
    await writeFile(root("in/a.csv"), "y");
    await utimes(root("in/a.csv"), justNow, justNow);
    expect((await stat(root("in/a.csv"))).size).toBe(1);
    const third = await fresh().fingerprint("in");
    expect(new Set([first.digest, second.digest, third.digest]).size).toBe(3);
  });

  test("are of names within the pattern: a copy elsewhere has the same", async () => {
    await storage.copy("in", "elsewhere/copy");
    const [one, two] = [await storage.fingerprint("in"), await storage.fingerprint("elsewhere/copy")];
    expect(two).toEqual(one);
    expect(await storage.fingerprint("in/**")).toEqual(one);
    expect((await storage.fingerprint("in/*.csv")).files).toBe(1);
    await storage.move("elsewhere/copy/a.csv", "elsewhere/copy/renamed.csv");
    expect((await storage.fingerprint("elsewhere/copy")).digest).not.toBe(one.digest);
  });

  test.each(["{", '{"x": 1}', "[]", "null"])("don't mind a memory that holds %j", async (damaged) => {
    const first = await fresh().fingerprint("in");
    await writeFile(join(context.keep, "fingerprints.json"), damaged);
    expect(await fresh().fingerprint("in")).toEqual(first);
  });
});
