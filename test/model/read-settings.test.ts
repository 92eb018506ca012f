import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPattern, readCsvSettings, readFileSettings } from "../../src/model/read-settings.ts";

describe("csv", () => {
  test("settings keep their exact form", () => {
    const csv = {
      delimiter: "~",
      header: false,
      quote: "",
      escape: "\\",
      null: ["", "NA"],
      encoding: "utf-16",
      skip: 0,
      decimal: ",",
      date_format: "%d.%m.%Y",
      timestamp_format: "%Y%m%d %H:%M:%S.%f",
    };
    expect(readCsvSettings(csv)).toEqual({ ok: true, value: csv });
  });

  test("words of the command line become values", () => {
    expect(readCsvSettings({ header: "false", skip: "2", null: "NA", delimiter: "\\t" })).toEqual({
      ok: true,
      value: { header: false, skip: 2, null: ["NA"], delimiter: "\t" },
    });
  });

  test.each([
    [{ delimiter: "ab" }],
    [{ delimiter: "" }],
    [{ delimiter: "\n" }],
    [{ header: "yes" }],
    [{ skip: -1 }],
    [{ skip: 1.5 }],
    [{ encoding: "ascii" }],
    [{ decimal: "'" }],
    [{ date_format: "%Q" }],
    [{ date_format: "dd.mm" }],
    [{ timestamp_format: "%Y %" }],
    [{ null: [1] }],
    [{ delimeter: "," }],
    [{ delimiter: "'", quote: "'" }],
    [{ delimiter: ",", decimal: "," }],
    ["x"],
    [[]],
  ])("%j is refused with what is wrong", (value) => {
    const found = readCsvSettings(value);
    expect(found.ok ? [] : found.problems).toHaveLength(1);
  });
});

test("files takes globs alone", () => {
  expect(readFileSettings({ include: "*.csv", exclude: ["a", "b"] })).toEqual({
    ok: true,
    value: { include: ["*.csv"], exclude: ["a", "b"] },
  });
  expect(readFileSettings({ include: [] }).ok).toBe(false);
  expect(readFileSettings({ only: "x" }).ok).toBe(false);
});

test("a date that has the format fits its pattern, and one of another form does not", () => {
  const pad = (value: number, size = 2) => String(value).padStart(size, "0");
  fc.assert(
    fc.property(
      fc.date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
      fc.constantFrom(".", "/", "-", " "),
      (day, gap) => {
        const [y, m, d] = [pad(day.getUTCFullYear(), 4), pad(day.getUTCMonth() + 1), pad(day.getUTCDate())];
        const pattern = formatPattern(["%d", "%m", "%Y"].join(gap));
        expect(pattern?.test([d, m, y].join(gap))).toBe(true);
        expect(pattern?.test([y, m, d].join(gap))).toBe(false);
        expect(pattern?.test([d, m, `${y}x`].join(gap))).toBe(false);
      },
    ),
  );
});
