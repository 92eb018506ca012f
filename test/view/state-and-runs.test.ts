import { describe, expect, it } from "vitest";
import type { RunRecord, StepRecord } from "../../src/model/run.ts";
import { doctorJson, doctorText } from "../../src/view/doctor.ts";
import { initText } from "../../src/view/project/init-text.ts";
import { runWithSteps } from "../../src/view/run/runs-json.ts";
import { durationOf, runsText, runText } from "../../src/view/run/runs-text.ts";
import { chosenRows, entryText, stateListText } from "../../src/view/state/state-text.ts";
import { valueLines } from "../../src/view/value-text.ts";

const plain = { width: 100, color: false };
const now = new Date("2026-01-01T00:01:00Z");
const run: RunRecord = {
  id: "20260101-000000-abcdef",
  key: "k",
  address: "deployment.x",
  state: "running",
  at: "2026-01-01T00:00:00.000Z",
  startedAt: "2026-01-01T00:00:00.000Z",
  bundle: "b",
  environment: "prod",
};
const step: StepRecord = {
  step: "a",
  operator: "table:query",
  attempt: 1,
  state: "failed",
  tries: 3,
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:00:02.500Z",
  outputs: { path: "out/\u001b[31m", rows: 2 },
  info: ["Wrote."],
  warnings: ["Slow."],
  error: { code: "invalid", message: "No such column." },
};

describe("valueLines", () => {
  it("lays out nested values, lists and what is empty", () => {
    const value = { a: 1, long: "x\n", list: ["p", "q"], none: [], deep: { b: null, items: [{ c: true }, "d"] } };
    expect(valueLines(value, "")).toEqual([
      "a     1",
      "long  x\\u{a}",
      "list  p, q",
      "none  (none)",
      "deep",
      "  b  null",
      "  items",
      "    - c  true",
      "    - d",
    ]);
  });
});

describe("state", () => {
  it("lists by kind and cuts nothing", () => {
    const rows = [
      { address: "config.6", client: null, status: "applied" as const },
      { address: `table.sales.${"x".repeat(200)}`, client: "local", status: "failed" as const },
      { address: "database.sales", client: "local", status: "applied" as const },
    ];
    const text = stateListText(chosenRows(rows, () => true)).split("\n");
    expect(text.map((line) => line.split(/ +/)[0])).toEqual([
      "Address",
      "config.6",
      "database.sales",
      rows[1]?.address,
    ]);
    expect(text[3]).toMatch(/x {2}table {5}local {3}failed$/);
    expect(chosenRows(rows, (address) => address.startsWith("d"))).toEqual([rows[2]]);
  });

  it("shows the status of an entry first", () => {
    const entry = { status: "failed", digest: "d", declared: { name: "x" }, depends_on: [] } as const;
    expect(entryText("database.x", entry).split("\n").slice(0, 3)).toEqual([
      "database.x",
      "  status      failed",
      "  depends_on  (none)",
    ]);
  });
});

describe("runs", () => {
  it("counts on while a run goes on, and not for one that a crash left", () => {
    expect(durationOf(run, now)).toBe(60_000);
    expect(durationOf({ ...run, state: "cancelled" }, now)).toBeUndefined();
    expect(durationOf({ ...step, startedAt: "2026-01-01T00:00:01.000Z" }, now)).toBe(1500);
    expect(durationOf({ state: "skipped" }, now)).toBeUndefined();
  });

  it("shows one line a run", () => {
    const text = runsText([{ ...run, state: "failed", endedAt: run.startedAt, error: "Broken.\nMore." }], now, plain);
    expect(text.split("\n")[1]).toBe(
      "20260101-000000-abcdef  deployment.x  prod         failed  2026-01-01 00:00:00  0ms   Broken.",
    );
  });

  it("shows steps with tries, reason and outputs, made visible", () => {
    const text = runText(run, [step], now);
    expect(text).toContain("took           1m");
    expect(text).toContain("environment    prod");
    expect(text).toContain(
      "a table:query  failed  3 tries  2.5s\n  No such column. (invalid)\n  Wrote.\n  warning: Slow.",
    );
    expect(text).toContain("path  out/\\u{1b}[31m");
    const skipped: StepRecord = { ...step, state: "skipped", reason: "Not reached.", tries: 0 };
    const { error: _, ...rest } = skipped;
    expect(runText(run, [rest], now)).toContain("skipped  2.5s\n  Not reached.");
  });

  it("has the same facts as JSON", () => {
    expect(JSON.parse(JSON.stringify(runWithSteps(run, [step], now)))).toMatchObject({
      id: run.id,
      state: "running",
      started_at: run.startedAt,
      duration_ms: 60_000,
      environment: "prod",
      steps: [{ step: "a", tries: 3, duration_ms: 2500, error: { code: "invalid" }, outputs: { rows: 2 } }],
    });
  });
});

describe("doctor", () => {
  const findings = [
    { status: "ok", subject: "node", detail: "20" },
    { status: "warn", subject: "scratch", detail: "Small." },
    { status: "fail", subject: "state", detail: "Broken." },
  ] as const;

  it("has a line each and a sum", () => {
    expect(doctorText(findings, plain)).toBe(
      "ok    node     20\nwarn  scratch  Small.\nfail  state    Broken.\n\n1 ok, 1 to review, 1 failed.",
    );
    expect(doctorText(findings.slice(0, 1), plain)).toContain("Everything is fine.");
    expect(doctorText(findings, { ...plain, color: true })).toContain("\u001b[31mfail\u001b[39m");
  });

  it("is not ok when something failed", () => {
    expect(doctorJson(findings).ok).toBe(false);
    expect(doctorJson(findings.slice(0, 2)).ok).toBe(true);
  });
});

it("says what init wrote and what to do, for a directory that a shell takes", () => {
  const text = initText({ written: ["mason.yaml"], kept: [".gitignore"], directory: "my sales" });
  expect(text).toContain("  + mason.yaml\n    .gitignore  (exists, left unchanged)");
  expect(text).toContain("\"mason plan 'my sales'\"");
});
