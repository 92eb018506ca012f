/** Runs of made-up steps: operators are functions of the test, time passes when nothing else is left to do. */

import type { ApplyEvent } from "../../src/apply/events.ts";
import type { Bundle, BundleStep } from "../../src/bundle/bundle.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { RunJournal, RunRecord, StepRecord } from "../../src/model/run.ts";
import { noDeclaredTables } from "../../src/operator/declared/declared-tables.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  result,
} from "../../src/operator/operator.ts";
import type { ConfigResource } from "../../src/project/resource.ts";
import type { EngineSource } from "../../src/provider/engine-source.ts";
import { createClientLimits } from "../../src/step/client-limits.ts";
import { type BundleRun, runBundle } from "../../src/step/run-bundle.ts";
import type { RunContext } from "../../src/step/run-context.ts";
import { unwatched } from "../../src/step/settled.ts";

/** The record of a step that ended so. */
export const stepRecord = (id: string, state: StepRecord["state"], part: Partial<StepRecord> = {}): StepRecord => ({
  step: id,
  operator: "fake:a",
  attempt: 1,
  tries: 1,
  state,
  outputs: {},
  info: [],
  warnings: [],
  ...part,
});

/** A clock whose time passes in `drive`: to the next instant that somebody waits for, when nothing else goes on. */
export interface DrivenClock extends Clock {
  /** Milliseconds of every wait that came to its end, in order. */
  readonly slept: readonly number[];
  drive<T>(work: Promise<T>): Promise<T>;
}

/** A clock that begins at the first of March 2026, noon. */
export function drivenClock(): DrivenClock {
  const start = Date.parse("2026-03-01T12:00:00Z");
  const slept: number[] = [];
  let now = 0;
  let timers: { readonly at: number; readonly ms: number; readonly wake: () => void }[] = [];
  return {
    slept,
    now: () => new Date(start + now),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const timer = { at: now + ms, ms, wake: resolve };
        timers.push(timer);
        signal?.addEventListener("abort", () => {
          timers = timers.filter((other) => other !== timer);
          resolve();
        });
      }),
    drive: async (work) => {
      let isOver = false;
      const end = work.finally(() => {
        isOver = true;
      });
      end.catch(() => undefined);
      while (!isOver) {
        for (let turn = 0; turn < 20 && !isOver; turn++) await new Promise((resolve) => setImmediate(resolve));
        if (isOver) break;
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (next === undefined) throw new Error("nothing goes on, and nobody waits for a time");
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        slept.push(next.ms);
        next.wake();
      }
      return end;
    },
  };
}

/** What a made-up operator does. */
export type Work = (context: OperatorContext) => Promise<Partial<OperatorResult>> | Partial<OperatorResult>;

/** A step that calls the operator `fake:<command>`, by default that of its own id. */
export function step(id: string, part: Partial<BundleStep> & { readonly command?: string } = {}): BundleStep {
  const { command = id, ...rest } = part;
  return {
    id,
    operator: {
      namespace: "fake",
      command,
      description: "",
      parameters: { required: [], optional: [] },
      supportedConfigurations: [],
      needs: [],
      reads: [],
      writes: [],
      outputs: [],
      repeatable: true,
      work: { kind: "builtin", revision: 1 },
    },
    operatorDigest: command,
    configId: "1",
    dependencies: [],
    when: "succeeded",
    retryMax: 7,
    parameters: {},
    ...rest,
  };
}

/** The bundle of these steps. */
export const bundleOf = (steps: readonly BundleStep[], part: Partial<Bundle> = {}): Bundle => ({
  format: 1,
  address: "deployment.test",
  timezone: "UTC",
  steps,
  clients: {},
  ...part,
});

/** A journal in memory. */
export function memoryJournal(earlier: readonly StepRecord[] = []): RunJournal & { readonly lines: readonly string[] } {
  const steps = new Map<string, StepRecord>();
  const lines: string[] = [];
  const run: RunRecord = {
    id: "run-1",
    key: "key",
    address: "deployment.test",
    state: "running",
    at: "2026-03-01T12:00:00.000Z",
    startedAt: "2026-03-01T12:00:00.000Z",
    bundle: "",
    environment: null,
  };
  const before = new Map(earlier.map((record) => [record.step, record]));
  return {
    run,
    lines,
    step: (id) => steps.get(id) ?? null,
    earlier: (id) => before.get(id) ?? null,
    putStep: (record) => {
      steps.set(record.step, record);
    },
    log: (name, _, line) => {
      lines.push(`${name}: ${line}`);
    },
    end: () => undefined,
  };
}

const config: ConfigResource = {
  kind: "config",
  address: "config.1",
  description: "",
  id: "1",
  engines: { storage: "disk", execution: "engine" },
  clients: {},
};

const engines: EngineSource = {
  recordOf: () => null,
  ofConfig: async () => ({ configId: "1" }),
  ofClient: () => Promise.reject(new Error("no client")),
  close: async () => undefined,
};

/** What a test may set of a run. */
export interface RunSetting {
  readonly clock?: DrivenClock;
  readonly modules?: Readonly<Record<string, unknown>>;
  readonly parallelism?: number;
  readonly limits?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
  readonly part?: Partial<Bundle>;
  readonly context?: Partial<RunContext>;
}

/** A run with its events and the states of its steps. */
export interface TestRun extends BundleRun {
  readonly events: readonly ApplyEvent[];
  /** `succeeded`, `failed` ... by step. */
  readonly states: Readonly<Record<string, string>>;
  readonly slept: readonly number[];
  readonly lines: readonly string[];
}

/** Runs steps whose operators do the work of this name; an operator without work succeeds. */
export async function runSteps(
  steps: readonly BundleStep[],
  works: Readonly<Record<string, Work>>,
  setting: RunSetting = {},
): Promise<TestRun> {
  const clock = setting.clock ?? drivenClock();
  const events: ApplyEvent[] = [];
  const journal = memoryJournal();
  const builtin = (_: string, command: string): BuiltinOperator => ({
    definition: step(command).operator,
    run: async (context) => result((await works[command]?.(context)) ?? {}),
  });
  const parallelism = setting.parallelism ?? 10;
  const run = await clock.drive(
    runBundle({
      bundle: bundleOf(steps, setting.part),
      journal,
      times: {
        at: "2026-03-01T02:00:00.000Z",
        date: "2026-03-01",
        start: "2026-02-28T02:00:00.000Z",
        end: "2026-03-01T02:00:00.000Z",
        key: "nightly-1",
      },
      engines,
      configs: new Map([["1", config]]),
      builtin,
      loadModule: async ({ file }) => setting.modules?.[file],
      inputs: new Map(),
      earlierRun: { isAtHand: false, tookAway: false },
      willWrite: async () => undefined,
      onStall: unwatched,
      clock,
      parallelism,
      limits: createClientLimits({ ...setting.limits, "*": parallelism }),
      env: {},
      asStep: true,
      declared: () => noDeclaredTables,
      ownPaths: new Set(),
      resolutions: new Map(),
      stillHeld: async () => undefined,
      signal: setting.signal ?? new AbortController().signal,
      emit: (event) => {
        events.push(event);
      },
      ...setting.context,
    }),
  );
  return {
    ...run,
    events,
    states: Object.fromEntries(run.steps.map((record) => [record.step, record.state])),
    slept: clock.slept,
    lines: journal.lines,
  };
}

/** Goes on until the signal aborts, like a query that never ends. */
export const endless: Work = ({ signal }) =>
  new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
