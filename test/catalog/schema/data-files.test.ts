import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataFiles } from "../../../src/catalog/schema/data-files.ts";
import type { FileStat } from "../../../src/engine/storage.ts";
import { reading } from "./memory.ts";

const stats = (...paths: readonly string[]) =>
  paths.map((path): FileStat => ({ path, kind: "file", size: 1, modified: 0 }));
const paths = (all: readonly FileStat[], pattern: string, settings = {}) =>
  dataFiles(all, pattern, settings).files.map((file) => file.path);

describe("files beside the data", () => {
  test.each(["README.md", "a.csv.md5", "a.csv.sha256", "b.csv.tmp", "a.csv~", "NOTES.MD"])(
    "%s is left out with a note",
    async (name) => {
      const found = await reading({ "t/a.csv": "id\n1\n", [`t/${name}`]: "# not data\n" });
      expect(found.files.map((file) => file.path)).toEqual(["t/a.csv"]);
      expect(found.notes).toEqual([expect.stringContaining(`"t/${name}"`)]);
      expect(found.fileNotes).toEqual(found.notes);
    },
  );

  test.each(["a.log", "x.pdf", "sub/y.py", "a.csv.bak"])(
    "%s is an error that names it, unless a setting decides",
    async (name) => {
      const files = { "t/a.csv": "id\n1\n", [`t/${name}`]: "id\n2\n" };
      await expect(reading(files)).rejects.toThrow(`"t/${name}"`);
      expect((await reading(files, { files: { exclude: [name.replace(/^.*\//, "")] } })).files).toHaveLength(1);
      expect((await reading(files, { files: { include: ["*.csv", name] } })).files).toHaveLength(2);
      expect((await reading(files, {}, "t/*.csv")).files).toHaveLength(1);
    },
  );

  test("data is taken under any name that says nothing else", () => {
    const all = stats("t/part-00000", "t/000000_0", "t/a.csv.gz", "t/b.JSONL", "t/c.snappy.parquet", "t/d.txt");
    expect(paths(all, "t")).toHaveLength(6);
    expect(paths(stats("t/a.dat", "t/b.dat"), "t")).toHaveLength(2);
    expect(paths(stats("t/notes.md"), "t/notes.md")).toEqual(["t/notes.md"]);
    expect(() => paths(stats("t/a.dat", "t/b.csv"), "t")).toThrow(/a\.dat/);
  });

  test("only companions are no data at all", async () => {
    await expect(reading({ "t/README.md": "x" })).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("README.md"),
    });
  });
});

test("each file is data, left out with a note, excluded by a setting, or named in an error", () => {
  const ending = fc.constantFrom("", ".csv", ".md", ".tmp", "~", ".log", ".parquet", ".jsonl.gz", ".md5", ".7");
  const file = fc
    .tuple(fc.stringMatching(/^[a-z]{1,3}(\/[a-z]{1,3})?$/), ending)
    .map(([stem, end]) => `t/${stem}${end}`);
  const globs = fc.option(fc.subarray(["*.csv", "*.log", "**/*.md", "a*"], { minLength: 1 }), { nil: undefined });
  fc.assert(
    fc.property(fc.uniqueArray(file, { minLength: 1 }), globs, globs, (names, include, exclude) => {
      const settings = { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) };
      let found: ReturnType<typeof dataFiles>;
      try {
        found = dataFiles(stats(...names), "t", settings);
      } catch (error) {
        expect(names.some((name) => String(error).includes(`"${name}"`))).toBe(true);
        expect(include).toBeUndefined();
        return;
      }
      const seen = new Set([...found.files.map((one) => one.path), ...found.leftOut]);
      const unsaid = names.filter((name) => !seen.has(name));
      if (include === undefined && exclude === undefined) expect(unsaid).toEqual([]);
      for (const name of found.files) expect(names).toContain(name.path);
      if (include === undefined)
        expect(found.files.some((one) => /\.(md|tmp|md5)$|~$/.test(one.path) && names.length > 1)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
