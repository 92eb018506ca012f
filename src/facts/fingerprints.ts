/** Takes the fingerprints of inputs, and tells how they changed since the last run started. */
import { clientKey, inputName } from "../bundle/effects.ts";
import type { InputSource } from "../bundle/inputs.ts";
import type { ResolvedDeployment } from "../bundle/resolve-deployments.ts";
import { isReadAt } from "../catalog/schema/data-files.ts";
import type { Engines } from "../engine/engines.ts";
import type { Fingerprint } from "../engine/storage.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { hasVerb } from "../provider/registry.ts";
import { eachOf } from "./each-of.ts";

/** The current fingerprint of an input; `null` if the engine gives none. */
export async function fingerprintOf({ place, files }: InputSource, engines: Engines): Promise<Fingerprint | null> {
  if (place.kind === "table") return (await engines.metastore?.fingerprint?.(place.database, place.table)) ?? null;
  const counts = files === undefined ? undefined : isReadAt(place.path, files);
  return (await engines.storage?.fingerprint?.(place.path, counts)) ?? null;
}

/** Takes the fingerprints of all inputs of the given deployments, each place once. */
export async function takeFingerprints(all: readonly ResolvedDeployment[], engines: EngineSource): Promise<void> {
  const wanted = new Map<
    string,
    {
      readonly input: InputSource;
      readonly config: ConfigResource;
      readonly for: { readonly parts: ResolvedDeployment; readonly name: string }[];
    }
  >();
  for (const parts of all) {
    for (const input of parts.inputs) {
      const config = parts.configs.get(input.configId);
      if (config === undefined || !canWatch(input, config, engines)) continue;
      const role = input.place.kind === "table" ? "metastore" : "storage";
      const key = `${clientKey(engines, config, role)} ${inputName(input.place)}`;
      const same = wanted.get(key);
      const asker = { parts, name: input.name };
      if (same === undefined) wanted.set(key, { input, config, for: [asker] });
      else same.for.push(asker);
    }
  }
  await eachOf([...wanted.values()], async (item) => {
    const own = await engines.ofConfig(item.config);
    const path = item.for[0]?.parts.files.get(item.input.name);
    const fingerprint =
      (await fingerprintOf(item.input, own)) ??
      (path === undefined ? null : ((await own.storage?.fingerprint?.(path, isReadAt(path))) ?? null));
    for (const { parts, name } of item.for) parts.fingerprints.set(name, fingerprint);
  });
}

/** True when the engine of the input can take fingerprints. */
export function canWatch(input: InputSource, config: ConfigResource, engines: EngineSource): boolean {
  const role = input.place.kind === "table" ? "metastore" : "storage";
  const found = engines.recordOf(config, role);
  return found !== null && hasVerb(found, role, "fingerprint");
}
