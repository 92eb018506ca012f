import fc from "fast-check";
import { expect, test } from "vitest";
import { isObject, type Json, type JsonObject, sameJson } from "../../src/json.ts";
import { fieldChanges, threeWay, withoutIgnored } from "../../src/plan/compare.ts";

const name = fc.constantFrom("a", "b", "c");
const json: fc.Arbitrary<JsonObject> = fc.dictionary(
  name,
  fc.oneof(fc.constantFrom<Json>(1, 2, "x", null, [1], [2, 1]), fc.dictionary(name, fc.constantFrom<Json>(1, 2))),
);

/** The value with the changes applied. */
function changed(value: JsonObject, changes: ReturnType<typeof fieldChanges>): JsonObject {
  let next = value;
  for (const { path, after } of changes) next = put(next, path.split("."), after);
  return next;
}

function put(value: JsonObject, [key = "", ...rest]: readonly string[], after: Json | undefined): JsonObject {
  const { [key]: inner, ...others } = value;
  const next = rest.length === 0 ? after : put(isObject(inner) ? inner : {}, rest, after);
  return next === undefined ? others : { ...others, [key]: next };
}

test("the changes from one value to another turn the first into the second", () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const changes = fieldChanges(before, after);
      expect(sameJson(changed(before, changes), after)).toBe(true);
      expect(changes.length === 0).toBe(sameJson(before, after));
      expect(new Set(changes.map((change) => change.path)).size).toBe(changes.length);
    }),
  );
});

test("an attribute absent on one side has only the other side", () => {
  expect(fieldChanges({ a: 1, b: { c: 1 } }, { b: { c: 1, d: [2] } })).toEqual([
    { path: "a", before: 1 },
    { path: "b.d", after: [2] },
  ]);
});

test("key order and absent keys make no change; the order of a list does", () => {
  expect(fieldChanges({ a: 1, b: 2, c: undefined }, { b: 2, a: 1 })).toEqual([]);
  expect(fieldChanges({ a: [1, 2] }, { a: [2, 1] })).toEqual([{ path: "a", before: [1, 2], after: [2, 1] }]);
});

test("three-way: differences to the declaration, marked if changed outside", () => {
  fc.assert(
    fc.property(json, json, json, (declared, last, real) => {
      const changes = threeWay(declared, last, real);
      expect(changes.map(({ drift: _, ...change }) => change)).toEqual(fieldChanges(real, declared));
      const outside = new Set(fieldChanges(last, real).map((change) => change.path));
      for (const change of changes) expect(change.drift === true).toBe(outside.has(change.path));
    }),
  );
});

test("a value that was never applied is not changed outside", () => {
  expect(threeWay({ a: 1 }, undefined, { a: 2 })).toEqual([{ path: "a", before: 2, after: 1 }]);
});

test("ignored attributes include all below them, and nothing that only shares a prefix", () => {
  const changes = ["columns.a", "columns", "columns_order", "format"].map((path) => ({ path }));
  expect(withoutIgnored(changes, ["columns"]).map((change) => change.path)).toEqual(["columns_order", "format"]);
  expect(withoutIgnored(changes, ["columns.a"]).map((change) => change.path)).toEqual([
    "columns",
    "columns_order",
    "format",
  ]);
});
