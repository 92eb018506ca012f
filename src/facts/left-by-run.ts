/** Looks at the files that an ended run left at its output paths. */
import { type Bundle, bundleDigest } from "../bundle/bundle.ts";
import { type NamedPlace, placeKey } from "../bundle/effects.ts";
import type { Config } from "../engine/config.ts";
import type { JsonObject } from "../json.ts";
import type { OutputList, RunRecord, StepRecord } from "../model/run.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { filesAt, hasData } from "./written-files.ts";

/** The files at one output path. */
export interface LeftPath {
  /** The name of the output in the state. */
  readonly name: string;
  /** `{digest, files, bytes}`; empty where the storage takes no fingerprint. */
  readonly record: JsonObject;
  readonly list?: OutputList;
}

/** Output paths of a bundle, with the run that the lists name. */
export interface OutputPaths {
  readonly bundle: Bundle;
  readonly run: string;
  readonly configOf: (id: string) => Config | null;
  readonly paths: readonly Extract<NamedPlace, { kind: "path" }>[];
}

/** The paths with files that succeeded steps wrote. Intermediate ones may be gone already. */
export function leftByRun(
  { run, steps }: { readonly run: RunRecord; readonly steps: readonly StepRecord[] },
  { paths, ...rest }: Omit<OutputPaths, "run">,
  engines: EngineSource,
): Promise<readonly LeftPath[]> {
  const succeeded = new Set(steps.flatMap(({ step, state }) => (state === "succeeded" ? [step] : [])));
  const written = paths.filter((place) => place.steps.some((step) => succeeded.has(step)));
  return leftAtPaths({ ...rest, paths: written, run: run.id }, engines);
}

/** The paths with files, whoever wrote them. */
export async function leftAtPaths(
  { run, bundle, configOf, paths }: OutputPaths,
  engines: EngineSource,
): Promise<readonly LeftPath[]> {
  const left: LeftPath[] = [];
  for (const place of paths) {
    const config = configOf(place.configId);
    const storage = config === null ? undefined : (await engines.ofConfig(config)).storage;
    const found = storage === undefined ? null : await filesAt(async () => storage, place.path);
    if (found === null || found === "denied" || !hasData(found)) continue;
    const { fingerprint, names } = found;
    const list = fingerprint === null ? null : { digest: fingerprint.digest, bundle: bundleDigest(bundle), run, names };
    left.push({
      name: place.name,
      record: { ...fingerprint },
      ...(list === null ? {} : { list: { place: placeKey(place), ...list } }),
    });
  }
  return left;
}
