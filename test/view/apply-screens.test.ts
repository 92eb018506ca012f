import { describe, expect, it } from "vitest";
import { applyReport } from "../../src/view/apply/apply-report.ts";
import { eventLine } from "../../src/view/apply/apply-text.ts";
import { createProgressScreen } from "../../src/view/apply/progress-text.ts";
import { widthOf } from "../../src/view/layout.ts";
import { expectGolden } from "../golden/golden.ts";
import { exampleEvents, exampleResults, exampleSteps } from "../support/example-events.ts";

const unsafe = /[^\P{Cc}\n]|\p{Cf}/u;

describe.each([80, 120])("at %i columns", (width) => {
  it("the report of an apply is as before", () => {
    const options = { width, color: false, listProblems: true };
    const text = applyReport(exampleResults, exampleSteps, options);
    expectGolden(`screens/apply-report-${width}.txt`, text);
    expect(text.split("\n").filter((line) => widthOf(line) > width)).toEqual([]);
  });

  it("live progress is as before, after every event", () => {
    const screen = createProgressScreen();
    screen.expect(6);
    const frames = exampleEvents.map(([at, event]) => {
      screen.take(event, at);
      const lines = screen.lines(at, width - 6, 8);
      expect(lines.filter((line) => widthOf(line) > width - 6)).toEqual([]);
      return [`${at} ms  ${screen.title("going")}`, ...lines.map((line) => `  ${line}`)].join("\n");
    });
    const text = `${[...frames, screen.title("stopping"), screen.title("ended")].join("\n\n")}\n`;
    expectGolden(`screens/apply-live-${width}.txt`, text);
    expect(text).not.toMatch(unsafe);
  });
});

it.each([false, true])("lines in CI are as before (detailed: %s)", (detailed) => {
  const lines = exampleEvents.flatMap(([, event]) => eventLine(event, detailed) ?? []);
  expectGolden(`screens/apply-lines${detailed ? "-detailed" : ""}.txt`, `${lines.join("\n")}\n`);
  expect(lines.join("\n")).not.toMatch(unsafe);
});

describe("the report", () => {
  const options = { width: 100, color: false, listProblems: false };
  const done = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      address: `table.a.t${index}`,
      action: "create" as const,
      status: "done" as const,
      detail: "created",
    }));

  it("leaves reasons out that were said line by line", () => {
    const text = applyReport(exampleResults, exampleSteps, options);
    expect(text).not.toContain("Not done:");
    expect(text).toContain("Interrupted: 3 done, 1 failed, 1 skipped, 1 cancelled.");
  });

  it("lists fifty objects and counts the rest", () => {
    const text = applyReport(done(60), new Map(), options);
    expect(text.match(/^ {2}\+ /gm)).toHaveLength(50);
    expect(text).toContain("... and 10 more: 10 of table created");
  });

  it("is one line when nothing was made", () => {
    expect(applyReport([], new Map(), options)).toBe("\nApplied: 0 done.\n");
  });
});

describe("live progress", () => {
  it("shows at most so many lines, and counts the rest", () => {
    const screen = createProgressScreen();
    for (let index = 0; index < 20; index++)
      screen.take({ type: "stage_start", address: `table.a.t${index}`, action: "create" }, 0);
    const lines = screen.lines(0, 80, 8);
    expect(lines).toHaveLength(8);
    expect(lines.at(-1)).toBe("... and 13 more");
  });

  it("counts the steps of a run by hand", () => {
    const screen = createProgressScreen();
    screen.take({ type: "step_start", address: "operator.table:query", step: "run", operator: "table:query" }, 0);
    expect(screen.title("going")).toBe("Running: 0 steps ended");
    expect(screen.lines(0, 80, 8)).toEqual(["operator.table:query  table:query"]);
  });
});
