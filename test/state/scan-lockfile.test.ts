import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLockfile, printLockfile } from "../../src/state/lockfile.ts";
import { scanLockfile, stateRows } from "../../src/state/scan-lockfile.ts";
import type { Entry, State } from "../../src/state/state.ts";

// Text that looks like the lines that the scan looks for.
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    '\n    "x": {\n',
    '\n      "status": "failed"',
    '": {',
    "\\",
    '"',
    '\n        "provider": "p"',
    "\u2028",
  ),
);
const client = fc.record({
  provider: text,
  identity: fc.constant({ root: "." }),
  settings: fc.dictionary(text, text, { maxKeys: 2 }),
});
const entry: fc.Arbitrary<Entry> = fc.record(
  {
    status: fc.constantFrom("applied" as const, "failed" as const),
    client,
    storage: client,
    digest: text,
    declared: fc.oneof(
      fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 }),
      fc.constant({ provider: "not this", client: { provider: "nor this", status: "applied" }, status: "failed" }),
    ) as fc.Arbitrary<Entry["declared"]>,
    depends_on: fc.array(text, { maxLength: 2 }),
  },
  { requiredKeys: ["status", "digest", "declared", "depends_on"] },
);
const state: fc.Arbitrary<State> = fc
  .record({
    lineage: text,
    serial: fc.nat(),
    lastPlan: fc.oneof(fc.constant(null), text),
    entries: fc.array(fc.tuple(text, entry), { maxLength: 5 }),
  })
  .map(({ entries, ...rest }) => ({ ...rest, resources: new Map(entries) }));

describe("scanLockfile", () => {
  it("finds the same as the parser in any lockfile", () => {
    fc.assert(
      fc.property(state, (value) => {
        const printed = printLockfile(value, "0.1.0");
        const whole = parseLockfile(printed, "mason.lock").value;
        expect(whole).toBeDefined();
        if (whole !== undefined) expect(scanLockfile(printed)).toEqual(stateRows(whole));
      }),
    );
  });

  it("leaves other layouts, damaged files and merge conflicts to the parser", () => {
    const printed = printLockfile({ lineage: "l", serial: 1, lastPlan: null, resources: new Map() }, "0.1.0");
    expect(scanLockfile(printed)).toEqual({ lineage: "l", serial: 1, rows: [] });
    expect(scanLockfile(JSON.stringify(JSON.parse(printed)))).toBeNull();
    expect(scanLockfile(printed.slice(0, -3))).toBeNull();
    expect(scanLockfile(printed.replace('"mason"', '"mason"\n<<<<<<< ours'))).toBeNull();
    expect(scanLockfile(printed.replace('"format": 1', '"format": 2'))).toBeNull();
    const entries =
      '{\n    "config.5": {\n      "digest": ""\n    },\n    "config.6": {\n      "status": "applied"\n    }\n  }';
    expect(scanLockfile(printed.replace("{}", entries))).toBeNull();
  });
});
