import { expect, test } from "vitest";
import { type ApplySetting, applyStages, type StageOutcome } from "../../src/apply/apply-stages.ts";
import type { ApplyEvent } from "../../src/apply/events.ts";
import type { Stage } from "../../src/plan/stage.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { type Entry, emptyState } from "../../src/state/state.ts";

const entry = (digest: string): Entry => ({ status: "applied", digest, declared: {}, depends_on: [] });
const stage = (address: string, ...dependencies: readonly string[]): Stage => ({
  address,
  action: "create",
  dependencies,
  work: { kind: "forget" },
});

/** Applies stages. An outcome that is an error is thrown. */
async function run(
  stages: readonly Stage[],
  outcomes: Readonly<Record<string, Partial<StageOutcome> | Error>> = {},
  part: Partial<ApplySetting> = {},
) {
  const events: ApplyEvent[] = [];
  const journal: string[] = [];
  const applied = await applyStages({
    plan: {
      id: "plan-1",
      environment: null,
      lineage: "lineage",
      serial: 4,
      destroy: false,
      changes: [],
      unchanged: 0,
      leftOut: [],
      stages,
    } as unknown as ApplySetting["plan"],
    planId: "plan-1",
    state: { ...emptyState("lineage"), serial: 4, resources: new Map([["config.old", entry("old")]]) },
    parallelism: 10,
    tokenOf: ({ address }) => `token-${address}`,
    execute: async ({ address }) => {
      const outcome = outcomes[address];
      if (outcome instanceof Error) throw outcome;
      return { entry: entry(address), detail: "made", ...outcome };
    },
    journal: {
      begin: async (address, token) => {
        journal.push(`begin ${address} ${token}`);
      },
      end: async (address, status) => {
        journal.push(`end ${address} ${status}`);
      },
    },
    signal: new AbortController().signal,
    emit: (event) => {
      events.push(event);
    },
    ...part,
  });
  return {
    ...applied,
    events,
    journal,
    statuses: Object.fromEntries(applied.results.map((result) => [result.address, result.status])),
    recorded: [...applied.state.resources.keys()].sort(),
  };
}

test("succeeded stages are in the next state, which has the next serial and names the plan", async () => {
  const { state, statuses, recorded } = await run([stage("config.a"), stage("config.b", "config.a")]);
  expect(statuses).toEqual({ "config.a": "done", "config.b": "done" });
  expect([state.serial, state.lastPlan, recorded]).toEqual([5, "plan-1", ["config.a", "config.b", "config.old"]]);
});

test("an entry of null removes the resource", async () => {
  const { recorded } = await run([stage("config.old")], { "config.old": { entry: null } });
  expect(recorded).toEqual([]);
});

test("dependants of a failed stage are skipped with the reason, all the way down; the others continue", async () => {
  const { results, statuses, recorded } = await run(
    [stage("config.a"), stage("config.b", "config.a"), stage("config.c", "config.b"), stage("config.d")],
    { "config.a": new ProviderError("denied", "No access.") },
  );
  expect(statuses).toEqual({ "config.a": "failed", "config.b": "skipped", "config.c": "skipped", "config.d": "done" });
  expect(results.map((result) => result.detail)).toEqual([
    "config.a: No access.",
    "needs config.a, which failed",
    "needs config.b, which was skipped",
    "made",
  ]);
  expect(results[0]?.problem?.code).toBe("provider/denied");
  expect(recorded).toEqual(["config.d", "config.old"]);
});

test("a failed run keeps its entry, and its dependants are skipped", async () => {
  const problem = {
    severity: "error" as const,
    code: "deployment/run-failed",
    summary: "Run failed",
    detail: "bad SQL",
  };
  const { statuses, recorded } = await run([stage("deployment.a"), stage("deployment.b", "deployment.a")], {
    "deployment.a": { problem, run: "run-1" },
  });
  expect([statuses, recorded]).toEqual([
    { "deployment.a": "failed", "deployment.b": "skipped" },
    ["config.old", "deployment.a"],
  ]);
});

test("after an abort no new stage starts, and the rest are reported as not started", async () => {
  const stop = new AbortController();
  const { statuses, results } = await run(
    [stage("config.a"), stage("config.b", "config.a")],
    {},
    {
      signal: stop.signal,
      execute: async () => {
        stop.abort();
        return { entry: entry("a"), detail: "made" };
      },
    },
  );
  expect(statuses).toEqual({ "config.a": "done", "config.b": "cancelled" });
  expect(results[1]?.detail).toBe("not started");
});

test("an unwritable journal stops the apply with its failure, and starts nothing more", async () => {
  const executed: string[] = [];
  const running = run(
    [stage("database.a"), stage("database.b", "database.a")],
    {},
    {
      execute: async ({ address }) => {
        executed.push(address);
        return { entry: entry(address), detail: "made" };
      },
      journal: {
        begin: async () => undefined,
        end: async () => {
          throw new ProviderError("no_space", "The disk is full.");
        },
      },
    },
  );
  await expect(running).rejects.toThrow("The disk is full.");
  expect(executed).toEqual(["database.a"]);
});

test("a bug in one stage is thrown after the running stages have ended", async () => {
  let isOver = false;
  const running = run(
    [stage("config.a"), stage("config.b")],
    {},
    {
      execute: async ({ address }) => {
        if (address === "config.a") throw new TypeError("bug");
        await new Promise((resolve) => setImmediate(resolve));
        isOver = true;
        return { entry: entry("b"), detail: "made" };
      },
    },
  );
  await expect(running).rejects.toThrow("bug");
  expect(isOver).toBe(true);
});

test("every stage has one end, and every tried stage a start before it", async () => {
  const { events } = await run([stage("config.a"), stage("config.b", "config.a")], {
    "config.a": new ProviderError("failed", "No."),
  });
  const told = events.map((event) => `${event.type} ${"result" in event ? event.result.address : event.address}`);
  expect(told).toEqual(["stage_start config.a", "stage_end config.a", "stage_end config.b"]);
});
