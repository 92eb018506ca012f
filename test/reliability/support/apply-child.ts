/** A process that plans and applies on a faulty disk. Its one argument is an {@link ApplyOrder}; exit code as of an apply. */
import { appendFileSync, writeFileSync } from "node:fs";
import { applyPlan } from "../../../src/command/apply.ts";
import { NotRecorded } from "../../../src/command/not-recorded.ts";
import { planProject } from "../../../src/command/plan.ts";
import { Diagnosed } from "../../../src/diagnostic/diagnostic.ts";
import { callName, type Fault, installFaultyDisk, isState } from "./faulty-disk.ts";
import { fixedWorld } from "./world.ts";

/** The orders for the process. */
export interface ApplyOrder {
  readonly directory: string;
  readonly ids: string;
  readonly resume: boolean;
  readonly fault: Fault | null;
  /** Which calls count: all, or those of journal, lease, history and lockfile. */
  readonly scope: "all" | "state";
  /** The file for the calls, one per line. */
  readonly trace: string;
  readonly redo?: readonly string[];
  readonly destroy?: boolean;
  readonly refreshOnly?: boolean;
}

const order = JSON.parse(process.argv[2] ?? "") as ApplyOrder;
const note = appendFileSync;
// Writes of the plan (caches) are not part of an apply: the count starts after them.
let counting = false;
writeFileSync(order.trace, "");
installFaultyDisk({
  root: order.directory,
  counts: (path) => counting && (order.scope === "all" || isState(path)),
  fault: order.fault,
  onCall: (call) => note(order.trace, `${callName(call)}\n`),
});

const world = fixedWorld(order.directory, { ids: order.ids });
const planned = await planProject(world, {
  destroy: order.destroy ?? false,
  refreshOnly: order.refreshOnly ?? false,
  run: [],
  allowDestroy: ["*"],
  unfinished: order.resume ? "resume" : "refuse",
  resolutions: new Map((order.redo ?? []).map((address) => [address, "redo"])),
});
if (planned.value === undefined) fail(planned.diagnostics);
else {
  counting = true;
  try {
    const { results } = await applyPlan(world, planned.value, { parallelism: 1, leaseTimeoutMs: 0 });
    const bad = results.filter((result) => result.status !== "done");
    if (bad.length > 0) fail(bad);
  } catch (thrown) {
    if (thrown instanceof Diagnosed) fail(thrown.diagnostics, thrown instanceof NotRecorded ? 2 : 1);
    else fail([{ code: (thrown as { code?: string }).code, detail: String(thrown) }]);
  }
}

function fail(problems: unknown, code = 1): void {
  process.stdout.write(JSON.stringify(problems));
  process.exitCode = code;
}
