/** Outputs whose path only the run knows (`out/${run.date}`): the run looks for files of others there, and lists what it leaves. */
import type { Bundle } from "../bundle/bundle.ts";
import { type Place, placeKey, roleKey } from "../bundle/effects.ts";
import type { Config } from "../engine/config.ts";
import { leftByRun } from "../facts/left-by-run.ts";
import { type FilesAt, filesAt } from "../facts/written-files.ts";
import { isHidden, normalPath } from "../model/path.ts";
import type { RunStore } from "../model/run.ts";
import { type NamedPath, wouldDeleteForeign } from "../plan/drift/foreign-files.ts";
import { others } from "../plan/drift/written-path.ts";
import type { BundleRun } from "../step/run-bundle.ts";
import type { StepOutput } from "../step/run-context.ts";
import type { RunSetting } from "../step/start-run.ts";

/** The outputs of one run that nobody knew before it. */
export interface OutputsAtRun {
  /** Takes note of an output before it is written. */
  readonly note: (output: StepOutput) => void;
  /** Why the files at an output must not be replaced, or `null`. */
  readonly mayReplace: (output: StepOutput) => Promise<string | null>;
  /** Lists what the ended run left at these paths, so that later runs know it as their own. */
  readonly list: (result: BundleRun) => Promise<void>;
}

/** What the outputs of a run are judged by. */
export interface OutputsSetting extends Pick<RunSetting, "engines" | "lists"> {
  readonly store: Pick<RunStore, "list" | "get">;
  readonly bundle: Bundle;
  /** The places that were looked at before the run. */
  readonly known: readonly Place[];
  /** Paths that it may write again, whatever is there. */
  readonly ownPaths: ReadonlySet<string>;
  /** True if files of others may be deleted. */
  readonly mayDelete: boolean;
  readonly configOf: (id: string) => Config | null;
}

/** Watches the outputs of one run. */
export function outputsAtRun(setting: OutputsSetting): OutputsAtRun {
  const { bundle, engines, lists, configOf } = setting;
  const known = new Set(setting.known.map(placeKey));
  const configs = new Map(bundle.steps.map(({ id, configId }) => [id, configId]));
  const noted = new Map<string, NamedPath>();
  const placeOf = ({ step, client, path }: StepOutput): NamedPath => {
    const place = {
      kind: "path",
      client: roleKey("storage", client),
      configId: configs.get(step) ?? "",
      path,
    } as const;
    return { ...place, name: `path ${path}`, steps: [step] };
  };
  const isOpen = (place: NamedPath) => !isHidden(place.path) && !known.has(placeKey(place));
  return {
    note: (output) => {
      const place = placeOf(output);
      if (isOpen(place)) noted.set(placeKey(place), place);
    },
    mayReplace: async (output) => {
      const place = placeOf(output);
      // What this run has written before is its own.
      if (setting.mayDelete || !isOpen(place) || noted.has(placeKey(place))) return null;
      const found = await filesAt(() => engines.ofClient(output.client, "storage"), output.path);
      if (found === null || found === "denied") return null;
      const names = othersAt(place, found, setting);
      return names.length === 0
        ? null
        : wouldDeleteForeign(bundle.address, new Map([[place.path, names]]), false).detail;
    },
    list: async (result) => {
      const left = await leftByRun(result, { bundle, configOf, paths: [...noted.values()] }, engines);
      for (const { list } of left) if (list !== undefined) lists.put(list);
    },
  };
}

/** The files that Mason has no record of writing. Runs of before such paths were listed have only their own records. */
function othersAt(place: NamedPath, { names }: FilesAt, { lists, ownPaths, store, bundle }: OutputsSetting) {
  const listed = lists.namesAt(placeKey(place));
  if (listed !== null) return others(names, listed);
  const isOwn = ownPaths.has(place.path) || wroteBefore(store, bundle.address, place.path);
  return isOwn ? [] : others(names, []);
}

const wroteBefore = (store: OutputsSetting["store"], address: string, path: string): boolean =>
  store
    .list({ address })
    .some(({ id }) =>
      store
        .get(id)
        ?.steps.some(
          ({ state, outputs: { output_path: wrote } }) =>
            state === "succeeded" && typeof wrote === "string" && (normalPath(wrote) ?? wrote) === path,
        ),
    );
