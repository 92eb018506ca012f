/** Fingerprints of the files that a plan would delete. A reviewed plan deletes no other files. */

import type { EngineSource } from "../engine/engine-source.ts";
import type { JsonObject } from "../json.ts";
import type { Stage } from "../plan/stage.ts";
import { isProviderError } from "../provider/error.ts";

/** Fingerprints by address. A table without readable or comparable files has none. */
export async function dataToDelete(stages: readonly Stage[], engines: EngineSource): Promise<JsonObject> {
  const found: Record<string, string | null> = {};
  for (const { address, storage: client, work } of stages) {
    if (work.kind !== "drop_table" || !work.deleteData || work.location === undefined || client === undefined) continue;
    try {
      const storage = await engines.ofClient(client, "storage");
      if (storage.fingerprint !== undefined)
        found[`data of ${address}`] = (await storage.fingerprint(work.location))?.digest ?? null;
    } catch (thrown) {
      if (!isProviderError(thrown, "denied")) throw thrown;
    }
  }
  return found;
}
