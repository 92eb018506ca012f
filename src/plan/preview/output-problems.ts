/** Problems of the output of a step, whichever operator writes it: a declared table that it does not fit, something that exists there. */
import { type Bundle, type BundleStep, stepsOfMason } from "../../bundle/bundle.ts";
import type { StepEffects } from "../../bundle/effects.ts";
import type { Predicted } from "../../bundle/predict-parameters.ts";
import type { FileStat } from "../../engine/storage.ts";
import { normalPath } from "../../model/path.ts";
import { readFileSettings } from "../../model/read-settings.ts";
import { declaredMisfits } from "../../operator/declared/misfits.ts";
import type { Preview, PreviewContext } from "../../operator/operator.ts";
import { ownInputOnDisk } from "../../operator/own-input.ts";
import { existingOutput } from "../../operator/sink/place.ts";
import { orNull } from "../../operator/source/preview-source.ts";
import type { Replaced } from "../plan.ts";
import type { WorldView } from "./world.ts";

/** `output`: an output that is there and may not be replaced. */
export type StepProblem = Preview["problems"][number] & { readonly output?: string };
type Problems = readonly StepProblem[];

/** Problems of what would be written into declared tables. */
export const misfitProblems = ({ writes }: Preview, { declared }: Pick<PreviewContext, "declared">): Problems =>
  writes === undefined
    ? []
    : declaredMisfits(declared, writes).map((message) => ({ parameter: "output_path", message }));

/** The problem of an output that overlaps an input by a link. Without links, the operator has compared them. */
export async function linkedInput(
  { writes, problems }: Preview,
  { parameters }: Predicted,
  { engines: { storage } }: Pick<PreviewContext, "engines">,
): Promise<Problems> {
  if (writes === undefined || problems.length > 0 || storage === undefined) return [];
  const files = readFileSettings(parameters.files ?? {});
  const look = ownInputOnDisk(storage, writes.path, { ...writes, files: files.ok ? files.value : {} });
  const message = await orNull(look);
  return message === null ? [] : [{ parameter: "output_path", message }];
}

/** What is at the output of a step: the problem of an output that the run may not replace, or what it replaces. */
interface AtOutput {
  readonly problems: Problems;
  readonly replaces: readonly Replaced[];
}

const nothing: AtOutput = { problems: [], replaces: [] };

/** Looks for outputs that exist. One for each bundle; it is asked step by step, in order. */
export interface ExistingOutputs {
  look(step: BundleStep, predicted: Predicted, view: OutputView): Promise<AtOutput>;
}

type OutputView = Pick<WorldView, "engines" | "storage" | "isRemoved">;

/** `ownPaths`: what earlier runs of the same deployment wrote, which it may write again. */
export function existingOutputs(
  bundle: Bundle,
  ownPaths: ReadonlySet<string>,
  effects: readonly StepEffects[],
): ExistingOutputs {
  const mason = stepsOfMason(bundle);
  // Code of the project may skip a step, or clear its output first.
  const isCertain = bundle.steps.every(({ id, stepModule }) => mason.has(id) && stepModule === undefined);
  const written = new Set<string>();
  const look: ExistingOutputs["look"] = async (step, { parameters, unknown }, view) => {
    const path = outputOf(step, parameters, unknown);
    // The preview reports the root itself.
    if (path === null || path === "" || !mason.has(step.id) || unknown.has("overwrite")) return nothing;
    const key = `${view.storage} ${path}`;
    const isMade = written.has(key);
    if (isCertain && step.when === "succeeded") written.add(key);
    if (!isMade && view.isRemoved(path)) return nothing;
    const there = isMade ? "made" : await orNull(view.engines.storage?.stat(path) ?? Promise.resolve(null));
    if (there === null) return nothing;
    if (parameters.overwrite === true || ownPaths.has(path))
      return { problems: [], replaces: [replaced(step, path, there, effects)] };
    if (!isCertain || step.when !== "succeeded") return nothing;
    return { problems: [{ parameter: "output_path", message: existingOutput(path), output: path }], replaces: [] };
  };
  return { look };
}

/** The output that is there. Only the size of a single file is known without another call. */
function replaced(
  { id, configId }: BundleStep,
  path: string,
  there: FileStat | "made",
  effects: readonly StepEffects[],
): Replaced {
  const writes = effects.find(({ step }) => step === id)?.writes ?? [];
  const real = writes.flatMap((place) => (place.kind === "path" && place.path === path ? (place.real ?? []) : []))[0];
  const counts = there !== "made" && there.kind === "file" ? { files: 1, bytes: there.size } : {};
  return { config: configId, path, ...(real === undefined ? {} : { real_path: real }), ...counts };
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
