import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visible } from "../../src/diagnostic/visible.ts";
import { chop, cut, hang, head, pad, piecesOf, widthOf } from "../../src/view/layout.ts";

const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom(" ", "a", "注文", "🍰", "e\u0301", "\u001b[2J", "\u202e", "\\u{", "\\", "word"),
    ),
    { maxLength: 30 },
  )
  .map((parts) => visible(parts.join("")));
const width = fc.integer({ min: 12, max: 60 });

/** True when both are made of the same whole pieces: nothing was torn. */
const isWhole = (part: string, whole: string) => {
  const known = new Set(piecesOf(whole));
  return piecesOf(part).every((piece) => known.has(piece));
};

describe("cut", () => {
  it.each([
    ["abcdefghij", 8, "abcde..."],
    ["abcdefgh", 8, "abcdefgh"],
    ["注文注文注文", 8, "注文..."],
    ["abc\\u{1b}xyz", 9, "abc..."],
    ["abc\\u{1b}xyzw", 12, "abc\\u{1b}..."],
    ["cafe\u0301s and more", 7, "cafe\u0301..."],
  ])("%s at %i columns is %s", (long, columns, expected) => {
    expect(cut(long, columns)).toBe(expected);
  });

  it("is never wider and tears nothing", () => {
    fc.assert(
      fc.property(text, width, (long, columns) => {
        const short = cut(long, columns);
        expect(widthOf(short)).toBeLessThanOrEqual(columns);
        if (short !== long) expect(isWhole(short.slice(0, -3), long)).toBe(true);
      }),
    );
  });
});

it("chops a text into whole pieces and loses nothing", () => {
  fc.assert(
    fc.property(text, width, (long, columns) => {
      const parts = chop(long, columns);
      expect(parts.join("")).toBe(long);
      expect(parts.every((part) => widthOf(part) <= columns && isWhole(part, long))).toBe(true);
    }),
  );
});

describe("hang", () => {
  it("wraps words below each other", () => {
    expect(hang(head("name  "), "one two three four", 6, 16)).toEqual(["name  one two", "      three four"]);
  });

  it("starts below a head that leaves no room", () => {
    expect(hang(head("a_long_name  "), "one two", 4, 14)).toEqual(["a_long_name", "    one two"]);
  });

  it("never writes a line wider than the width, and loses no word", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 10 }), fc.integer({ min: 24, max: 60 }), (words, indent, columns) => {
        const lines = hang(head("name "), words, indent, columns);
        expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
        const squeezed = (value: string) => value.replace(/\s/g, "");
        expect(squeezed(lines.join(""))).toBe(squeezed(`name ${words}`));
      }),
    );
  });
});

it("pads by columns", () => {
  expect(pad("注文", 6)).toBe("注文  ");
  expect(pad("longer", 3)).toBe("longer");
});
