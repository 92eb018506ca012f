import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cachedParser, openCache } from "../../src/io/cache.ts";
import type { Json } from "../../src/json.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mason-cache-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const file = () => join(directory, "cache", "c.tsv");
const lines = async () => (await readFile(file(), "utf8")).trimEnd().split("\n").length;

/** Opens the cache, does something, and saves it. */
function using<T>(work: (cache: ReturnType<typeof openCache>) => T, prune = true): T {
  const cache = openCache(directory, "c", prune);
  const result = work(cache);
  cache.save();
  return result;
}
const put = (entries: Readonly<Record<string, Json>>) =>
  using((cache) => {
    for (const [key, value] of Object.entries(entries)) cache.put(key, value);
  });
const get = (key: string) => openCache(directory, "c", true).get(key);

test("the next command finds what was put, and nothing else", () => {
  put({ a: { list: [1, "two\n\tlines", null] } });
  put({ b: 2 });
  expect([get("a"), get("b"), get("c")]).toEqual([{ list: [1, "two\n\tlines", null] }, 2, undefined]);
});

test("the later of two values of one key counts, and the same value is written once", async () => {
  put({ a: 1 });
  put({ a: 2 });
  put({ a: 2 });
  expect(get("a")).toBe(2);
  expect(await lines()).toBe(2);
});

test("an incomplete last line is ignored, and spoils neither the lines before nor those added later", async () => {
  put({ a: 1, b: "long enough to be cut" });
  const text = await readFile(file(), "utf8");
  for (const length of [text.length - 1, text.length - 5, text.indexOf("\n") + 2]) {
    await writeFile(file(), text.slice(0, length));
    expect([get("a"), get("b")]).toEqual([1, undefined]);
    put({ c: 3 });
    expect([get("a"), get("c")]).toEqual([1, 3]);
  }
});

test("malformed lines are ignored", async () => {
  put({ a: 1 });
  await appendFile(file(), "no tab\nkey\tno json\n\t\n");
  put({ b: 2 });
  expect([get("a"), get("b"), get("key")]).toEqual([1, 2, undefined]);
});

test("unused lines are removed once they are most of the file", async () => {
  put(Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`old${at}`, at])));
  using((cache) => cache.get("old1"), false);
  expect(await lines()).toBe(400);
  using((cache) => cache.get("old1"));
  expect(await lines()).toBe(1);
  expect([get("old1"), get("old2")]).toEqual([1, undefined]);
});

test("a cache that can't be written or read costs only time", async () => {
  await writeFile(join(directory, "cache"), "a file where the directory should be");
  put({ a: 1 });
  expect(get("a")).toBeUndefined();
});

test("a parser gives the same documents from the cache; files with problems or with numbers that JSON lacks are parsed each time", () => {
  const parse = (text: string) => using((cache) => cachedParser(cache)({ file: "a.yaml", text }));
  for (const text of ["a: 1\n---\nb: [x, 2.5]\n", "a: .inf\n", "a: [\n", "a: 02142\nb: [9007199254740993, True]\n"]) {
    const first = parse(text);
    expect(parse(text)).toEqual(first);
  }
  expect(parse("a: .inf\n").documents).toEqual([{ a: Number.POSITIVE_INFINITY }]);
  expect(parse("a: [\n").diagnostics).toHaveLength(1);
});
