import { expect, test } from "vitest";
import { isInRange } from "../../src/project/version-range.ts";

test.each([
  ["0.1.0", ">=0.1", true],
  ["0.1.0", ">=9.0", false],
  ["0.1.0", ">= 0.1 <2", true],
  ["2.0.0", ">=0.1, <2", false],
  ["0.1.9", "^0.1.2", true],
  ["0.2.0", "^0.1.2", false],
  ["1.9.0", "^1.2", true],
  ["2.0.0", "^1.2", false],
  ["1.2.9", "~1.2.3", true],
  ["1.3.0", "~1.2.3", false],
  ["1.2.3", "1", true],
  ["1.2.3", "1.2", true],
  ["1.2.3", "=1.2.3", true],
  ["1.2.4", "1.2.3", false],
  ["1.2.4", ">1.2.3", true],
  ["1.2.3", ">1.2.3", false],
  ["1.2.3", "<=1.2.3", true],
  ["0.1.0-test", ">=0.1.0", true],
  ["0.1.0", "banana", null],
  ["0.1.0", "", null],
  ["0.1.0", ">=0.1 or so", null],
])("%s in %s: %s", (version, range, expected) => {
  expect(isInRange(version, range)).toBe(expected);
});
