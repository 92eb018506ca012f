/** Problems of the output of a step, whichever operator writes it: a declared table that it does not fit, something that exists there. */
import { type Bundle, type BundleStep, stepsOfMason } from "../../bundle/bundle.ts";
import type { Predicted } from "../../bundle/predict-parameters.ts";
import { normalPath } from "../../model/path.ts";
import { declaredMisfits } from "../../operator/declared/misfits.ts";
import type { Preview, PreviewContext } from "../../operator/operator.ts";
import { existingOutput } from "../../operator/publish.ts";
import { orNull } from "../../operator/source/preview-source.ts";
import type { WorldView } from "./world.ts";

type Problems = Preview["problems"];

/** Problems of what would be written into declared tables. */
export const misfitProblems = ({ writes }: Preview, { declared }: Pick<PreviewContext, "declared">): Problems =>
  writes === undefined
    ? []
    : declaredMisfits(declared, writes).map((message) => ({ parameter: "output_path", message }));

/** Looks for outputs that exist and that a run may not replace. One for each bundle; it is asked step by step, in order. */
export interface ExistingOutputs {
  problems(
    step: BundleStep,
    predicted: Predicted,
    view: Pick<WorldView, "engines" | "storage" | "isRemoved">,
  ): Promise<Problems>;
}

/** `ownPaths`: what earlier runs of the same deployment wrote, which it may write again. */
export function existingOutputs(bundle: Bundle, ownPaths: ReadonlySet<string>): ExistingOutputs {
  const mason = stepsOfMason(bundle);
  // Code of the project may skip a step, or clear its output first.
  const isCertain = bundle.steps.every(({ id, stepModule }) => mason.has(id) && stepModule === undefined);
  const written = new Set<string>();
  return {
    problems: async (step, { parameters, unknown }, { storage, engines, isRemoved }) => {
      const path = outputOf(step, parameters, unknown);
      if (path === null || !isCertain || step.when !== "succeeded") return [];
      const key = `${storage} ${path}`;
      const isMade = written.has(key);
      written.add(key);
      if (parameters.overwrite === true || unknown.has("overwrite") || ownPaths.has(path)) return [];
      if (!isMade && isRemoved(path)) return [];
      const isThere = isMade || (await orNull(engines.storage?.stat(path) ?? Promise.resolve(null))) !== null;
      return isThere ? [{ parameter: "output_path", message: existingOutput(path) }] : [];
    },
  };
}

/** The path that a step of Mason publishes to, if it is known. */
function outputOf(
  { operator }: BundleStep,
  parameters: Predicted["parameters"],
  unknown: Predicted["unknown"],
): string | null {
  const writes = operator.writes.some((place) => "path" in place && place.path === "${output_path}");
  const { output_path: path } = parameters;
  return writes && typeof path === "string" && !unknown.has("output_path") ? normalPath(path) : null;
}
