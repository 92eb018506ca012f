/**
 * The conformance suite of the storage role: what every storage must do, whatever system is behind it. A provider calls
 * {@link storageConformance} with a harness that gives it an empty root for each test.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Storage, WriteOptions } from "../../src/engine/storage.ts";
import { isProviderError } from "../../src/provider/error.ts";
import { expectNoSecret, expectVerbs, failure } from "./support.ts";

/** A storage to test, with an empty root. */
export interface StorageHarness {
  readonly storage: Storage;
  /** Verbs of the manifest. */
  readonly verbs: readonly string[];
  /** True when `ifMatch` is supported and `stat` gives etags. */
  readonly ifMatch: boolean;
  /** Credentials that the storage was made with; no error may show them. */
  readonly secrets?: readonly string[];
  readonly close?: () => Promise<void>;
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const names = (files: readonly { readonly path: string }[]) => files.map((file) => file.path);

/** Names that storages have got wrong before: blanks, Unicode, characters with a meaning in URLs and globs. */
const oddNames = [
  "a b.csv",
  "a%20b.csv",
  "a+b.csv",
  "amp&and=equals.csv",
  "at@colon:semi;.csv",
  "b[1].csv",
  "caf\u00e9 \u65e5\u672c.csv",
  "hash#question?.csv",
  "k=v",
  "quote's.csv",
];

/** The outcome of writers at once: the contents that were accepted, and the errors of the others. */
export interface Race {
  readonly won: readonly string[];
  readonly lost: readonly unknown[];
}

/** Writes all contents to one path at once, under one condition. */
export async function raceOf(
  storage: Storage,
  path: string,
  bodies: readonly string[],
  condition: WriteOptions,
): Promise<Race> {
  const results = await Promise.allSettled(bodies.map((body) => storage.write(path, body, condition)));
  return {
    won: bodies.filter((_, index) => results[index]?.status === "fulfilled"),
    lost: results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])),
  };
}

/** Runs the suite. */
export function storageConformance(name: string, makeHarness: () => Promise<StorageHarness>): void {
  describe(`${name} as storage`, () => {
    let harness: StorageHarness;
    let storage: Storage;
    beforeEach(async () => {
      harness = await makeHarness();
      storage = harness.storage;
    });
    afterEach(async () => {
      await harness.close?.();
    });
    const current = () => storage;
    test("has the verbs that its manifest names", () => expectVerbs(storage, harness.verbs));
    readingAndWriting(current);
    listing(current);
    conditions(current, () => harness);
    optionalVerbs(current);
    refusals(current, () => harness);
  });
}

function readingAndWriting(storage: () => Storage): void {
  test("reads what was written, including replaced and empty content", async () => {
    await storage().write("dir/a.txt", "first");
    await storage().write("dir/a.txt", "second");
    await storage().write("dir/bytes", new Uint8Array([0, 255, 10, 13]));
    await storage().write("dir/empty", "");
    expect(decode(await storage().read("dir/a.txt"))).toBe("second");
    expect([...(await storage().read("dir/bytes"))]).toEqual([0, 255, 10, 13]);
    expect(await storage().read("dir/empty")).toHaveLength(0);
  });

  test("writes content that is read piece by piece, whole and in order", async () => {
    const bytes = Uint8Array.from({ length: 20_000_000 }, (_, at) => (at * 31 + (at >> 12)) % 251);
    const read = async (start: number, end: number) => bytes.slice(start, end);
    await storage().write("dir/large", { size: bytes.length, read });
    expect(Buffer.compare(await storage().read("dir/large"), bytes)).toBe(0);
    await storage().write("dir/none", { size: 0, read });
    expect(await storage().read("dir/none")).toHaveLength(0);
  });

  test("reads ranges, also past the end", async () => {
    await storage().write("digits", "0123456789");
    const range = async (start: number, end: number) => decode(await storage().read("digits", { start, end }));
    expect([await range(0, 1), await range(3, 7), await range(8, 99), await range(10, 12)]).toEqual([
      "0",
      "3456",
      "89",
      "",
    ]);
  });

  test("returns null for an absent path, and size and kind for an existing one", async () => {
    await storage().write("x/y", "abc");
    expect(await storage().stat("nothing")).toBeNull();
    expect(await storage().stat("x/y/z")).toBeNull();
    expect(await storage().stat("x/y")).toMatchObject({ path: "x/y", kind: "file", size: 3 });
    expect(await storage().stat("x")).toMatchObject({ path: "x", kind: "directory", size: 0 });
    expect(await storage().stat("")).toMatchObject({ path: "", kind: "directory" });
  });

  test("deletes files and directories; deleting an absent one succeeds", async () => {
    for (const path of ["d/1", "d/sub/2", "dd/3"]) await storage().write(path, path);
    await storage().delete("d");
    await storage().delete("d");
    await storage().delete("dd/absent");
    expect(names(await storage().list("", { recursive: true }))).toEqual(["dd/3"]);
  });

  test("deletes a directory only if it is empty", async () => {
    await storage().write("d/1", "1");
    await storage().delete("d", { ifEmpty: true });
    expect(decode(await storage().read("d/1"))).toBe("1");
    await storage().delete("d/1");
    await storage().delete("d", { ifEmpty: true });
    expect(await storage().stat("d")).toBeNull();
  });
}

function listing(storage: () => Storage): void {
  test("lists one level with directories or all levels without, including hidden files, sorted by path", async () => {
    for (const path of ["t/b.csv", "t/a/x.csv", "t/a.csv", "t/_SUCCESS", "t/.hidden/y", "tt/z"])
      await storage().write(path, "x");
    expect(names(await storage().list("t"))).toEqual(["t/.hidden", "t/_SUCCESS", "t/a", "t/a.csv", "t/b.csv"]);
    expect(names(await storage().list("t", { recursive: true }))).toEqual([
      "t/.hidden/y",
      "t/_SUCCESS",
      "t/a.csv",
      "t/a/x.csv",
      "t/b.csv",
    ]);
    expect(await storage().list("absent")).toEqual([]);
    expect(await storage().list("t/a.csv")).toEqual([]);
  });

  test("lists 1,500 entries completely", async () => {
    const paths = Array.from({ length: 1500 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
    for (let start = 0; start < paths.length; start += 50) {
      await Promise.all(paths.slice(start, start + 50).map((path) => storage().write(path, "")));
    }
    expect(names(await storage().list("many"))).toEqual(paths);
    expect(names(await storage().list("", { recursive: true }))).toEqual(paths);
  }, 120_000);

  test.each(oddNames)("keeps the name %j", async (odd) => {
    const path = `odd dir/${odd}`;
    await storage().write(path, odd);
    expect(names(await storage().list("odd dir"))).toEqual([path]);
    expect(names(await storage().expand(path))).toEqual([path]);
    expect(await storage().stat(path)).toMatchObject({ path, kind: "file" });
    expect(decode(await storage().read(path))).toBe(odd);
    await storage().delete(path);
    expect(await storage().stat(path)).toBeNull();
  });

  test("expands a file, a directory and globs to data files", async () => {
    const paths = ["o/d=1/a.csv", "o/d=2/b.csv", "o/d=2/_tmp/c.csv", "o/_SUCCESS", "o/.x.csv", "o/e.json", "p/f.csv"];
    for (const path of paths) await storage().write(path, "x");
    const expand = async (pattern: string) => names(await storage().expand(pattern));
    expect(await expand("o/e.json")).toEqual(["o/e.json"]);
    expect(await expand("o")).toEqual(["o/d=1/a.csv", "o/d=2/b.csv", "o/e.json"]);
    expect(await expand("o/*")).toEqual(["o/d=1/a.csv", "o/d=2/b.csv", "o/e.json"]);
    expect(await expand("o/*.json")).toEqual(["o/e.json"]);
    expect(await expand("**/*.csv")).toEqual(["o/d=1/a.csv", "o/d=2/b.csv", "p/f.csv"]);
    expect(await expand("o/d={1,3}/?.csv")).toEqual(["o/d=1/a.csv"]);
    expect(await expand("o/d=2/_tmp")).toEqual(["o/d=2/_tmp/c.csv"]);
    expect(await expand("absent/*.csv")).toEqual([]);
    expect(await expand("absent")).toEqual([]);
  });
}

function conditions(storage: () => Storage, harness: () => StorageHarness): void {
  test("lets exactly one of 16 writers with ifAbsent win, with whole content", async () => {
    const bodies = Array.from({ length: 16 }, (_, index) => String(index).repeat(100_000));
    const race = await raceOf(storage(), "race/x", bodies, { ifAbsent: true });
    expect(race.won).toHaveLength(1);
    for (const reason of race.lost) expect(isProviderError(reason, "exists"), String(reason)).toBe(true);
    expect(decode(await storage().read("race/x"))).toBe(race.won[0]);
    expect(names(await storage().list("race"))).toEqual(["race/x"]);
  });

  test("leaves the file unchanged when ifAbsent fails", async () => {
    await storage().write("x", "old");
    await failure(storage().write("x", "new", { ifAbsent: true }), "exists");
    expect(decode(await storage().read("x"))).toBe("old");
  });

  test("writes and deletes with ifMatch only the version that was seen", async (context) => {
    if (!harness().ifMatch) return context.skip();
    await storage().write("m", "one");
    const etag = (await storage().stat("m"))?.etag ?? "";
    expect(etag).not.toBe("");
    await storage().write("m", "two", { ifMatch: etag });
    await failure(storage().write("m", "three", { ifMatch: etag }), "conflict");
    await failure(storage().delete("m", { ifMatch: etag }), "conflict");
    await failure(storage().write("absent", "x", { ifMatch: etag }), "conflict");
    expect(decode(await storage().read("m"))).toBe("two");
    await storage().delete("m", { ifMatch: (await storage().stat("m"))?.etag ?? "" });
    await storage().delete("m", { ifMatch: etag });
    expect(await storage().stat("m")).toBeNull();
  });

  test("lets exactly one of 16 writers with the same ifMatch win", async (context) => {
    if (!harness().ifMatch) return context.skip();
    await storage().write("m", "start");
    const ifMatch = (await storage().stat("m"))?.etag ?? "";
    const bodies = Array.from({ length: 16 }, (_, index) => `writer ${index}`);
    const { won } = await raceOf(storage(), "m", bodies, { ifMatch });
    expect(won).toHaveLength(1);
    expect(decode(await storage().read("m"))).toBe(won[0]);
  });
}

function optionalVerbs(storage: () => Storage): void {
  test("copies a file and a directory", async (context) => {
    const { copy } = storage();
    if (copy === undefined) return context.skip();
    await storage().write("from/a", "a");
    await storage().write("from/sub/b", "b");
    await copy("from/a", "one/a");
    await copy("from", "all");
    expect(names(await storage().list("", { recursive: true }))).toEqual([
      "all/a",
      "all/sub/b",
      "from/a",
      "from/sub/b",
      "one/a",
    ]);
    expect(decode(await storage().read("all/sub/b"))).toBe("b");
    await failure(copy("absent", "x"), "not_found");
    await failure(copy("from", "from/inside"), "invalid");
  });

  test("moves a file and a directory, but never onto an existing one", async (context) => {
    const { move } = storage();
    if (move === undefined) return context.skip();
    for (const path of ["from/a", "from/sub/b", "taken/x", "file"]) await storage().write(path, path);
    await failure(move("from", "taken"), "exists");
    await failure(move("file", "taken/x"), "exists");
    await failure(move("absent", "y"), "not_found");
    await failure(move("from", "from/inside"), "invalid");
    await move("from", "deep/to");
    await move("file", "deep/file");
    expect(names(await storage().list("", { recursive: true }))).toEqual([
      "deep/file",
      "deep/to/a",
      "deep/to/sub/b",
      "taken/x",
    ]);
    expect(decode(await storage().read("taken/x"))).toBe("taken/x");
  });

  test("takes a fingerprint that follows names and content, and nothing else", async (context) => {
    const { fingerprint } = storage();
    if (fingerprint === undefined) return context.skip();
    expect(await fingerprint("f")).toMatchObject({ files: 0, bytes: 0 });
    await storage().write("f/a", "aaa");
    await storage().write("f/b", "bb");
    const first = await fingerprint("f");
    expect(first).toMatchObject({ files: 2, bytes: 5 });
    await storage().write("f/_SUCCESS", "");
    await storage().write("f/a", "aaa");
    expect(await fingerprint("f")).toEqual(first);
    await storage().write("f/a", "aab");
    const changed = await fingerprint("f");
    expect(changed.digest).not.toBe(first.digest);
    await storage().write("f/c", "");
    expect((await fingerprint("f")).digest).not.toBe(changed.digest);
  });
}

function refusals(storage: () => Storage, harness: () => StorageHarness): void {
  test("names the path that does not exist", async () => {
    const error = await failure(storage().read("no/such/file"), "not_found");
    expect(error.message).toContain("no/such/file");
    expectNoSecret(error, harness().secrets ?? []);
  });

  test.each(["../x", "a/../../x", "/absolute/x"])("refuses %j, which leads out of the root", async (path) => {
    await failure(storage().read(path), "denied");
    await failure(storage().write(path, "x"), "denied");
    await failure(storage().list(path), "denied");
    await failure(storage().delete(path), "denied");
  });

  test("refuses to write or delete the root", async () => {
    await failure(storage().write("", "x"), "invalid");
    await failure(storage().delete(""), "invalid");
  });

  test("does nothing after an abort", async () => {
    const signal = AbortSignal.abort();
    expectNoSecret(await failure(storage().write("x", "x", { signal }), "cancelled"), harness().secrets ?? []);
    await failure(storage().list("", { signal }), "cancelled");
    expect(await storage().stat("x")).toBeNull();
  });

  test("gives a URI with a scheme, with blanks and percent signs unchanged", () => {
    expect(storage().uri("a b/c%20d.csv")).toMatch(/^[a-z0-9]+:\/\/.*\/a b\/c%20d\.csv$/);
  });
}
