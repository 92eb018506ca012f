import { posix } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { foreignPath, isWithin, normalPath, samePath } from "../../src/model/path.ts";

const part = fc.stringMatching(/^[A-Za-z0-9_ =~é-][A-Za-z0-9_. =:é-]{0,6}$/);
// "a:/" is a drive of Windows.
const parts = fc.array(
  part.filter((text) => !/^[A-Za-z]:/.test(text)),
  { minLength: 1, maxLength: 4 },
);
/** Ways to write the same path. */
const written = (path: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom("", "./", ".//", "././"),
      fc.array(fc.constantFrom("/", "//", "/./"), { minLength: path.length, maxLength: path.length }),
      fc.constantFrom("", "/", "//", "/.", "/./"),
    )
    .map(
      ([head, joints, tail]) => head + path.map((piece, at) => (at === 0 ? "" : joints[at]) + piece).join("") + tail,
    );

test("a path is the same however it is written, relative or absolute", () => {
  fc.assert(
    fc.property(
      parts.chain((path) => fc.tuple(written(path), written(path))),
      ([a, b]) => {
        expect(samePath(a, b)).toBe(true);
        expect(samePath(`/${a}`, `/${b}`)).toBe(true);
        expect(samePath(a, `/${b}`)).toBe(false);
        // The oracle is Node's own.
        expect(normalPath(a)).toBe(posix.normalize(a).replace(/\/+$/, ""));
      },
    ),
  );
});

test("paths that Node takes for different ones are not the same", () => {
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const [left, right] = [a.join("/"), b.join("/")];
      expect(samePath(left, right)).toBe(posix.normalize(left) === posix.normalize(right));
    }),
  );
});

test("a path lies within another one exactly if Node can go from there to it without a step up", () => {
  const name = fc.constantFrom("a", "ab", "..a");
  const path = fc.array(name, { maxLength: 2 }).map((names) => names.join("/"));
  fc.assert(
    fc.property(path, path, (inner, outer) => {
      const way = posix.relative(`/${outer}`, `/${inner}`);
      expect(isWithin(inner, outer)).toBe(!/^\.\.(\/|$)/.test(way));
    }),
    { numRuns: 500 },
  );
});

test.each(["..", "../a", "a/..", "a/../b", "a/b/../../..", "./../a"])("%s is refused, wherever it leads", (text) => {
  expect(normalPath(text)).toBeNull();
});

test.each([
  "s3://bucket/out",
  "file:///data/x",
  "HTTPS://x/y",
  "hdfs://n:9000/x",
  "\\\\srv\\share",
  "C:\\data",
  "d:/data",
])("%s is no path of a storage", (text) => {
  expect(normalPath(text)).toBeNull();
  expect(foreignPath(text)).not.toBeNull();
});

test("a home directory is none either, and a name with a tilde or a colon is", () => {
  expect(foreignPath("~/data")).not.toBeNull();
  expect(foreignPath("~")).not.toBeNull();
  for (const text of ["~backup", "a:b/c", "day=10:30/x.csv", "a//b", "data/~/x"]) expect(foreignPath(text)).toBeNull();
});
