import { expect, test } from "vitest";
import { ProviderError } from "../../src/provider/error.ts";
import { endless, runSteps, step, type Work } from "../support/run.ts";

const fails =
  (message: string, retryable = false): Work =>
  () => {
    throw new ProviderError("failed", message, { retryable });
  };
/** Fails this many times in a way that can pass. */
const failsFirst = (times: number): Work => {
  let left = times;
  return () => {
    if (left-- > 0) throw new ProviderError("throttled", "slow down");
    return {};
  };
};
const cancels: Work = async (context) => {
  try {
    return await endless(context);
  } catch {
    throw new ProviderError("cancelled", "The work was cancelled.");
  }
};
const after = (...dependencies: readonly string[]) => ({ dependencies });

test("dependants of a failed step are skipped with the reason, all the way down; other steps run", async () => {
  const { states, run, steps } = await runSteps(
    [step("a"), step("b", after("a")), step("c", after("b")), step("d"), step("e", after("d"))],
    { a: fails("no such table") },
  );
  expect(states).toEqual({ a: "failed", b: "skipped", c: "skipped", d: "succeeded", e: "succeeded" });
  expect(steps.map((record) => record.reason)).toEqual([
    undefined,
    'step "a" failed',
    'step "b" was skipped',
    undefined,
    undefined,
  ]);
  expect([run.state, run.error]).toEqual(["failed", 'Step "a" (fake:a): no such table']);
});

test("a run takes its reason from the step that failed first, handled or not", async () => {
  const { run, states } = await runSteps(
    [
      step("query"),
      step("drop", { ...after("query"), when: "failed" }),
      step("report", { ...after("drop"), when: "always" }),
    ],
    { query: fails("bad SQL"), report: fails("no mail") },
  );
  expect(states).toEqual({ query: "failed", drop: "succeeded", report: "failed" });
  expect(run.error).toBe('Step "query" (fake:query): bad SQL');
});

test("when: failed is skipped when nothing failed, and the run succeeds", async () => {
  const { run, states } = await runSteps([step("a"), step("b", { ...after("a"), when: "failed" })], {});
  expect([run.state, states.b]).toEqual(["succeeded", "skipped"]);
});

test("exponential retries wait 5, 10, 20 ... seconds, as often as retry_max says, and then fail with the last reason", async () => {
  const { slept, steps, run, events } = await runSteps(
    [step("a", { retry: { kind: "exponential", seconds: 5 }, retryMax: 4 })],
    { a: fails("still running", true) },
  );
  expect(slept).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect(steps[0]?.tries).toBe(5);
  expect(run.error).toBe("still running");
  expect(events.filter((event) => event.type === "step_retry").map((event) => "tries" in event && event.tries)).toEqual(
    [1, 2, 3, 4],
  );
});

test("constant retries wait the same each time, and a later success counts", async () => {
  const { slept, steps, run } = await runSteps([step("a", { retry: { kind: "constant", seconds: 3 } })], {
    a: failsFirst(3),
  });
  expect(slept).toEqual([3_000, 3_000, 3_000]);
  expect([steps[0]?.tries, run.state]).toEqual([4, "succeeded"]);
});

test("a failure for good is never retried, and a failure that can pass only with a retry", async () => {
  const good = await runSteps([step("a", { retry: { kind: "constant", seconds: 3 } })], { a: fails("access denied") });
  const none = await runSteps([step("a")], { a: fails("throttled", true) });
  expect([good.slept, good.steps[0]?.tries, none.slept, none.steps[0]?.tries]).toEqual([[], 1, [], 1]);
});

test("retry_max: 0 is one try", async () => {
  const { steps } = await runSteps([step("a", { retry: { kind: "constant", seconds: 3 }, retryMax: 0 })], {
    a: fails("throttled", true),
  });
  expect(steps[0]?.tries).toBe(1);
});

test("a step that exceeds its timeout is stopped and fails for good; others continue", async () => {
  const { states, steps, slept } = await runSteps(
    [step("a", { timeoutMs: 60_000, retry: { kind: "constant", seconds: 1 } }), step("b"), step("c", after("a"))],
    { a: cancels },
  );
  expect(states).toEqual({ a: "failed", b: "succeeded", c: "skipped" });
  expect(steps[0]?.error).toEqual({ code: "timeout", message: expect.stringContaining("its timeout of 1m") });
  expect(slept).toEqual([60_000]);
});

test("the timeout of a step counts its own work, not its wait for a slot", async () => {
  const clocked: Work = async () => ({});
  const { states } = await runSteps(
    [step("first", { command: "slow", timeoutMs: 90_000 }), step("second", { command: "quick", timeoutMs: 30_000 })],
    {
      slow: async ({ now }) => {
        const start = now().getTime();
        await wait(start);
        return {};
      },
      quick: clocked,
    },
    { parallelism: 1 },
  );
  expect(states).toEqual({ first: "succeeded", second: "succeeded" });
  async function wait(_: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test("a deployment that exceeds its timeout is stopped: running steps are cancelled, the rest never starts", async () => {
  const { states, run } = await runSteps(
    [step("a"), step("b", after("a")), step("c", after("b"))],
    { b: cancels },
    { part: { timeoutMs: 7_200_000 } },
  );
  expect(states).toEqual({ a: "succeeded", b: "cancelled", c: "skipped" });
  expect([run.state, run.error]).toEqual(["failed", expect.stringContaining("its timeout of 2h")]);
});

test("a run in time leaves no timer behind", async () => {
  const { slept } = await runSteps([step("a", { timeoutMs: 1_000 })], {}, { part: { timeoutMs: 5_000 } });
  expect(slept).toEqual([]);
});

test("an interrupt cancels running steps, starts none, and is no failure", async () => {
  const stop = new AbortController();
  const { states, run } = await runSteps(
    [step("a"), step("b", after("a"))],
    {
      a: (context) => {
        setImmediate(() => stop.abort());
        return cancels(context);
      },
    },
    { signal: stop.signal },
  );
  expect(states).toEqual({ a: "cancelled", b: "skipped" });
  expect(run.state).toBe("cancelled");
});

test("an interrupt ends the wait for a retry", async () => {
  const stop = new AbortController();
  const { states, slept, steps } = await runSteps(
    [step("a", { retry: { kind: "constant", seconds: 3600 } })],
    {
      a: () => {
        setImmediate(() => stop.abort());
        throw new ProviderError("throttled", "slow down");
      },
    },
    { signal: stop.signal },
  );
  expect([states, slept, steps[0]?.tries]).toEqual([{ a: "cancelled" }, [], 1]);
});

test("the limits for all steps and for a client hold", async () => {
  let [running, most] = [0, 0];
  const work: Work = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return {};
  };
  const steps = Array.from({ length: 9 }, (_, at) => step(`s${at}`, { command: "work" }));
  await runSteps(steps, { work }, { parallelism: 4 });
  expect(most).toBe(4);
  most = 0;
  await runSteps(steps, { work }, { limits: { engine: 2 } });
  expect(most).toBe(2);
});

test("a step that waits for a slot when the run is interrupted does nothing", async () => {
  const stop = new AbortController();
  const done: string[] = [];
  const work =
    (name: string): Work =>
    async (context) => {
      done.push(name);
      setImmediate(() => stop.abort());
      return cancels(context);
    };
  await runSteps(
    [step("a"), step("b")],
    { a: work("a"), b: work("b") },
    { limits: { engine: 1 }, signal: stop.signal },
  );
  expect(done).toEqual(["a"]);
});

test("outputs are pulled by name, by the parameter's own name, and inside text; so are the run's fields", async () => {
  const seen: unknown[] = [];
  const takes = (...names: readonly string[]) => ({
    ...step("use").operator,
    parameters: { required: [], optional: names.map((name) => ({ name, type: "string" as const })) },
  });
  const { run } = await runSteps(
    [
      step("load"),
      step("use", {
        ...after("load"),
        operator: takes("table_name", "job", "text", "key", "literal", "start"),
        parameters: {
          table_name: "<<PULLED FROM load>>",
          job: "${load.job_id}",
          text: "table ${load.table_name} of ${run.date}",
          key: "${run.key}",
          literal: "$${load.table_name}",
          start: "${run.start}",
        },
      }),
    ],
    {
      load: () => ({ outputs: { table_name: "orders", job_id: 17, rows: 7 } }),
      use: ({ parameters }) => {
        seen.push(parameters);
        return {};
      },
    },
  );
  expect([run.state, run.error]).toEqual(["succeeded", undefined]);
  expect(seen).toEqual([
    {
      table_name: "orders",
      job: "17",
      text: "table orders of 2026-03-01",
      key: "nightly-1",
      literal: "${load.table_name}",
      start: "2026-02-28T02:00:00.000Z",
    },
  ]);
});

test.each([
  [{ type: "integer" as const }, "many", "must be a whole number"],
  [{ type: "list" as const, chooses: true as const }, [], "Leave it out to take all"],
])("an output of a step must fit the parameter that takes it: %o", async (spec, size, why) => {
  const operator = {
    ...step("use").operator,
    parameters: { required: [{ name: "size", ...spec }], optional: [] },
  };
  const { steps } = await runSteps(
    [step("load"), step("use", { ...after("load"), operator, parameters: { size: "${load.size}" } })],
    {
      load: () => ({ outputs: { size } }),
    },
  );
  expect([steps[1]?.state, steps[1]?.error?.code]).toEqual(["failed", "invalid"]);
  expect(steps[1]?.error?.message).toContain(why);
});

test("a reference to a missing output fails the step and names the output", async () => {
  const { steps } = await runSteps(
    [step("load"), step("use", { ...after("load"), parameters: { table: "${load.table_name}" } })],
    {},
  );
  expect(steps[1]?.error?.message).toBe('"${load.table_name}" has no value: step "load" gave no output "table_name".');
});

test("a run returns the rows of its last step that has any", async () => {
  const { data } = await runSteps([step("a"), step("b", after("a")), step("c", after("b"))], {
    a: () => ({ data: [{ n: 1 }] }),
    b: () => ({ data: [{ n: 2 }] }),
  });
  expect(data).toEqual([{ n: 2 }]);
});

test("a chain of 3,000 steps ends", async () => {
  const steps = Array.from({ length: 3000 }, (_, at) =>
    step(`s${at}`, { command: "s", dependencies: at === 0 ? [] : [`s${at - 1}`] }),
  );
  const { run } = await runSteps(steps, {});
  expect(run.state).toBe("succeeded");
});
