import { describe, expect, test } from "vitest";
import type { BundleStep } from "../../src/bundle/bundle.ts";
import type { EdgeDecision, StepRecord, StepState } from "../../src/model/run.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { gateOf } from "../../src/step/gate.ts";
import { runSteps, step, stepRecord } from "../support/run.ts";

const record = (id: string, state: StepState, decisions?: Record<string, EdgeDecision>): StepRecord =>
  stepRecord(id, state, decisions === undefined ? {} : { decisions });
const module = { stepModule: { file: "workflow.js", digest: "d" } };

/** Whether `step` starts after steps with these ends; `null` is a step without a record. */
function starts(
  part: Partial<BundleStep>,
  ended: Readonly<Record<string, StepState | null>>,
  id = "s",
  gates: Readonly<Record<string, StepState>> = {},
) {
  const gate = gateOf(
    step(id, part),
    Object.entries(ended).map(([name, state]) => ({
      step: step(name),
      record: state === null ? null : record(name, state),
    })),
    (name) => (gates[name] === undefined ? null : record(name, gates[name])),
  );
  return gate.start ? "starts" : gate.reason;
}

describe("when", () => {
  const cases: readonly (readonly [StepState | null, string, string, string])[] = [
    // a's state, succeeded, failed, always
    ["succeeded", "starts", "no step before it failed", "starts"],
    ["failed", 'step "a" failed', "starts", "starts"],
    ["cancelled", 'step "a" was cancelled', "starts", "starts"],
    ["skipped", 'step "a" was skipped', "no step before it failed", "starts"],
    [null, 'step "a" has not run', "starts", "starts"],
  ];
  test.each(cases)("after a step that %s", (state, succeeded, failed, always) => {
    expect([
      starts({ when: "succeeded" }, { a: state }),
      starts({ when: "failed" }, { a: state }),
      starts({ when: "always" }, { a: state }),
    ]).toEqual([succeeded, failed, always]);
  });

  test("succeeded needs all, failed needs one", () => {
    expect(starts({ when: "succeeded" }, { a: "succeeded", b: "skipped" })).toBe('step "b" was skipped');
    expect(starts({ when: "succeeded" }, { a: "skipped", b: "failed" })).toBe('step "b" failed');
    expect(starts({ when: "failed" }, { a: "succeeded", b: "failed" })).toBe("starts");
  });

  test("a step without dependencies starts", () => {
    expect([starts({ when: "succeeded" }, {}), starts({ when: "always" }, {})]).toEqual(["starts", "starts"]);
  });
});

describe("a step that is a workflow counts as one", () => {
  test("its skipped steps do not hold up later steps", () => {
    expect(starts({}, { "x/load": "succeeded", "x/clean_up": "skipped" })).toBe("starts");
  });

  test("it failed if one of its steps failed, handled or not", () => {
    const ended = { "x/load": "failed", "x/clean_up": "succeeded" } as const;
    expect(starts({}, ended)).toBe('step "x/load" failed');
    expect(starts({ when: "failed" }, ended)).toBe("starts");
  });

  test("it was skipped if all its steps were skipped", () => {
    expect(starts({}, { "x/load": "skipped", "x/clean_up": "skipped" })).toBe('step "x/load" was skipped');
  });

  test("several workflows are judged one by one", () => {
    expect(starts({}, { "x/a": "succeeded", "x/b": "skipped", "y/a": "skipped" })).toBe('step "y/a" was skipped');
  });

  test("inside it, its steps count one by one", () => {
    expect(starts({}, { "x/a": "succeeded", "x/b": "skipped" }, "x/c")).toBe('step "x/b" was skipped');
    expect(starts({}, { "x/y/a": "succeeded", "x/y/b": "skipped" }, "x/c")).toBe("starts");
  });

  test("its first steps see earlier steps from its own level", () => {
    expect(starts({}, { "w/a": "succeeded", "w/b": "skipped" }, "x/a")).toBe("starts");
  });

  test("its step with when: always starts only if the workflow starts", () => {
    const always = { when: "always" as const, gates: [{ dependencies: ["first"], when: "failed" as const }] };
    expect(starts(always, { "x/a": "skipped" }, "x/b", { first: "succeeded" })).toBe("no step before it failed");
    expect(starts(always, { "x/a": "failed" }, "x/b", { first: "failed" })).toBe("starts");
  });
});

describe("a step module", () => {
  const joined = (...decisions: readonly (EdgeDecision | undefined)[]) =>
    gateOf(
      step("s"),
      decisions.map((decision, at) => ({
        step: step(`a${at}`, module),
        record: record(`a${at}`, "succeeded", decision === undefined ? undefined : { s: decision }),
      })),
    );

  test("a join needs next from every dependency, and gets the parameters of all", () => {
    expect(joined({ action: "next", parameters: { a: 1, b: 1 } }, { action: "next", parameters: { b: 2 } })).toEqual({
      start: true,
      parameters: { a: 1, b: 2 },
    });
    expect(joined({ action: "next" }, { action: "stop" })).toMatchObject({ start: false, state: "skipped" });
    expect(joined({ action: "next" }, undefined)).toMatchObject({ start: false, state: "skipped" });
  });

  test("fail makes the step fail with the reason", () => {
    expect(joined({ action: "fail", reason: "too few rows" })).toEqual({
      start: false,
      state: "failed",
      reason: "too few rows",
    });
  });
});

/** Runs a -> b with a module that gives this answer. */
const runWith = (
  answer: (current: { readonly state: string }) => unknown,
  part: Partial<BundleStep> = {},
  fails = false,
) =>
  runSteps(
    [step("a", { ...module, ...part }), step("b", { dependencies: ["a"] })],
    {
      a: () => {
        if (fails) throw new ProviderError("failed", "no such table");
        return { outputs: { rows: 3 } };
      },
    },
    { modules: { "workflow.js": { step: answer } } },
  );

describe("a step module in a run", () => {
  test("next continues, stop skips later steps, and neither fails the run", async () => {
    const next = await runWith(() => ({ action: "next" }));
    const stop = await runWith(() => "stop");
    expect([next.states, next.run.state]).toEqual([{ a: "succeeded", b: "succeeded" }, "succeeded"]);
    expect([stop.states, stop.run.state]).toEqual([{ a: "succeeded", b: "skipped" }, "succeeded"]);
  });

  test("it gets the state, outputs and error of the ended step, and the next step", async () => {
    const told: unknown[] = [];
    await runSteps(
      [step("a", module), step("b", { dependencies: ["a"], parameters: { x: 1 } })],
      { a: () => ({ outputs: { rows: 3 } }) },
      {
        modules: {
          "workflow.js": {
            step: (current: unknown, following: unknown) => {
              told.push(current, following);
              return "next";
            },
          },
        },
      },
    );
    expect(told).toEqual([
      { id: "a", operator: "fake:a", state: "succeeded", outputs: { rows: 3 }, parameters: {} },
      { id: "b", operator: "fake:b", parameters: { x: 1 } },
    ]);
  });

  test("next after a failure lets later steps run, and the run still fails with its reason", async () => {
    const { states, run } = await runWith(({ state }) => (state === "failed" ? "next" : "stop"), {}, true);
    expect(states).toEqual({ a: "failed", b: "succeeded" });
    expect(run.error).toContain("no such table");
  });

  test("fail fails the next step and the run with its reason", async () => {
    const { states, run } = await runWith(() => ({ action: "fail", reason: "too few rows" }));
    expect(states).toEqual({ a: "succeeded", b: "failed" });
    expect(run.error).toContain("too few rows");
  });

  test("retry tries the step again by its own retry, and fails when no try is left", async () => {
    let asked = 0;
    const retry = { retry: { kind: "constant" as const, seconds: 2 }, retryMax: 3 };
    const passes = await runWith(() => (++asked < 3 ? "retry" : "next"), retry);
    expect([passes.slept, passes.states]).toEqual([[2000, 2000], { a: "succeeded", b: "succeeded" }]);
    const never = await runWith(() => "retry", retry);
    expect([never.slept, never.states]).toEqual([[2000, 2000, 2000], { a: "failed", b: "skipped" }]);
    expect(never.run.error).toContain("asked for another try after 4");
  });

  test("a module that throws or returns no decision fails the run, and the message names the edge", async () => {
    const threw = await runWith(() => {
      throw new Error("typo");
    });
    expect(threw.run.error).toContain('threw an error for the edge "a" -> "b": typo');
    const odd = await runWith(() => 42);
    expect(odd.run.error).toContain("returned 42");
    expect(odd.states.a).toBe("failed");
  });

  test("a parameter that the next step does not have is refused", async () => {
    const { states, steps } = await runWith(() => ({ action: "next", parameters: { typo: 1 } }));
    expect(states).toEqual({ a: "succeeded", b: "failed" });
    expect(steps[1]?.error?.message).toContain('no parameter "typo"');
  });
});
