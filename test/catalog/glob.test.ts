import { describe, expect, test } from "vitest";
import { isDataBelow, parseGlob } from "../../src/catalog/glob.ts";

describe("a glob", () => {
  test.each([
    ["raw/*.csv", "raw", "raw/a.csv", true],
    ["raw/*.csv", "raw", "raw/sub/a.csv", false],
    ["raw/*", "raw", "other/a.csv", false],
    ["raw/*", "raw", "raw/sub/deep/a.csv", true],
    ["raw/**/x.csv", "raw", "raw/x.csv", true],
    ["raw/**/x.csv", "raw", "raw/a/b/x.csv", true],
    ["raw/**", "raw", "raw/_tmp/x.csv", false],
    ["*/x.csv", "", ".hidden/x.csv", false],
    ["_in/*.csv", "_in", "_in/a.csv", true],
    ["d={1,2}/[ab].csv", "", "d=2/b.csv", true],
    ["d={1,2}/[ab].csv", "", "d=3/b.csv", false],
    ["(a)/*.csv", "(a)", "(a)/x.csv", true],
    ["*(1).csv", "", "a(1).csv", true],
    ['x/"*".csv', "x", 'x/"a".csv', true],
    ["a+b [x]/*.csv", "", "a+b x/1.csv", true],
    ["$a^b/*.csv", "$a^b", "$a^b/1.csv", true],
    ["!a/*.csv", "!a", "!a/x.csv", true],
  ])("%s starts at %j; %s: %s", (pattern, base, path, matches) => {
    const glob = parseGlob(pattern);
    expect([glob.base, glob.matches(path)]).toEqual([base, matches]);
  });

  test.each([
    ["raw/a*/x.csv", "raw/abc", true],
    ["raw/a*/x.csv", "raw/b", false],
    ["raw/**/x.csv", "raw/b/c/d", true],
    ["raw/*", "raw/b/c", true],
    ["raw/*", "raw/_b", false],
    ["raw/a/*", "raw/b", false],
    ["{a/b,c}/x.csv", "a", true],
  ])("%s could hold files below %s: %s", (pattern, directory, could) => {
    expect(parseGlob(pattern).couldHold(directory)).toBe(could);
  });

  test("leaves out hidden parts below the base only", () => {
    expect(isDataBelow("_a/b", "_a")).toBe(true);
    expect(isDataBelow("_a/.b", "_a")).toBe(false);
    expect(isDataBelow("a_b/c.d", "")).toBe(true);
  });
});
