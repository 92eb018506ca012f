/** A process that runs a deployment by hand on a faulty disk. Its one argument is a {@link RunOrder}; exit code 0 when the run succeeded. */
import { appendFileSync, writeFileSync } from "node:fs";
import { loadProject } from "../../../src/command/project/load-project.ts";
import { findDeployment, runDeploymentByHand } from "../../../src/command/run.ts";
import { callName, type Fault, installFaultyDisk } from "./faulty-disk.ts";
import { fixedWorld } from "./world.ts";

/** The orders for the process. */
export interface RunOrder {
  readonly directory: string;
  readonly ids: string;
  readonly deployment: string;
  readonly fault: Fault | null;
  /** The file for the calls, one per line. */
  readonly trace: string;
}

const order = JSON.parse(process.argv[2] ?? "") as RunOrder;
const note = appendFileSync;
let counting = false;
writeFileSync(order.trace, "");
installFaultyDisk({
  root: order.directory,
  counts: () => counting,
  fault: order.fault,
  onCall: (call) => note(order.trace, `${callName(call)}\n`),
});

const world = fixedWorld(order.directory, { ids: order.ids });
const loaded = await loadProject(world);
const { value: deployment, diagnostics } = findDeployment(loaded, order.deployment);
if (deployment === undefined) throw new Error(JSON.stringify(diagnostics));
counting = true;
const ran = await runDeploymentByHand(world, loaded, deployment, { at: null, allowDestroy: [] });
if (ran.value?.run.state !== "succeeded") {
  process.stdout.write(JSON.stringify([ran.value?.run, ran.value?.steps, ran.diagnostics]));
  process.exitCode = 1;
}
