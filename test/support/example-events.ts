/** A fixed apply: what happens in it, in order, with the time of each event in milliseconds. */
import type { ApplyEvent, StageResult } from "../../src/apply/events.ts";
import { error } from "../../src/diagnostic/diagnostic.ts";
import type { StepRecord } from "../../src/model/run.ts";

/** How a step ended; what is not given is as for one that went well. */
export const stepRecord = (step: string, part: Partial<StepRecord> = {}): StepRecord => ({
  step,
  operator: "table:query",
  attempt: 1,
  tries: 1,
  state: "succeeded",
  startedAt: "2026-11-25T07:00:00.000Z",
  endedAt: "2026-11-25T07:00:12.000Z",
  outputs: {},
  info: [],
  warnings: [],
  ...part,
});

const load = "deployment.load_orders";
const broken = "deployment.a_deployment_with_quite_a_long_name_that_fails";
const reason =
  "Could not convert string 'x0' to INT32 when casting from source column \"amount\" of raw/orders/2026-11-25.csv.";

const end = (result: StageResult): ApplyEvent => ({ type: "stage_end", result });

/** The events with their times. */
export const exampleEvents: readonly (readonly [at: number, event: ApplyEvent])[] = [
  [0, { type: "stage_start", address: "operator.sales:top", action: "create" }],
  [5, end({ address: "operator.sales:top", action: "create", status: "done", detail: "recorded" })],
  [10, { type: "stage_start", address: "table.sales.orders", action: "create" }],
  [20, { type: "stage_start", address: load, action: "run" }],
  [30, { type: "step_start", address: load, step: "step_1", operator: "table:infer" }],
  [40, { type: "stage_start", address: broken, action: "run" }],
  [50, { type: "step_start", address: broken, step: "run", operator: "table:query" }],
  [400, { type: "step_progress", address: load, step: "step_1", part: 0.425 }],
  [500, { type: "step_log", address: load, step: "step_1", line: "reading \u001b[2Jraw/orders" }],
  [4000, { type: "step_retry", address: broken, step: "run", tries: 1, delayMs: 5000, reason: "the engine is busy" }],
  [9100, end({ address: "table.sales.orders", action: "create", status: "done", detail: "created" })],
  [
    9200,
    {
      type: "step_end",
      address: broken,
      record: stepRecord("run", { state: "failed", tries: 2, error: { code: "failed", message: reason } }),
    },
  ],
  [
    9300,
    end({
      address: broken,
      action: "run",
      status: "failed",
      detail: reason,
      run: "20261125-070000-4f2a91",
      problem: error({ code: "deployment/run-failed", summary: "Run failed", detail: reason, address: broken }),
    }),
  ],
  [
    9400,
    end({ address: "deployment.report", action: "run", status: "skipped", detail: `needs ${broken}, which failed` }),
  ],
  [
    12_000,
    {
      type: "step_end",
      address: load,
      record: stepRecord("step_1", {
        operator: "table:infer",
        outputs: { table_name: "orders" },
        info: ['Table "sales.orders" was created over "raw/orders": 5 columns, csv.', "Read 3 of 40 files."],
        warnings: ["raw/orders/empty.csv is empty and was skipped."],
      }),
    },
  ],
  [
    12_100,
    {
      type: "step_end",
      address: load,
      record: stepRecord("step_2", { operator: "table:delete", state: "skipped", reason: "step_1 succeeded" }),
    },
  ],
  [12_200, end({ address: load, action: "run", status: "done", detail: "ran", run: "20261125-070000-77aa01" })],
  [12_300, end({ address: "table.sales.old", action: "delete", status: "cancelled", detail: "not started" })],
];

/** The results in the order in which they came. */
export const exampleResults: readonly StageResult[] = exampleEvents.flatMap(([, event]) =>
  event.type === "stage_end" ? [event.result] : [],
);

/** How the steps ended, by deployment. */
export const exampleSteps: ReadonlyMap<string, readonly StepRecord[]> = new Map(
  [load, broken].map((address) => [
    address,
    exampleEvents.flatMap(([, event]) =>
      event.type === "step_end" && event.address === address ? [event.record] : [],
    ),
  ]),
);
