import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readSchema } from "../../../src/catalog/schema/reader.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { formatDataType } from "../../../src/model/data-type.ts";
import { columnsText, type Files, reading, storageOf } from "./memory.ts";

const many = (count: number, content: (index: number) => string): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`t/f${String(index).padStart(4, "0")}.csv`, content(index)]),
  );

/** Storage that says which paths were read. */
function watched(storage: Storage) {
  const read: string[] = [];
  let [now, most] = [0, 0];
  const watching: Storage = {
    ...storage,
    read: async (path, range) => {
      read.push(path);
      most = Math.max(most, ++now);
      await Promise.resolve();
      const bytes = await storage.read(path, range);
      now--;
      return bytes;
    },
  };
  return { watching, read, most: () => most };
}

describe("uniting", () => {
  test("equal schemas are one table, whatever their order of columns", async () => {
    const found = await reading({ "t/a.csv": "a,b\n1,x\n", "t/b.csv": "b,a\ny,2\n", "t/c.csv": "a,b\n3,z\n" });
    expect(columnsText(found.columns)).toBe("a bigint, b string");
    expect(found.conflict).toBeUndefined();
    expect(found.notes).toEqual([]);
    expect(found.groups.map((group) => [columnsText(group.columns), group.files])).toEqual([
      ["a bigint, b string", ["t/a.csv", "t/c.csv"]],
      ["b string, a bigint", ["t/b.csv"]],
    ]);
  });

  test("a column that some files lack is nullable, with a note", async () => {
    const found = await reading({ "t/a.csv": "a\n1\n", "t/b.csv": "a;c\n2;x\n" });
    expect(columnsText(found.columns)).toBe("a bigint, c string");
    expect(found.columns.every((column) => column.nullable)).toBe(true);
    expect(found.notes).toEqual(['Column "c" is missing in 1 of 2 files ("t/a.csv"); it is null there.']);
    expect(found.groups.map((group) => group.csv?.delimiter)).toEqual([",", ";"]);
  });

  test("types widen along the lattice, in every group", async () => {
    const found = await reading({
      "t/a.csv": "n,s,d,e\n1,1,2024-01-01,\n",
      "t/b.csv": "n,s,d,e\n1.5,x,2024-01-01 10:00:00,5\n",
    });
    expect(columnsText(found.columns)).toBe("n double, s string, d timestamp, e bigint");
    expect(found.notes).toEqual([
      'Column "n" is bigint in some files and double in others; it is read as double.',
      'Column "s" is bigint in some files and string in others; it is read as string.',
      'Column "d" is date in some files and timestamp in others; it is read as timestamp.',
    ]);
    expect(found.groups).toHaveLength(1);
    expect(found.groups[0]?.columns).toEqual(found.columns);
  });

  test("structs are united field by field, and maps absorb them", async () => {
    const keys = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`k${index}`, index]));
    const found = await reading({
      "t/a.json": '{"o":{"x":1},"l":[1],"m":{"a":1.5}}',
      "t/b.json": `{"o":{"x":1.5,"y":"q"},"l":["z"],"m":${JSON.stringify(keys)}}`,
      "t/c.json": '{"o":null,"l":null,"m":null,"s":1}',
    });
    expect(columnsText(found.columns)).toBe(
      "o struct<x: double, y: string>, l array<string>, m map<string, double>, s bigint",
    );
    expect(found.groups).toEqual([
      { format: "json", columns: found.columns, files: ["t/a.json", "t/b.json", "t/c.json"] },
    ]);
  });

  test("an object in one file and a scalar in another become json", async () => {
    const found = await reading({ "t/a.json": '{"o":{"x":1}}', "t/b.json": '{"o":3}' });
    expect(columnsText(found.columns)).toBe("o json");
    expect(found.notes).toEqual([
      'Column "o" is struct<x: bigint> in some files and bigint in others; it is read as json.',
    ]);
  });

  test("a file of one line is JSON lines beside other files of JSON lines", async () => {
    const found = await reading({ "t/a.json": '{"a":1}\n', "t/b.json": '{"a":1}\n{"a":2}\n' });
    expect(found.format).toBe("jsonl");
    expect(found.conflict).toBeUndefined();
    expect(found.groups).toHaveLength(1);
  });

  test("compressed and plain files form separate groups", async () => {
    const found = await reading({ "t/a.csv": "a\n1\n", "t/b.csv.gz": gzipSync("a\n2\n") });
    expect(found.groups.map((group) => group.csv?.compression)).toEqual(["none", "gzip"]);
  });
});

describe("conflicts", () => {
  test("mixed formats name each format with its files", async () => {
    const found = await reading({ "t/a.csv": "a,b\n1,x\n", "t/b.json": '[{"a":1,"c":2}]' });
    expect(found.conflict?.message).toBe(
      'The files are of different formats: csv ("t/a.csv"), json ("t/b.json"). Read the files of each format separately.',
    );
    expect(found.conflict?.schemas.map(({ format, files, differs }) => [format, files, differs])).toEqual([
      ["csv", ["t/a.csv"], ["b"]],
      ["json", ["t/b.json"], ["c"]],
    ]);
    expect(found.groups.map((group) => group.format)).toEqual(["csv", "json"]);
  });

  test("names that differ only in case name both and their files", async () => {
    const files = { "t/a.csv": "id,x\n1,2\n", "t/b.csv": "ID,x\n1,2\n", "t/c.csv": "id,x\n1,2\n" };
    const { conflict } = await reading(files);
    expect(conflict?.message).toBe(
      'Column names differ only in case: "id" ("t/a.csv", "t/c.csv") and "ID" ("t/b.csv"). Change the files, or read them separately.',
    );
    expect(conflict?.schemas.map(({ files, differs }) => [files, differs])).toEqual([
      [["t/a.csv", "t/c.csv"], ["id"]],
      [["t/b.csv"], ["ID"]],
    ]);
    expect((await reading(files, { foldsCase: false })).conflict).toBeUndefined();
  });

  test("folders of different keys", async () => {
    const { conflict } = await reading({ "t/y=1/a.csv": "a\n1\n", "t/b.csv": "a\n1\n" });
    expect(conflict?.message).toMatch(/"t\/b.csv" in no partition folder.*"t\/y=1\/a.csv" in folders of "y"/);
  });
});

describe("sampling", () => {
  test("reads the first, last and evenly spaced files only, and says so in a note", async () => {
    const { watching, read, most } = watched(await storageOf(many(2000, (index) => `a\n${index}\n`)));
    const found = await readSchema(watching, "t", { sampleSize: 10 });
    expect(read).toHaveLength(10);
    expect(read[0]).toBe("t/f0000.csv");
    expect(read[1]).toBe("t/f0222.csv");
    expect(read[9]).toBe("t/f1999.csv");
    expect(most()).toBeLessThanOrEqual(8);
    expect(found.files).toHaveLength(2000);
    expect(found.groups[0]?.files).toHaveLength(2000);
    expect(found.notes).toEqual([
      'The schema was read from 10 of 2000 files. Set sample_size to "all" to read each one.',
    ]);
  });

  test("reads all files, or one, on request", async () => {
    const files = many(25, (index) => (index === 7 ? "a\nx\n" : "a\n1\n"));
    const storage = await storageOf(files);
    expect(
      formatDataType((await readSchema(storage, "t", { sampleSize: "all" })).columns[0]?.type ?? { kind: "unknown" }),
    ).toBe("string");
    expect((await readSchema(storage, "t", { sampleSize: 1 })).notes[0]).toContain("from 1 of 25 files");
  });

  test("also reads a file with another kind of name", async () => {
    const files = { ...many(100, () => "a\n1\n"), "t/f0050a.json": '{"a":1}' };
    expect((await reading(files)).conflict?.message).toContain('"t/f0050a.json"');
  });

  test("files that were not sampled belong to the group of the nearest file before them", async () => {
    const found = await reading(
      many(9, (index) => (index < 5 ? "a\n1\n" : "a,b\n1,2\n")),
      { sampleSize: 3 },
    );
    expect(found.groups.map((group) => group.files.length)).toEqual([8, 1]);
    expect(found.groups[0]?.files[7]).toBe("t/f0007.csv");
  });

  test("a compressed file that was not sampled belongs to the group of compressed files", async () => {
    const packed = Object.fromEntries(["1", "3", "5"].map((name) => [`t/f${name}.csv.gz`, gzipSync("a\n1\n")]));
    const plain = Object.fromEntries(["0", "2", "4", "6"].map((name) => [`t/f${name}.csv`, "a\n1\n"]));
    const found = await reading({ ...packed, ...plain }, { sampleSize: 2 });
    expect(found.groups.map((group) => [group.csv?.compression, group.files.length])).toEqual([
      ["none", 4],
      ["gzip", 3],
    ]);
  });

  test("reading stops when it is aborted", async () => {
    const signal = AbortSignal.abort();
    await expect(reading({ "t/a.csv": "a\n1\n" }, { signal })).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("empty and absent", () => {
  test("empty files are left out, with a note", async () => {
    const found = await reading({ "t/a.csv": "", "t/b.csv": "\ufeff", "t/c.csv": "a\n1\n", "t/d.csv": "\n" });
    expect(found.files.map((file) => file.path)).toEqual(["t/c.csv"]);
    expect(found.groups[0]?.files).toEqual(["t/c.csv"]);
    expect(found.notes).toEqual(['3 empty files were left out: "t/a.csv", "t/b.csv", "t/d.csv".']);
  });

  test("a sample of only empty files is replaced by another", async () => {
    const found = await reading(many(30, (index) => (index === 14 ? "a\n1\n" : "\n")));
    expect(columnsText(found.columns)).toBe("a bigint");
    expect(found.files.map((file) => file.path)).toContain("t/f0014.csv");
    expect(found.files.map((file) => file.path)).not.toContain("t/f0000.csv");
  });

  test("only empty files are an error", async () => {
    await expect(reading({ "t/a.csv": "", "t/b.csv": "\ufeff" })).rejects.toMatchObject({
      code: "invalid",
      message:
        'All 2 files at "t" hold no rows and no names of columns, so they have no schema. Use a file with data, or read it through a declared table, which knows its columns.',
    });
  });

  test("an absent path is not found", async () => {
    await expect(reading({}, {}, "nowhere")).rejects.toMatchObject({ code: "not_found" });
  });

  test("a file that vanishes meanwhile is not an absent path", async () => {
    const storage = await storageOf({ "t/a.csv": "a\n1\n" });
    const found = await storage.expand("t");
    await storage.delete("t");
    await expect(readSchema({ ...storage, expand: async () => found }, "t")).rejects.toMatchObject({
      code: "failed",
      retryable: true,
      message: expect.stringContaining('"t/a.csv"'),
    });
  });

  test("names the first of several unreadable files in name order", async () => {
    await expect(reading({ "t/a.csv": "a\n1\n", "t/b.csv": "a\n1,2\n", "t/c.csv": "a\n1,2\n" })).rejects.toThrow(
      /^"t\/b.csv"/,
    );
  });
});

describe("partitions", () => {
  test("folders give columns with inferred types", async () => {
    const found = await reading({
      "t/day=2024-01-01/n=1/city=New%20York/a.csv": "a\n1\n",
      "t/day=2024-01-02/n=__HIVE_DEFAULT_PARTITION__/city=007/a.csv": "a\n1\n",
    });
    expect(columnsText(found.columns)).toBe("a bigint");
    expect(columnsText(found.partitions)).toBe("day date, n bigint, city string");
    expect(found.partitionValues).toEqual([
      {
        values: { day: "2024-01-01", n: "1", city: "New York" },
        location: "t/day=2024-01-01/n=1/city=New%20York",
      },
      {
        values: { day: "2024-01-02", n: null, city: "007" },
        location: "t/day=2024-01-02/n=__HIVE_DEFAULT_PARTITION__/city=007",
      },
    ]);
  });

  test("folders above the pattern are not partitions, folders after a wildcard are", async () => {
    const files = { "env=x/t/m=1/a.csv": "a\n1\n", "env=x/t/m=2/a.csv": "a\n1\n" };
    expect(columnsText((await reading(files, {}, "env=x/t")).partitions)).toBe("m bigint");
    expect(columnsText((await reading(files, {}, "env=x/t/m=*/*.csv")).partitions)).toBe("m bigint");
    expect((await reading(files, {}, "env=x/t/m=1/a.csv")).partitions).toEqual([]);
  });

  test("a column that is also in the files", async () => {
    const json = await reading({ "t/m=1/a.json": '{"a":1,"M":2}' });
    expect(columnsText(json.columns)).toBe("a bigint");
    const csv = await reading({ "t/m=1/a.csv": "m,a\n1,2\n" });
    expect(columnsText(csv.columns)).toBe("m_in_file bigint, a bigint");
    expect(csv.notes).toEqual([
      'Column "m" is in the files and in the names of their folders; the folders\' values are used.',
    ]);
  });
});

test("uses the given format", async () => {
  expect((await reading({ "t/a.json": "[x],y\n1,2\n" }, { format: "csv" })).format).toBe("csv");
  await expect(reading({ "t/a.json": '[{"a":1}]' }, { format: "jsonl" })).rejects.toThrow(/one JSON object per line/);
});
