/** Outputs that a killed run had published: their files count as written by a run, though the run did not live to list them. */
import { placeKey, roleKey } from "../bundle/effects.ts";
import { filesAt, hasData } from "../facts/written-files.ts";
import { createOutputLists } from "../io/output-lists.ts";
import type { UnfinishedOutputs } from "../io/run-outputs.ts";
import { createRunStore } from "../io/run-store.ts";
import { isHidden } from "../model/path.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { isProviderError } from "../provider/error.ts";

/** Disks keep times less exactly than clocks tell them. */
const slackMs = 1000;

/**
 * Lists the files at the paths of a killed run. The run had checked that no files of others were there, so files from after its start are its
 * own. Older ones are those of runs before, whose list is kept, or of somebody who moved them there since.
 */
export async function listPublished(
  masonDirectory: string,
  engines: EngineSource,
  { run, paths }: Pick<UnfinishedOutputs, "run" | "paths">,
): Promise<void> {
  try {
    await list(masonDirectory, engines, { run, paths });
  } catch (thrown) {
    // Without the list the next run asks before it replaces the files.
    if (!isProviderError(thrown)) throw thrown;
  }
}

async function list(
  masonDirectory: string,
  engines: EngineSource,
  { run, paths }: Pick<UnfinishedOutputs, "run" | "paths">,
): Promise<void> {
  const [lists, found] = [createOutputLists(masonDirectory), createRunStore(masonDirectory).get(run)];
  if (found === null) return;
  const from = Date.parse(found.run.startedAt) - slackMs;
  for (const { client, path } of paths) {
    const storage = await engines.ofClient(client, "storage");
    const there = await filesAt(async () => storage, path);
    if (there === null || there === "denied" || there.fingerprint === null || !hasData(there)) continue;
    const place = placeKey({ kind: "path", client: roleKey("storage", client), path });
    const { digest } = there.fingerprint;
    if (lists.get(place, digest) !== null) continue;
    const files = there.names.map((name) => (name === "" ? path : `${path}/${name}`));
    const stats = await Promise.all(files.filter((file) => !isHidden(file)).map((file) => storage.stat(file)));
    if (stats.some((stat) => stat === null || stat.modified < from)) continue;
    // Of no bundle: the run had not ended, so what it left differs from what a whole run leaves.
    lists.put({ place, digest, bundle: "", run, names: there.names });
  }
}
