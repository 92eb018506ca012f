/** Work that never settles: a step, the module of a workflow, and a command outside of any step. */
import { expect, test, vi } from "vitest";
import { onStall, watchStalls } from "../../src/cli/stall.ts";
import { type OnStall, settled, unwatched } from "../../src/step/settled.ts";
import { runSteps, step, type Work } from "../support/run.ts";

const never: Work = () => new Promise<never>(() => undefined);

/** A process that runs dry at once when the n-th piece of work begins. */
const dryAt = (n: number): OnStall => {
  let begun = 0;
  return (listener, what) => {
    if (++begun === n) queueMicrotask(listener);
    return unwatched(listener, what);
  };
};

test("a step that never settles fails the run, and what follows it is skipped", async () => {
  const { states, run } = await runSteps(
    [step("a"), step("b", { dependencies: ["a"] }), step("c", { dependencies: ["a"], when: "failed" })],
    { a: never },
    { context: { onStall: dryAt(1) } },
  );
  expect(states).toEqual({ a: "failed", b: "skipped", c: "succeeded" });
  expect([run.state, run.error]).toEqual(["failed", expect.stringContaining('of step "a" never ends')]);
});

test("the module of a workflow that never answers fails its step", async () => {
  const module = { step: () => new Promise(() => undefined) };
  const reference = { file: "flow.ts", digest: "d", code: "" };
  const { states, run } = await runSteps(
    [step("a", { stepModule: reference }), step("b", { dependencies: ["a"] })],
    {},
    { modules: { "flow.ts": module }, context: { onStall: dryAt(3) } },
  );
  expect([states.a, run.error]).toEqual(["failed", expect.stringContaining('"a" -> "b"')]);
});

test("work that settles is not disturbed, and nothing listens afterwards", async () => {
  let listening = 0;
  const counting: OnStall = (listener, what) => {
    listening++;
    const stop = () => {
      listening--;
    };
    return { ...unwatched(listener, what), stop };
  };
  expect(await settled(counting, "It", async () => 1)).toBe(1);
  await expect(settled(counting, "It", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(
    settled(counting, "It", () => {
      throw new Error("at once");
    }),
  ).rejects.toThrow("at once");
  expect(listening).toBe(0);
});

test("a command that runs dry tells whoever waits, and gives up when nobody does", async () => {
  const before = process.listeners("beforeExit");
  const runDry = () => {
    for (const listener of process.listeners("beforeExit"))
      if (!before.includes(listener)) (listener as (code: number) => void)(0);
  };
  const giveUp = vi.fn();
  let end = (): void => undefined;
  const command = watchStalls(
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
    giveUp,
  );
  const told = vi.fn();
  onStall(told, "It");
  onStall(told, "It").stop();
  runDry();
  expect([told.mock.calls.length, giveUp.mock.calls.length]).toEqual([1, 0]);
  runDry();
  expect([told.mock.calls.length, giveUp.mock.calls.length]).toEqual([1, 1]);
  end();
  await command;
  expect(process.listeners("beforeExit")).toEqual(before);
});
