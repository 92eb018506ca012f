/** Times that are finer, or of other years, than an engine holds: the column is a text, and a note says so. */
import { describe, expect, test } from "vitest";
import { columnsText, reading } from "./memory.ts";

const fine = "2024-01-01T10:00:00.123456789";

const forms: Readonly<Record<string, (values: readonly string[]) => string>> = {
  csv: (values) => `id,t\n${values.map((value) => `1,${value}\n`).join("")}`,
  json: (values) => JSON.stringify(values.map((t) => ({ id: 1, t }))),
  jsonl: (values) => values.map((t) => `${JSON.stringify({ id: 1, t })}\n`).join(""),
};

describe.each(Object.keys(forms))("%s", (format) => {
  const found = async (...values: readonly string[]) => {
    const { columns, notes } = await reading({ [`t/a.${format}`]: forms[format]?.(values) ?? "" });
    return { type: columnsText(columns).replace("id bigint, t ", ""), notes };
  };

  test.each([
    [[`${fine}Z`], "string"],
    [["2024-01-01T10:00:00Z", `${fine}+05:30`], "string"],
    [["2024-01-01T10:00:00.123456000Z"], "timestamp with time zone"],
    [["2024-01-01T10:00:00.123456Z"], "timestamp with time zone"],
    [[fine], "timestamp(9)"],
    [[fine, "2262-04-01 00:00:00"], "string"],
    [[fine, "1500-01-01"], "string"],
    [["2024-01-01T10:00:00.123456000", "2500-01-01 00:00:00"], "timestamp"],
    [["2500-01-01 00:00:00"], "timestamp"],
    [["10:00:00", "11:30:00.5"], "string"],
  ])("%j is %s", async (values, type) => {
    expect((await found(...values)).type).toBe(type);
  });

  test("a note tells why the column is a text", async () => {
    expect((await found(`${fine}Z`)).notes).toContain(
      '"t" holds timestamp with time zone and fractions of a second finer than microseconds; it is read as string.',
    );
    expect((await found(fine, "2500-01-01 00:00:00")).notes).toContain(
      '"t" holds timestamp and fractions of a second finer than microseconds and years before 1678 or after 2261; it is read as string.',
    );
    expect((await found(fine)).notes).toEqual([]);
    expect((await found("10:00:00")).notes).toEqual([]);
  });

  test("nanoseconds in one file and years beyond them in another are a text", async () => {
    const { columns, notes } = await reading({
      [`t/a.${format}`]: forms[format]?.([fine]) ?? "",
      [`t/b.${format}`]: forms[format]?.(["2500-01-01 00:00:00"]) ?? "",
    });
    expect(columnsText(columns)).toBe("id bigint, t string");
    expect(notes).toContain('Column "t" is timestamp(9) in some files and timestamp in others; it is read as string.');
  });
});
