import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, digest, type Json, prettyJson, sameJson } from "../src/json.ts";

const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<Json>;

/** The same value with the keys of its objects the other way round. */
function reversed(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => reversed(item as Json));
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item ?? null)]),
  );
}

test("the canonical text is JSON of the same value, and one for all orders of keys", () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonical(value);
      expect(sameJson(JSON.parse(text), JSON.parse(JSON.stringify(value)))).toBe(true);
      expect(canonical(reversed(value))).toBe(text);
      expect(digest(reversed(value))).toBe(digest(value));
      expect(prettyJson(reversed(value))).toBe(prettyJson(value));
      expect(JSON.parse(prettyJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 500 },
  );
});

/** The canonical text, made the plain way. */
function plainText(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => plainText(item as Json)).join(",")}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${plainText(item ?? null)}`).join(",")}}`;
}

test("values whose keys are in order already have the same text as those made the plain way", () => {
  const numbered = fc.dictionary(fc.constantFrom("9", "10", "1", "a", "B", "__proto__", "toJSON", ""), json);
  fc.assert(
    fc.property(fc.oneof(json, numbered as fc.Arbitrary<Json>), (value) => {
      expect(canonical(value)).toBe(plainText(value));
      expect(canonical(JSON.parse(plainText(value)))).toBe(plainText(value));
      expect(canonical({ b: value, a: [value] })).toBe(plainText({ a: [value], b: value }));
    }),
    { numRuns: 500 },
  );
});

test("every character of a text is written as JSON writes it", () => {
  for (let code = 0; code < 0x300; code++) {
    const text = String.fromCharCode(code);
    expect(canonical(text)).toBe(JSON.stringify(text));
    expect(canonical({ [text]: text })).toBe(JSON.stringify({ [text]: text }));
  }
  for (const text of ["\u2028", "\ud800", "😀"]) expect(canonical(text)).toBe(JSON.stringify(text));
});

test("keys are sorted by code unit, and absent keys left out", () => {
  expect(canonical({ b: 1, a: [2, { z: null, y: undefined }], "10": 0, "9": 0 })).toBe(
    '{"10":0,"9":0,"a":[2,{"z":null}],"b":1}',
  );
});

test("a key that is absent is one whose value is undefined, and no other; what is no number is the same as itself", () => {
  const prototype = JSON.parse('{"__proto__":{}}') as Json;
  expect(sameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(sameJson({ a: 1 }, { b: undefined, a: 1, c: undefined })).toBe(true);
  expect(sameJson({ a: 1, b: undefined }, { a: 1, c: null })).toBe(false);
  expect(sameJson({ toString: {} }, {})).toBe(false);
  expect(sameJson(prototype, {})).toBe(false);
  expect(sameJson(prototype, prototype)).toBe(true);
  expect(sameJson([], {})).toBe(false);
  expect(sameJson(null, {})).toBe(false);
  expect(sameJson({ a: Number.NaN }, { a: Number.NaN })).toBe(true);
});

test("two texts are the same exactly when the values are", () => {
  fc.assert(
    fc.property(json, json, (one, two) => {
      const isSame = JSON.stringify(one) === JSON.stringify(two);
      if (isSame) expect(sameJson(one, two)).toBe(true);
      expect(sameJson(one, two)).toBe(canonical(one) === canonical(two));
      expect(sameJson(one, reversed(one))).toBe(true);
      expect(sameJson({ one, two }, { two: reversed(two), one })).toBe(true);
    }),
  );
});
