import { expect, test } from "vitest";
import { nameInCatalog } from "../../src/sql/table-name.ts";

test.each([
  [["t"], "hive", ["t"]],
  [["s", "t"], "hive", ["s", "t"]],
  [["hive", "s", "t"], "hive", ["s", "t"]],
  [["HIVE", "s", "t"], "hive", ["s", "t"]],
  [["hive", "s", "t"], "Hive", ["s", "t"]],
  [["tpch", "s", "t"], "hive", null],
  // The catalog of a client is no database of it.
  [["hive", "t"], "hive", ["hive", "t"]],
  // An engine without catalogs has its own way with such names.
  [["a", "b", "c"], undefined, ["a", "b", "c"]],
])("%j in the catalog %j", (parts, catalog, expected) => {
  expect(nameInCatalog(parts, catalog)).toEqual(expected);
});
