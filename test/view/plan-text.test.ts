import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldChange } from "../../src/plan/field-change.ts";
import { widthOf } from "../../src/view/layout.ts";
import { fireTimesText } from "../../src/view/plan/fire-times.ts";
import { planText } from "../../src/view/plan/plan-text.ts";
import { loadLineDiff, shownDiff } from "../../src/view/plan/text-diff.ts";
import { examplePlans, largePlan } from "../support/example-plans.ts";
import { columnsOf, fakeChange, fakeDrift, fakePlan, fakeStep } from "../support/plan.ts";

const draw = (changes: Parameters<typeof fakePlan>[0], width = 100) =>
  planText(fakePlan(changes), { width, color: false });

describe("a long plan", () => {
  it("lists every change", async () => {
    const text = await planText(largePlan(10_000), { width: 80, color: false });
    expect(text.match(/^ {2}[+~>-] /gm)).toHaveLength(10_000);
  });

  it("leaves out the columns of steps and says so", async () => {
    const text = await planText(largePlan(201), { width: 120, color: false });
    expect(text).not.toContain("id bigint");
    expect(text).toContain("A plan this long omits the columns of steps");
    const short = await planText(largePlan(200), { width: 120, color: false });
    expect(short).toContain("(id bigint, name string)");
    expect(short).not.toContain("omits");
  });

  it("counts new definitions when there are more than thirty", async () => {
    const of = (count: number) => draw(Array.from({ length: count }, (_, index) => fakeChange(`operator.a:b${index}`)));
    expect(await of(30)).toContain("+ operator.a:b29");
    expect(await of(31)).not.toContain("operator.a:b");
    expect(await of(31)).toContain("+ 31 operators, recorded for the first time");
  });
});

describe("the columns of a step", () => {
  const step = (columns: string) =>
    fakeChange("deployment.d", {
      action: "run",
      steps: [fakeStep("run", "table:infer", { columns: columnsOf(columns) })],
    });

  it("are whole when they fit", async () => {
    expect(await draw([step("id bigint, name string")])).toContain("sales.orders (id bigint, name string)");
  });

  it("end in dots inside the parenthesis when they do not", async () => {
    const many = Array.from({ length: 40 }, (_, index) => `column_${index} string`).join(", ");
    expect(await draw([step(many)])).toMatch(/\(column_0 string, .*, \.\.\.\)$/m);
  });

  it("are cut when already the first is too wide", async () => {
    const wide = `first struct<${Array.from({ length: 40 }, (_, index) => `f${index}:bigint`).join(",")}>`;
    expect(await draw([step(wide)])).toMatch(/\(first struct<.*\.\.\.\)$/m);
  });
});

describe("fields", () => {
  const field = (part: FieldChange, width = 80) =>
    draw([fakeChange("table.a.b", { action: "update", reasons: [], fields: [part] })], width);

  it("mark what was changed outside of Mason", async () => {
    expect(await field({ path: "comment", before: "a", after: "b", drift: true })).toContain(
      '! comment   "a" -> "b"   (changed outside of Mason)',
    );
  });

  it("leave a value alone that is known after apply", async () => {
    expect(await field({ path: "location", before: "a", after: "(known after apply)" })).toContain(
      '"a" -> (known after apply)',
    );
  });

  it("show where two long values begin to differ", async () => {
    const text = await field({ path: "query", before: `${"x".repeat(200)}old`, after: `${"x".repeat(200)}new` });
    expect(text).toMatch(/\.\.\.x+old"$/m);
    expect(text).toMatch(/-> \.\.\.x+new"$/m);
  });

  it("show at most twenty lines of a difference, and count the rest", async () => {
    const lines = (word: string) => Array.from({ length: 30 }, (_, index) => `${word}${index}`).join("\n");
    const text = await field({ path: "sql", before: lines("a"), after: lines("b") });
    expect(text.match(/^ {8}[-+@]/gm)).toHaveLength(20);
    expect(text).toContain("text changed: 30 added, 30 removed");
    expect(text).toContain("... and 41 more lines of this difference");
  });
});

describe("the differ", () => {
  it("is not loaded for a plan without texts of several lines", async () => {
    expect(await loadLineDiff([])).toBeNull();
    const short = fakeChange("table.a.b", { fields: [{ path: "comment", before: "one\n", after: "two\n" }] });
    expect(await loadLineDiff([short])).toBeNull();
    expect(await loadLineDiff(examplePlans.mixed?.changes ?? [])).not.toBeNull();
  });

  it("gives up on texts with too little in common", async () => {
    const diff = await loadLineDiff(examplePlans.mixed?.changes ?? []);
    const lines = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word}${index}`).join("\n");
    expect(shownDiff(lines("a"), lines("b"), diff)).toEqual({ added: 3000, removed: 3000, lines: [], leftOut: 0 });
  });
});

it.each([
  ["0 2 * * *", "2026-11-24 02:30 UTC, then daily in Europe/Paris"],
  ["15 * * * *", "2026-11-24 02:30 UTC, then hourly in Europe/Paris"],
  ["0 2 * * 1", "2026-11-24 02:30 UTC, then every Monday in Europe/Paris"],
  ["0 2 * * 1-5", "2026-11-24 02:30, 2026-11-25 02:30 UTC"],
  ["0 2 1 * *", "2026-11-24 02:30, 2026-11-25 02:30 UTC"],
])("the fire times of %s are %s", (cron, expected) => {
  const after = ["2026-11-24T02:30:00.000Z", "2026-11-25T02:30:00.000Z"];
  expect(fireTimesText({ before: [], after, timezone: "Europe/Paris" }, cron)).toBe(expected);
});

it("colours signs by action", async () => {
  const text = await planText(examplePlans.mixed ?? expect.fail(), { width: 120, color: true });
  for (const sign of ["\u001b[32m+", "\u001b[33m~", "\u001b[31m-", "\u001b[31m±", "\u001b[34m>"])
    expect(text).toContain(`${sign}\u001b[39m`);
  expect(text).toContain("\u001b[31mno longer declared; its files are deleted too\u001b[39m");
});

it("is safe and within the width whatever users write", async () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom("\u001b[2J\u0007", "a\nb\r\nc", "\u202eevil", "x".repeat(300), "注".repeat(80), "\ud800", "\t"),
  );
  await fc.assert(
    fc.asyncProperty(hostile, hostile, hostile, fc.integer({ min: 40, max: 130 }), async (a, b, c, width) => {
      const change = fakeChange(`table.${a}.${b}`, {
        action: "update",
        client: c.slice(0, 8),
        reasons: [{ code: "definition_changed", text: a }],
        fields: [
          { path: a, before: b, after: c },
          { path: b, after: a, drift: true },
        ],
        steps: [
          fakeStep(a, b, { summary: c, raw: [a], columns: [{ name: b, type: { kind: "string" }, nullable: true }] }),
        ],
        notes: [c],
      });
      const text = await planText(fakePlan([change], { environment: a, drift: [fakeDrift(`table.${a}.${b}`, b, c)] }), {
        width,
        color: false,
      });
      expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u);
      expect(text.split("\n").filter((line) => widthOf(line) > width)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
