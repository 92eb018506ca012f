import { describe, expect, it } from "vitest";
import { firstInstantOf, isTimezone, latestWallAt, offsetAt, transitionBetween } from "../../src/schedule/timezone.ts";

const hour = 3_600_000;
const at = (text: string) => Date.parse(text);

describe("isTimezone", () => {
  it.each(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata"])("knows %s", (name) =>
    expect(isTimezone(name)).toBe(true),
  );
  it.each(["", "Europe/Pariss", "+02:00", "CET+1", "../etc"])("refuses %j", (name) =>
    expect(isTimezone(name)).toBe(false),
  );
});

describe("offsets", () => {
  it("follow summer time and odd zones", () => {
    expect(offsetAt("Europe/Paris", at("2026-01-15T12:00Z"))).toBe(hour);
    expect(offsetAt("Europe/Paris", at("2026-07-15T12:00Z"))).toBe(2 * hour);
    expect(offsetAt("Asia/Kathmandu", at("2026-07-15T12:00:00.123Z"))).toBe(5.75 * hour);
    expect(offsetAt("UTC", 1)).toBe(0);
  });

  it("change at the very millisecond", () => {
    expect(transitionBetween("Europe/Paris", at("2026-03-28T00:00Z"), at("2026-03-30T00:00Z"))).toBe(
      at("2026-03-29T01:00Z"),
    );
    expect(transitionBetween("Europe/Paris", at("2026-05-01T00:00Z"), at("2026-05-02T00:00Z"))).toBeNull();
  });
});

describe("wall times", () => {
  it("have one instant on an ordinary day", () => {
    expect(firstInstantOf("America/New_York", at("2026-07-04T09:00Z"))).toBe(at("2026-07-04T13:00Z"));
  });

  it("in a gap mean its end, in an overlap the first time", () => {
    expect(firstInstantOf("Europe/Paris", at("2026-03-29T02:30Z"))).toBe(at("2026-03-29T01:00Z"));
    expect(firstInstantOf("Europe/Paris", at("2026-10-25T02:30Z"))).toBe(at("2026-10-25T00:30Z"));
    expect(firstInstantOf("Europe/Paris", at("2026-10-25T03:00Z"))).toBe(at("2026-10-25T02:00Z"));
  });

  it("of a day that was skipped as a whole mean the next one", () => {
    expect(firstInstantOf("Pacific/Apia", at("2011-12-30T12:00Z"))).toBe(at("2011-12-30T10:00Z"));
  });

  it("are remembered in the second half of an overlap", () => {
    expect(latestWallAt("Europe/Paris", at("2026-10-25T01:10Z"))).toBe(at("2026-10-25T03:00Z") - 1);
    expect(latestWallAt("Europe/Paris", at("2026-10-25T02:10Z"))).toBe(at("2026-10-25T03:10Z"));
  });
});
