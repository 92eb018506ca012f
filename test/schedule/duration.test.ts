import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/schedule/duration.ts";

describe("parseDuration", () => {
  it.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["2h", 7_200_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    ["1d", 86_400_000],
    ["500ms", 500],
    ["5m500ms", 300_500],
    ["1d2h3m4s5ms", 93_784_005],
  ])("reads %s", (text, expected) => expect(parseDuration(text)).toBe(expected));

  it.each(["", " ", "0s", "90", "s", "-5s", "1.5h", "30m1h", "1h1h", "5 m", "9999999999999999d", "1w"])(
    "refuses %j",
    (text) => expect(parseDuration(text)).toBeNull(),
  );
});

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [350, "350ms"],
    [2400, "2.4s"],
    [5000, "5s"],
    [59_949, "59.9s"],
    [59_990, "1m"],
    [125_000, "2m 5s"],
    [5_400_000, "1h 30m"],
    [3_599_999, "1h"],
    [90_000_000, "1d 1h"],
    [86_399_999, "1d"],
  ])("prints %i as %s", (ms, expected) => expect(formatDuration(ms)).toBe(expected));

  it("prints what can be read again as the same, for two whole units", () => {
    const pairs = [
      [86_400_000, 3_600_000, 23],
      [3_600_000, 60_000, 59],
      [60_000, 1000, 59],
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...pairs),
        fc.integer({ min: 1, max: 23 }),
        fc.nat(59),
        ([large, small, most], a, b) => {
          const ms = a * large + Math.min(b, most) * small;
          expect(parseDuration(formatDuration(ms))).toBe(ms);
        },
      ),
    );
  });
});
