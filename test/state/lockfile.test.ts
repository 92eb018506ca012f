import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, type JsonObject } from "../../src/json.ts";
import { parseLockfile, printLockfile, requireSerial } from "../../src/state/lockfile.ts";
import { type Entry, emptyState, type State } from "../../src/state/state.ts";

const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) as fc.Arbitrary<JsonObject>;
const client = fc.record({ provider: fc.constantFrom("local", "s3"), identity: json, settings: json });
const entry: fc.Arbitrary<Entry> = fc.record(
  {
    status: fc.constantFrom("applied" as const, "failed" as const),
    digest: fc.string(),
    declared: json,
    depends_on: fc.array(fc.string()),
    client,
    object: json,
    inputs: fc.dictionary(fc.string(), fc.record({ digest: fc.string(), files: fc.nat(), bytes: fc.nat() })),
    lifecycle: fc.record({ prevent_destroy: fc.boolean(), delete_data: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ["status", "digest", "declared", "depends_on"] },
);
const state: fc.Arbitrary<State> = fc.record({
  lineage: fc.string(),
  serial: fc.nat(),
  lastPlan: fc.option(fc.string(), { nil: null }),
  resources: fc.array(fc.tuple(fc.string(), entry)).map((pairs) => new Map(pairs)),
});

test("a printed state is read back, and prints the same again", () => {
  fc.assert(
    fc.property(state, (value) => {
      const text = printLockfile(value, "1.2.3");
      const read = parseLockfile(text, "mason.lock");
      expect(read.diagnostics).toEqual([]);
      expect(printLockfile(read.value ?? emptyState(""), "1.2.3")).toBe(text);
      const content = (resources: State["resources"]) =>
        canonical(Object.fromEntries(resources) as unknown as JsonObject);
      expect(content(read.value?.resources ?? new Map())).toBe(content(value.resources));
    }),
  );
});

test("the text has sorted keys, one key per line, and a final newline, in whatever order the entries came", () => {
  const make = (names: readonly string[]): State => ({
    ...emptyState("lineage"),
    resources: new Map(
      names.map((name) => [name, { status: "applied", digest: "d", declared: { z: 1, a: 2 }, depends_on: [] }]),
    ),
  });
  const text = printLockfile(make(["table.b.t", "config.1"]), "1.0.0");
  expect(text).toBe(printLockfile(make(["config.1", "table.b.t"]), "1.0.0"));
  expect(text.endsWith("}\n")).toBe(true);
  expect(text.split("\n").filter((line) => (line.match(/":/g) ?? []).length > 1)).toEqual([]);
  expect(text.indexOf('"config.1"')).toBeLessThan(text.indexOf('"table.b.t"'));
  expect(text.indexOf('"a"')).toBeLessThan(text.indexOf('"z"'));
});

test("a key is kept even if every object has a property of that name", () => {
  const declared = JSON.parse('{"__proto__": "string", "constructor": "bigint"}');
  const value: State = {
    ...emptyState("lineage"),
    resources: new Map([["table.a.t", { status: "applied", digest: "d", declared, depends_on: [] }]]),
  };
  const read = parseLockfile(printLockfile(value, "1.0.0"), "mason.lock").value?.resources.get("table.a.t")?.declared;
  expect(Object.entries(read ?? {}).sort()).toEqual([
    ["__proto__", "string"],
    ["constructor", "bigint"],
  ]);
});

describe("refused, with what to do:", () => {
  const whole = printLockfile(
    {
      ...emptyState("lineage"),
      resources: new Map([["config.1", { status: "applied", digest: "d", declared: {}, depends_on: [] }]]),
    },
    "1.0.0",
  );
  const cases: readonly (readonly [what: string, text: string, code: string, advice: string])[] = [
    ["conflict markers", whole.replace("{\n", "{\n<<<<<<< ours\n"), "state/merge-conflict", "git checkout"],
    ["the end of a conflict", whole.replace("{\n", "{\n>>>>>>> theirs\n"), "state/merge-conflict", "git checkout"],
    ["an empty file", "", "state/damaged", "Restore it"],
    ["no object", "[]", "state/damaged", "Restore it"],
    ["a newer format", whole.replace('"format": 1', '"format": 2'), "state/newer-format", "Use the version"],
    ["no lineage", whole.replace('"lineage": "lineage",', ""), "state/damaged", "Restore it"],
    ["a serial below 0", whole.replace('"serial": 0', '"serial": -1'), "state/damaged", "between 0 and"],
    [
      "a serial that no file name holds",
      whole.replace('"serial": 0', '"serial": 9007199254740991'),
      "state/damaged",
      "between 0 and",
    ],
    ["a serial that is no number", whole.replace('"serial": 0', '"serial": "0"'), "state/damaged", "Restore it"],
    ["an incomplete entry", whole.replace('"digest": "d",', ""), "state/damaged", "Restore it"],
    ["an unknown status", whole.replace('"applied"', '"done"'), "state/damaged", "Restore it"],
  ];
  test.each(cases)("%s", (_, text, code, advice) => {
    const { value, diagnostics } = parseLockfile(text, "mason.lock");
    expect(value).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
    expect(diagnostics[0]?.detail).toContain(advice);
    expect(diagnostics[0]?.detail).toContain("mason.lock");
  });

  test("a text that ends anywhere too early", () => {
    for (let length = 0; length < whole.trimEnd().length; length++)
      expect(
        parseLockfile(whole.slice(0, length), "mason.lock").value,
        `the first ${length} characters`,
      ).toBeUndefined();
  });

  test("a serial that moved", () => {
    expect(() => requireSerial(2, 1, "mason.lock")).toThrow();
    expect(() => requireSerial(1, 1, "mason.lock")).not.toThrow();
  });
});

test("a value that looks like a conflict marker is not a conflict", () => {
  const value: State = {
    ...emptyState("lineage"),
    resources: new Map([
      ["config.1", { status: "applied", digest: "d", declared: { text: "a\n<<<<<<< b\n=======\n" }, depends_on: [] }],
    ]),
  };
  expect(parseLockfile(printLockfile(value, "1.0.0"), "mason.lock").diagnostics).toEqual([]);
});
