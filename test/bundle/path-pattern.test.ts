/** Whether two paths can mean common files: the oracle matches made-up files with regular expressions. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { canMeet } from "../../src/bundle/path-pattern.ts";

/** The regular expression of each piece that a path may have; all other characters mean themselves. */
const pieces: readonly (readonly [written: string, expression: string])[] = [
  ["${run.date}", "\\d{4}-\\d{2}-\\d{2}"],
  ["${run.at}", "\\d{4}-\\d{2}-\\d{2}T[^/]*Z"],
  ["${run.key}", ".*"],
  ["**", ".*"],
  ["*", "[^/]*"],
  ["?", "[^/]"],
];

function expressionOf(path: string): RegExp {
  let rest = path;
  let text = "";
  while (rest !== "") {
    const [written, expression] = pieces.find(([piece]) => rest.startsWith(piece)) ?? [rest.slice(0, 1), null];
    text += expression ?? written;
    rest = rest.slice(written.length);
  }
  return new RegExp(`^${text}(/.*)?$`);
}

const names = ["a", "ab", "x", "day=2026-03-01", "day=x", "2026-03-01", "2026-03-0x", "2026-03-01T12:00:00.000Z"];
const files = names.flatMap((first) => names.map((second) => `${first}/${second}`));
const haveCommonFile = (a: string, b: string) => {
  const [one, two] = [expressionOf(a), expressionOf(b)];
  return files.some((file) => one.test(file) && two.test(file));
};

const segment = fc.constantFrom(
  ...names,
  ...["a*", "?", "*", "day=*", "day=${run.date}", "${run.date}", "2026-03-0?", "2026*", "${run.at}"],
);
const path = (of: fc.Arbitrary<string>) => fc.array(of, { minLength: 1, maxLength: 2 }).map((parts) => parts.join("/"));

test("two paths meet if and only if a file can lie at or below both, in either order", () => {
  fc.assert(
    fc.property(path(segment), path(segment), (a, b) => {
      expect([canMeet(a, b), canMeet(b, a)]).toEqual([haveCommonFile(a, b), haveCommonFile(a, b)]);
    }),
    { numRuns: 3000 },
  );
});

test("paths with parts of any depth meet wherever a file can lie at or below both", () => {
  const open = fc.oneof(segment, fc.constantFrom("**", "${run.key}", "x${run.key}", "a**"));
  fc.assert(
    fc.property(path(open), path(open), (a, b) => {
      if (haveCommonFile(a, b)) expect([canMeet(a, b), canMeet(b, a)]).toEqual([true, true]);
    }),
    { numRuns: 3000 },
  );
  expect(canMeet("a/${run.key}", "x/${run.key}")).toBe(false);
});
