import { describe, expect, it } from "vitest";
import { widthOf } from "../../src/view/layout.ts";
import { dataText, fieldsText, jsonText, rowsText } from "../../src/view/run/data-text.ts";
import { tableText } from "../../src/view/table.ts";

const plain = { width: 80, color: false };
const lines = (text: string) => text.trimEnd().split("\n");

describe("a table", () => {
  it("puts numbers to the right, also those that come as text, and texts to the left", () => {
    const text = rowsText(
      [
        { id: 1, total: "12.50", name: "a" },
        { id: 200, total: "-3", name: "long name" },
      ],
      plain,
    );
    expect(lines(text)).toEqual([" id  total  name", "  1  12.50  a", "200     -3  long name"]);
  });

  it("shows null dim, also in a column of numbers, and nested values as compact JSON", () => {
    const text = rowsText(
      [
        { n: null, x: { a: [1, 2] } },
        { n: 12345, x: null },
      ],
      { width: 80, color: true },
    );
    expect(text).toContain(" \u001b[2mnull\u001b[22m  ");
    expect(text).toContain('{"a":[1,2]}');
  });

  it("takes the fields of all rows, in the order in which they first come", () => {
    expect(lines(rowsText([{ a: 1 }, { b: "x", a: 2 }], plain))).toEqual(["a  b", "1  null", "2  x"]);
  });

  it("cuts cells with an ellipsis so that no line is wider than the terminal", () => {
    const row = { id: "abcdef0123456789", one: "x".repeat(300), two: "y".repeat(300), three: "short" };
    const shown = lines(rowsText([row], { width: 60, color: false }));
    for (const line of shown) expect(widthOf(line)).toBeLessThanOrEqual(60);
    expect(shown[1]).toContain("abcdef0123456789");
    expect(shown[1]).toMatch(/x…\s+y+…\s+short$/);
  });

  it("counts wide characters as two columns, also where it cuts", () => {
    const shown = lines(rowsText([{ a: "日本語".repeat(20), b: "z" }], { width: 40, color: false }));
    expect(widthOf(shown[1] ?? "")).toBeLessThanOrEqual(40);
    expect(shown[1]).toMatch(/…\s+z$/);
  });

  it("names the columns for which there is no room", () => {
    const columns = Array.from({ length: 30 }, (_, index) => ({ title: `column_${index}` }));
    const shown = lines(tableText(columns, [columns.map(() => "a long value")], { width: 50, color: false }));
    for (const line of shown.slice(0, 2)) expect(widthOf(line)).toBeLessThanOrEqual(50);
    expect(shown.at(-1)).toMatch(/^\(\d+ more columns: column_\d+, .*column_29; --json shows them\)$/);
  });

  it("spells out what would move the cursor", () => {
    expect(rowsText([{ "a\u001b[2J": "b\r\nc" }], plain)).toBe("a\\u{1b}[2J\nb\\u{d}\\u{a}c\n");
  });
});

describe("data", () => {
  it("shows one nested object as its fields, with a table of columns in it", () => {
    const table = {
      Name: "orders",
      CreatedAt: null,
      Schema: { SchemaType: "csv", Columns: [{ Name: "id", Type: "bigint" }] },
      Partitions: [],
    };
    expect(lines(dataText([table], plain))).toEqual([
      "Name        orders",
      "CreatedAt   null",
      "Schema",
      "  SchemaType  csv",
      "  Columns",
      "    Name  Type",
      "    id    bigint",
      "Partitions  none",
    ]);
  });

  it("shows one flat row as a table, and no rows as nothing", () => {
    expect(dataText([{ one: 1 }], plain)).toBe("one\n  1\n");
    expect(dataText([], plain)).toBe("");
  });

  it("gives a list a line for each item when it is too long for one", () => {
    const names = Array.from({ length: 20 }, (_, index) => `table_${index}`);
    expect(fieldsText({ Tables: ["a", "b"] }, plain)).toBe("Tables  a, b\n");
    expect(lines(fieldsText({ Tables: names }, plain)).slice(0, 3)).toEqual(["Tables", "  table_0", "  table_1"]);
  });

  it("escapes in JSON what a terminal would obey, so that it stays the same JSON", () => {
    const value = { text: "a\u009b\u202eb\u001b", list: [1] };
    expect(jsonText(value)).not.toMatch(/[\u009b\u202e\u001b]/);
    expect(JSON.parse(jsonText(value))).toEqual(value);
  });
});
