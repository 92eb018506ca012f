/** The order of an apply as JSON: its stages, and the edges between stages and between the steps of a run. */
import { isObject, type JsonObject } from "../../json.ts";
import type { Stage, StageWork } from "../../plan/stage.ts";

/** Every kind of work. A record makes sure that none is forgotten. */
export const workKinds: Readonly<Record<StageWork["kind"], true>> = {
  record: true,
  forget: true,
  database: true,
  table: true,
  run: true,
  register: true,
  drop_database: true,
  drop_table: true,
  drop_made: true,
  unregister: true,
};

/** The stages in a valid order. */
export const stagesJson = (stages: readonly Stage[]): readonly JsonObject[] =>
  stages.map((stage) => ({
    address: stage.address,
    action: stage.action,
    work: stage.work.kind,
    ...(stage.client === undefined ? {} : { client: stage.client.provider }),
    dependencies: [...stage.dependencies],
  }));

/** Every edge: `from` ends before `to` starts. Addresses of steps are `deployment.load/step_1`. */
export const edgesJson = (stages: readonly Stage[]): readonly JsonObject[] =>
  stages.flatMap((stage) => [
    ...stage.dependencies.map((from) => ({ from, to: stage.address, when: "succeeded" })),
    ...stepEdges(stage),
  ]);

function stepEdges({ address, work }: Stage): readonly JsonObject[] {
  // A plan file holds the digest of the bundle only.
  if (work.kind !== "run" || !isObject(work.bundle)) return [];
  return work.bundle.steps.flatMap((step) =>
    step.dependencies.map((from) => ({ from: `${address}/${from}`, to: `${address}/${step.id}`, when: step.when })),
  );
}
