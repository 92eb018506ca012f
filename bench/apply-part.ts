/**
 * Plans and applies a project in this process and says what applying cost by itself: node apply-part.mjs DIR [keep-nothing]. With
 * "keep-nothing" the files of lease, journal and history are replaced by a storage that keeps nothing, and the state is not saved.
 */
import { applyPlan } from "../src/command/apply.ts";
import { planProject } from "../src/command/plan.ts";
import { keepsNothing } from "./keeps-nothing.ts";
import { measuredPart } from "./part.ts";
import { worldOf } from "./world.ts";

const [directory = ".", how] = process.argv.slice(2);
const world = worldOf(directory);
const planned = await planProject(world, { destroy: false, run: [], unfinished: "refuse" });
const { value } = planned;
if (value === undefined) throw new Error(JSON.stringify(planned.diagnostics));
const { backend } = value;
const nothing = { storage: keepsNothing(backend.prefix), save: async () => undefined };
const { results } = await measuredPart(() =>
  applyPlan(
    world,
    { ...value, backend: how === "keep-nothing" ? { ...backend, ...nothing } : backend },
    { leaseTimeoutMs: 0 },
  ),
);
const done = results.filter((result) => result.status === "done").length;
if (done !== results.length) throw new Error(`${done} of ${results.length} changes were made.`);
console.log(`${done} done`);
