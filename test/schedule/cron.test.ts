import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cron, describeCron, formatCron, parseCron } from "../../src/schedule/cron.ts";
import { cronText } from "./cron-text.ts";

function cron(text: string): Cron {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.cron;
}

function problem(text: string): string {
  const parsed = parseCron(text);
  return parsed.ok ? "" : parsed.message;
}

describe("parseCron", () => {
  it("reads lists, ranges, steps and names", () => {
    const parsed = cron("*/20 1-5/2,22 1,15 jan-mar MON,fri");
    expect(parsed.minute.values).toEqual([0, 20, 40]);
    expect(parsed.hour.values).toEqual([1, 3, 5, 22]);
    expect(parsed.dayOfMonth.values).toEqual([1, 15]);
    expect(parsed.month.values).toEqual([1, 2, 3]);
    expect(parsed.dayOfWeek.values).toEqual([1, 5]);
  });

  it("reads Sunday as 0, as 7 and as the end of a range", () => {
    expect(cron("0 0 * * 7").dayOfWeek.values).toEqual([0]);
    expect(cron("0 0 * * 5-7").dayOfWeek.values).toEqual([0, 5, 6]);
    expect(cron("0 0 * * SAT-SUN").dayOfWeek.values).toEqual([0, 6]);
    expect(cron("0 0 * * 0-7").dayOfWeek.restricted).toBe(false);
  });

  it("counts a step from a number to the end of the field", () => {
    expect(cron("10/20 * * * *").minute.values).toEqual([10, 30, 50]);
  });

  it("knows the macros", () => {
    expect(formatCron(cron("@daily"))).toBe("0 0 * * *");
    expect(formatCron(cron("@midnight"))).toBe("0 0 * * *");
    expect(formatCron(cron("@Weekly"))).toBe("0 0 * * 0");
    expect(formatCron(cron("@annually"))).toBe(formatCron(cron("@yearly")));
  });

  it("says that a field with all of its values restricts nothing", () => {
    const parsed = cron("0-59 */2 * 1-12 *");
    expect([parsed.minute, parsed.hour, parsed.month].map(({ restricted }) => restricted)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it.each([
    ["61 * * * *", 'the minute "61" is not in 0-59.'],
    ["* 24 * * *", 'the hour "24" is not in 0-23.'],
    ["* * 0 * *", 'the day of month "0" is not in 1-31.'],
    ["* * * FOO *", 'the month "FOO" is not in 1-12 or JAN-DEC.'],
    ["* * * * 8", 'the day of week "8" is not in 0-7 or SUN-SAT.'],
    ["*/0 * * * *", 'the step "/0" of the minute is not in 1-59.'],
    ["* 5-3 * * *", 'the range "5-3" of the hour runs backwards.'],
    ["* 1-99 * * *", 'the hour "99" is not in 0-23.'],
    ["* * * *", "it has 4 fields instead of five."],
    ["", "it has 0 fields instead of five."],
    ["* * * * * *", "it has 6 fields instead of five."],
  ])("refuses %j", (text, message) => expect(problem(text)).toBe(message));

  it.each(["1- * * * *", "*-5 * * * *", "1,,2 * * * *", "1/x * * * *", "-5 * * * *", "1-2-3 * * * *"])(
    "refuses %j as unreadable",
    (text) => expect(problem(text)).toContain("can't be read; allowed are 0-59"),
  );

  it("names the macros for an unknown one", () => {
    expect(problem("@dayly")).toContain("@daily");
    expect(problem("@toString")).toContain("@daily");
  });

  it("reads what it prints as the same", () => {
    fc.assert(
      fc.property(cronText, (text) => {
        const parsed = cron(text);
        expect(cron(formatCron(parsed))).toEqual(parsed);
      }),
    );
  });
});

describe("describeCron", () => {
  it.each([
    ["@daily", "daily"],
    ["30 2 * * *", "daily"],
    ["@hourly", "hourly"],
    ["5 * * * *", "hourly"],
    ["*/15 * * * *", "every 15 minutes"],
    ["5,20,35,50 * * * *", "every 15 minutes"],
    ["* * * * *", "every minute"],
    ["0 */6 * * *", "every 6 hours"],
    ["@weekly", "weekly"],
    ["0 9 * * MON", "weekly"],
    ["@monthly", "monthly"],
    ["@yearly", "yearly"],
    ["*/7 * * * *", "*/7 * * * *"],
    ["0 9 * * mon-fri", "0 9 * * MON-FRI"],
    ["0 9 1 * MON", "0 9 1 * MON"],
    ["0 9-17 * * *", "0 9-17 * * *"],
  ])("says of %s: %s", (text, words) => expect(describeCron(cron(text))).toBe(words));
});
