import { describe, expect, it } from "vitest";
import { parseRetry, retryDelay } from "../../src/schedule/retry.ts";

describe("parseRetry", () => {
  it("reads both kinds", () => {
    expect(parseRetry("exponential(5)")).toEqual({ kind: "exponential", seconds: 5 });
    expect(parseRetry(" constant( 30 ) ")).toEqual({ kind: "constant", seconds: 30 });
  });

  it.each([
    "",
    "exponential",
    "exponential()",
    "exponential(0)",
    "linear(5)",
    "constant(-1)",
    "constant(1.5)",
    "constant(5) x",
  ])("refuses %j", (text) => expect(parseRetry(text)).toBeNull());
});

describe("retryDelay", () => {
  it("doubles from try to try, up to an hour", () => {
    const retry = { kind: "exponential", seconds: 5 } as const;
    expect([1, 2, 3, 4].map((tryNumber) => retryDelay(retry, tryNumber))).toEqual([5000, 10_000, 20_000, 40_000]);
    expect(retryDelay(retry, 60)).toBe(3_600_000);
    expect(retryDelay(retry, 5000)).toBe(3_600_000);
  });

  it("stays the same when constant", () => {
    expect([1, 2, 9].map((tryNumber) => retryDelay({ kind: "constant", seconds: 5 }, tryNumber))).toEqual([
      5000, 5000, 5000,
    ]);
  });
});
