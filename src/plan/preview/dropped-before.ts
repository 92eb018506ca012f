/** Tables and files that an earlier step of a deployment drops, so that a later step can't read them: an error of the plan. */
import { type Bundle, type BundleStep, stepsOfMason } from "../../bundle/bundle.ts";
import { mayMeet } from "../../bundle/data-flow.ts";
import {
  directoryOf,
  type PathPlace,
  type Place,
  placeKey,
  placeLabel,
  type StepEffects,
} from "../../bundle/effects.ts";
import { isGlob, isWithin } from "../../model/path.ts";
import type { Preview } from "../../operator/operator.ts";
import type { WorldView } from "./world.ts";

/** Files that a step deletes, and the step. */
interface Deleted {
  readonly place: PathPlace;
  readonly by: string;
}

/** What earlier steps drop. One for each bundle; it is asked step by step, in order. */
export interface DroppedBefore {
  look(
    step: BundleStep,
    own: StepEffects,
    preview: Preview,
    view: Pick<WorldView, "storage" | "root">,
  ): Preview["problems"];
}

/** Nothing is dropped yet. */
export function droppedBefore(bundle: Bundle): DroppedBefore {
  const mason = stepsOfMason(bundle);
  // Code of the project may skip a step, or make the table again.
  const isCertain = bundle.steps.every(({ id, stepModule }) => mason.has(id) && stepModule === undefined);
  const tables = new Map<string, string>();
  let deleted: readonly Deleted[] = [];
  return {
    look: (step, own, preview, view) => {
      if (!isCertain || step.when !== "succeeded") return [];
      const problems = own.reads.flatMap((place) => {
        const by = place.kind === "table" ? tables.get(placeKey(place)) : deleterOf(place, deleted);
        return by === undefined ? [] : [{ message: sentence(place, by) }];
      });
      const written = [...own.writes, ...own.openWrites];
      for (const place of written) tables.delete(placeKey(place));
      deleted = deleted.filter(({ place }) => !written.some((made) => made.kind === "path" && mayMeet(made, place)));
      for (const made of preview.makes) {
        if (!("dropped" in made)) continue;
        for (const drop of own.drops) tables.set(placeKey(drop), step.id);
        if (made.data === undefined || isGlob(made.data)) continue;
        deleted = [...deleted, { place: dataOf(made.data, step, view), by: step.id }];
      }
      return problems.slice(0, 1);
    },
  };
}

const dataOf = (path: string, { configId }: BundleStep, view: Pick<WorldView, "storage" | "root">): PathPlace => ({
  kind: "path",
  client: view.storage,
  configId,
  path,
  ...(view.root === undefined ? {} : { root: view.root }),
});

const deleterOf = (read: PathPlace, deleted: readonly Deleted[]): string | undefined =>
  deleted.find(({ place }) => place.client === read.client && isWithin(directoryOf(read), place.path))?.by;

const sentence = (place: Place, by: string): string =>
  `Step "${by}" drops "${placeLabel(place)}" before this step reads it. Let this step run before "${by}", or read something else.`;
