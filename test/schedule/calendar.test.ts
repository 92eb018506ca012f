import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesCron, nextFireTimes, previousFireTime, startInstant } from "../../src/schedule/calendar.ts";
import { type Cron, parseCron } from "../../src/schedule/cron.ts";
import { latestWallAt, transitionBetween, wallAt } from "../../src/schedule/timezone.ts";
import { cronText } from "./cron-text.ts";

function cron(text: string): Cron {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.cron;
}

const short = (date: Date | null) => date?.toISOString().replace(":00.000Z", "Z") ?? null;
const next = (text: string, zone: string, after: string, count: number, start?: string) =>
  nextFireTimes(cron(text), zone, new Date(after), count, start).map(short);
const previous = (text: string, zone: string, before: string) =>
  short(previousFireTime(cron(text), zone, new Date(before)));

describe("nextFireTimes", () => {
  it("excludes the instant itself and crosses months and years", () => {
    expect(next("0 2 * * *", "UTC", "2026-12-30T02:00Z", 3)).toEqual([
      "2026-12-31T02:00Z",
      "2027-01-01T02:00Z",
      "2027-01-02T02:00Z",
    ]);
    expect(next("0 2 * * *", "UTC", "2026-12-30T01:59:59.999Z", 1)).toEqual(["2026-12-30T02:00Z"]);
  });

  it("reads the clock of the zone", () => {
    expect(next("0 2 * * *", "Europe/Paris", "2026-06-30T12:00Z", 1)).toEqual(["2026-07-01T00:00Z"]);
  });

  it("joins two restricted day fields by or, else by and", () => {
    expect(next("0 0 13 * FRI", "UTC", "2026-11-07T00:00Z", 3)).toEqual([
      "2026-11-13T00:00Z",
      "2026-11-20T00:00Z",
      "2026-11-27T00:00Z",
    ]);
    expect(next("0 0 1-31 * FRI", "UTC", "2026-11-07T00:00Z", 2)).toEqual(["2026-11-13T00:00Z", "2026-11-20T00:00Z"]);
  });

  it("finds leap days, also over a century without one", () => {
    expect(next("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", 1)).toEqual(["2104-02-29T00:00Z"]);
  });

  it("gives nothing for a day that never comes", () => {
    expect(next("0 0 30 2 *", "Europe/Paris", "2026-01-01T00:00Z", 5)).toEqual([]);
    expect(next("* * 31 4,6 *", "Europe/Paris", "2026-01-01T00:00Z", 5)).toEqual([]);
    expect(previous("0 0 30 2 *", "UTC", "2026-01-01T00:00Z")).toBeNull();
    expect(previous("* * 30 2 *", "Europe/Paris", "2026-01-01T00:00Z")).toBeNull();
  });

  it("fires nothing before the start, and at the start itself", () => {
    expect(next("0 0 * * *", "Europe/Paris", "2025-01-01T00:00Z", 1, "2026-01-01")).toEqual(["2025-12-31T23:00Z"]);
    expect(next("0 0 * * *", "UTC", "2025-01-01T00:00Z", 1, "2026-01-01T00:00:01Z")).toEqual(["2026-01-02T00:00Z"]);
    expect(next("0 0 * * *", "UTC", "2027-01-01T00:00Z", 1, "2026-01-01")).toEqual(["2027-01-02T00:00Z"]);
  });
});

describe("where clocks go forward (Paris, 2026-03-29, 02:00 to 03:00)", () => {
  it("fires a skipped time once, at the end of the gap", () => {
    expect(next("30 2 * * *", "Europe/Paris", "2026-03-28T00:00Z", 3)).toEqual([
      "2026-03-28T01:30Z",
      "2026-03-29T01:00Z",
      "2026-03-30T00:30Z",
    ]);
    expect(next("0,30 2,3 * * *", "Europe/Paris", "2026-03-29T00:00Z", 2)).toEqual([
      "2026-03-29T01:00Z",
      "2026-03-29T01:30Z",
    ]);
    expect(previous("30 2 * * *", "Europe/Paris", "2026-03-29T12:00Z")).toBe("2026-03-29T01:00Z");
  });

  it("fires every real hour when the hour is open", () => {
    expect(next("@hourly", "Europe/Paris", "2026-03-28T23:30Z", 3)).toEqual([
      "2026-03-29T00:00Z",
      "2026-03-29T01:00Z",
      "2026-03-29T02:00Z",
    ]);
  });
});

describe("where clocks go back (Paris, 2026-10-25, 03:00 to 02:00)", () => {
  it("fires a repeated time the first time only", () => {
    expect(next("30 2 * * *", "Europe/Paris", "2026-10-24T12:00Z", 2)).toEqual([
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ]);
    expect(next("30 2 * * *", "Europe/Paris", "2026-10-25T00:45Z", 1)).toEqual(["2026-10-26T01:30Z"]);
    expect(next("30 2 * * *", "Europe/Paris", "2026-10-25T01:10Z", 1)).toEqual(["2026-10-26T01:30Z"]);
    expect(previous("30 2 * * *", "Europe/Paris", "2026-10-25T01:10Z")).toBe("2026-10-25T00:30Z");
  });

  it("fires every real hour when the hour is open", () => {
    expect(next("15 * * * *", "Europe/Paris", "2026-10-24T23:30Z", 4)).toEqual([
      "2026-10-25T00:15Z",
      "2026-10-25T01:15Z",
      "2026-10-25T02:15Z",
      "2026-10-25T03:15Z",
    ]);
    expect(previous("15 * * * *", "Europe/Paris", "2026-10-25T01:15Z")).toBe("2026-10-25T00:15Z");
    expect(previous("15 * * * *", "Europe/Paris", "2026-10-25T01:16Z")).toBe("2026-10-25T01:15Z");
  });

  it("finds the second pass of a last matching hour from far away", () => {
    // Brazil went back from midnight to 23:00, so the last hour of 17 February 2018 came twice.
    expect(previous("30 * 17 2 *", "America/Sao_Paulo", "2018-12-01T00:00Z")).toBe("2018-02-18T02:30Z");
    // Cuba goes back at 01:00, so the first hour of 1 November 2026 comes twice.
    expect(next("30 * 1 11 *", "America/Havana", "2026-06-01T00:00Z", 3)).toEqual([
      "2026-11-01T04:30Z",
      "2026-11-01T05:30Z",
      "2026-11-01T06:30Z",
    ]);
  });
});

describe("startInstant", () => {
  it.each([
    ["2026-01-31", "2026-01-30T23:00Z"],
    ["2026-01-31T06:00", "2026-01-31T05:00Z"],
    ["2026-01-31 06:00:00", "2026-01-31T05:00Z"],
    ["2026-01-31T06:00Z", "2026-01-31T06:00Z"],
    ["2026-01-31T06:00+02:00", "2026-01-31T04:00Z"],
  ])("reads %s in Paris", (text, expected) => {
    const instant = startInstant(text, "Europe/Paris");
    expect(instant === null ? null : short(new Date(instant))).toBe(expected);
  });

  it.each(["", "soon", "2026-13-01", "31.01.2026", "2026-01-31T25:00"])("refuses %j", (text) =>
    expect(startInstant(text, "UTC")).toBeNull(),
  );
});

const zones = [
  "UTC",
  "Europe/Paris",
  "America/New_York",
  "America/Havana",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Africa/Casablanca",
  "Pacific/Apia",
];
const zone = fc.constantFrom(...zones);
const instant = fc.date({ min: new Date("2010-01-01"), max: new Date("2035-01-01"), noInvalidDate: true });

/** True where the clock has just been put forward or back: at the end of a gap skipped times fire. */
const isChange = (name: string, at: Date) => transitionBetween(name, at.getTime() - 1, at.getTime()) !== null;

describe("any schedule in any zone", () => {
  it("fires at strictly rising instants whose fields match", () => {
    fc.assert(
      fc.property(cronText, zone, instant, (text, name, after) => {
        const parsed = cron(text);
        let last = after.getTime();
        for (const at of nextFireTimes(parsed, name, after, 6)) {
          expect(at.getTime()).toBeGreaterThan(last);
          expect(matchesCron(parsed, name, at) || (parsed.hour.restricted && isChange(name, at))).toBe(true);
          last = at.getTime();
        }
      }),
      { numRuns: 300 },
    );
  });

  it("looks back to what it looked forward to", () => {
    fc.assert(
      fc.property(cronText, zone, instant, (text, name, after) => {
        const parsed = cron(text);
        const times = nextFireTimes(parsed, name, after, 4);
        for (const [index, at] of times.entries()) {
          const before = previousFireTime(parsed, name, at);
          if (index > 0) expect(before).toEqual(times[index - 1]);
          else expect(before === null || before <= after).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  /** Changes of the clock: forward and back, by an hour and by half of one, at night and at midnight. */
  const changes = [
    ["Europe/Paris", "2026-03-29T01:00Z"],
    ["Europe/Paris", "2026-10-25T01:00Z"],
    ["America/Havana", "2026-11-01T05:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00Z"],
    ["Australia/Lord_Howe", "2026-10-03T15:30Z"],
  ] as const;

  it("misses nothing around a change of the clock, as a walk through minutes shows", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        cronText,
        fc.integer({ min: -180, max: 120 }),
        ([name, change], text, shift) => {
          const parsed = cron(text.replace(/^(\S+) \S+ \S+ \S+ \S+/, "$1 * * * *"));
          const from = Date.parse(change) + shift * 60_000;
          const walked = Array.from({ length: 180 }, (_, index) => new Date(from + (index + 1) * 60_000)).filter((at) =>
            matchesCron(parsed, name, at),
          );
          expect(nextFireTimes(parsed, name, new Date(from), walked.length)).toEqual(walked);
        },
      ),
    );
  });

  it("with fixed hours fires when the clock first shows or passes a matching time, as a walk through minutes shows", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        cronText,
        fc.integer({ min: -300, max: 120 }),
        ([name, change], text, shift) => {
          const parsed = cron(text.replace(/^(\S+) \S+ \S+ \S+ \S+/, "$1 0-4,22,23 * * *"));
          const from = Date.parse(change) + shift * 60_000;
          let shown = Math.floor(latestWallAt(name, from) / 60_000) * 60_000;
          const walked: Date[] = [];
          for (let at = from + 60_000; at <= from + 300 * 60_000; at += 60_000) {
            const latest = Math.max(shown, wallAt(name, at));
            const passed = Array.from(
              { length: (latest - shown) / 60_000 },
              (_, index) => new Date(shown + (index + 1) * 60_000),
            );
            if (passed.some((wall) => matchesCron(parsed, "UTC", wall))) walked.push(new Date(at));
            shown = latest;
          }
          expect(nextFireTimes(parsed, name, new Date(from), walked.length)).toEqual(walked);
          expect(previousFireTime(parsed, name, new Date(from + 300 * 60_000 + 1))).toEqual(
            walked.at(-1) ?? expect.anything(),
          );
        },
      ),
    );
  });
});
