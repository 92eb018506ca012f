import fc from "fast-check";
import { expect, test } from "vitest";
import { createEngineSource } from "../../src/command/engines.ts";
import type { Execution } from "../../src/engine/execution.ts";
import { dialectOf } from "../../src/operator/source/source.ts";
import type { Manifest, Provider } from "../../src/provider/contract.ts";
import { createRegistry } from "../../src/provider/registry.ts";
import { bindSql } from "../../src/sql/bind.ts";
import { dialectNames, requireDialect } from "../../src/sql/dialect.ts";

const manifestOf = (dialect: string): Manifest => ({
  name: "odd",
  description: "A provider of a test",
  engines: { execution: ["submit"] },
  settings: {},
  execution: { dialect, takes: "statements", detached: true, find: "none", sources: [] },
  identity: () => ({}),
});

const provider = (dialect: string, spoken = dialect): Provider => ({
  manifest: manifestOf(dialect),
  load: async () => ({ manifest: manifestOf(dialect), execution: () => ({ dialect: spoken }) as Execution }),
});

test.each(["sparc", "Spark", "DuckDB", "", "duckdb ", "__proto__"])(
  "a provider of the dialect %j gets into no registry",
  (dialect) => {
    expect(() => createRegistry([provider(dialect)])).toThrow(/^Provider "odd" writes SQL in the dialect ".*", which/);
    expect(() => dialectOf({ configId: "1", execution: { dialect } as Execution })).toThrow("There is no SQL dialect");
  },
);

test("a misspelt dialect is told the right one", () => {
  expect(() => createRegistry([provider("sparc")])).toThrow('Did you mean "spark"?');
});

test.each(dialectNames)("a provider of the dialect %s is known", (dialect) => {
  expect(createRegistry([provider(dialect)]).names).toEqual(["odd"]);
});

test("an engine that speaks another dialect than its manifest says is refused when it is made", async () => {
  const config = {
    id: "1",
    clients: { c: { name: "c", provider: "odd", configuration: {} } },
    engines: { execution: "c" },
  };
  const engines = (spoken: string) =>
    createEngineSource({
      registry: createRegistry([provider("spark", spoken)]),
      projectRoot: "/nowhere",
      variables: {},
      now: () => new Date(0),
      newId: () => "1",
      user: "somebody",
      purpose: "check",
      lookup: () => undefined,
    } as never).ofConfig(config as never);
  await expect(engines("duckdb")).rejects.toThrow('speaks the dialect "duckdb", but its manifest says "spark"');
  expect((await engines("spark")).execution?.dialect).toBe("spark");
});

/** The texts of the strings of a statement, read by the rules of a dialect's manual and not by our scanner. */
function strings(sql: string, backslash: boolean): readonly string[] {
  const pattern = backslash ? /'((?:[^'\\]|\\[\s\S]|'')*)'/g : /'((?:[^']|'')*)'/g;
  return [...sql.matchAll(pattern)].map(([, text = ""]) =>
    backslash ? text.replaceAll(/\\([\s\S])|''/g, (_, next) => next ?? "'") : text.replaceAll("''", "'"),
  );
}

test("a value stays within its quotes under the rules of its own dialect, with backslashes too", () => {
  const hostile = fc.array(fc.constantFrom("\\", "'", '"', "`", "--", "/*", "x", ";", "\n", "$$", "é"), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.constantFrom(...dialectNames), hostile, (name, pieces) => {
      const value = pieces.join("");
      const bound = bindSql("SELECT $v AS a, 'end' AS b", { v: { type: "string", value } }, requireDialect(name));
      const backslash = ["spark", "hive", "redshift"].includes(name);
      expect(strings(bound.ok ? bound.sql : "", backslash)).toEqual([value, "end"]);
    }),
    { numRuns: 500 },
  );
});
