/** Files that are there and that a step fails to read: an error of the plan. */
import type { BundleStep } from "../../bundle/bundle.ts";
import { isOwn } from "../../bundle/data-flow.ts";
import type { Place } from "../../bundle/effects.ts";
import { globRoot } from "../../model/path.ts";
import type { Preview } from "../../operator/operator.ts";
import { parameterNaming } from "./parameter-naming.ts";
import type { DataAround } from "./tables-without-files.ts";
import type { WorldView } from "./world.ts";

/** What a step fails to read, where nothing in the plan may change the files before. A step's own code may. */
export function certainlyUnreadable(
  { unreadable = [] }: Preview,
  { configId, stepModule, parameters }: BundleStep,
  { storage }: Pick<WorldView, "storage">,
  around: DataAround | undefined,
): Preview["problems"] {
  if (stepModule !== undefined) return [];
  const certain = unreadable.filter(({ path }) => {
    const place: Place = { kind: "path", client: storage, configId, path: globRoot(path) };
    return around === undefined || !isOwn(place, around.written, place);
  });
  const messages = new Map(certain.map(({ message, path }) => [message, parameterNaming(parameters, path)]));
  return [...messages].map(([message, parameter]) => ({ ...parameter, message }));
}
