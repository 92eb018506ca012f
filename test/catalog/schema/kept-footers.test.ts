import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keptFooters } from "../../../src/catalog/schema/parquet/kept.ts";
import { readSchema } from "../../../src/catalog/schema/reader.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import type { Json } from "../../../src/json.ts";
import { storageOf } from "./memory.ts";

const sample = (path: string) => readFile(join(import.meta.dirname, "data", path));

function memory() {
  const values = new Map<string, Json>();
  return {
    get: (key: string) => values.get(key),
    put: (key: string, value: Json) => {
      values.set(key, JSON.parse(JSON.stringify(value)));
    },
  };
}

function counted(storage: Storage) {
  const read: string[] = [];
  const counting: Storage = {
    ...storage,
    read: (path, range) => {
      read.push(path);
      return storage.read(path, range);
    },
  };
  return { counting, read };
}

test.each([
  "encrypted/column.parquet",
  "types/many-types.parquet",
  "types/nano-instants.parquet",
  "names/no-name.parquet",
])("%s is read once, and a kept footer says the same", async (path) => {
  const { counting, read } = counted(await storageOf({ "t/a.parquet": await sample(path) }));
  const readFooter = keptFooters(counting, memory());
  const first = await readSchema(counting, "t", { readFooter });
  expect(read).toHaveLength(1);
  expect(await readSchema(counting, "t", { readFooter })).toEqual(first);
  expect(first).toEqual(await readSchema(await storageOf({ "t/a.parquet": await sample(path) }), "t"));
  expect(read).toHaveLength(1);
});

test("a file that changed is read again", async () => {
  const { counting, read } = counted(await storageOf({ "t/a.parquet": await sample("types/int96.parquet") }));
  const readFooter = keptFooters(counting, memory());
  await readSchema(counting, "t", { readFooter });
  await counting.write("t/a.parquet", await sample("names/same-name.parquet"));
  expect((await readSchema(counting, "t", { readFooter })).columns).toHaveLength(3);
  expect(read).toHaveLength(2);
});

/** Names like those of engines' parts, without an ending: their content tells that they are Parquet. */
test.each(["a", "b.parquet"])("every footer is read, whatever the sample: %s", async (end) => {
  const [one, other] = [await sample("encodings/split-f64.parquet"), await sample("encodings/split-dec5.parquet")];
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [`t/part-${String(at).padStart(3, "0")}-${end}`, at === 7 ? other : one]),
  );
  const reading = await readSchema(await storageOf(files), "t", { sampleSize: 2 });
  expect(reading.groups.map((group) => group.files.length)).toEqual([29, 1]);
  expect(reading.isSampled).toBe(false);
  const few = await readSchema(await storageOf(files), "t", { sampleSize: 2, footers: "sample" });
  expect(few.isSampled).toBe(true);
});
