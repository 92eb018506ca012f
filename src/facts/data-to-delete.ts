/** Fingerprints of the files that a plan would delete. A reviewed plan deletes no other files. */
import type { Address } from "../address.ts";
import type { JsonObject } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { isProviderError } from "../provider/error.ts";

/** Files of a table that would be deleted. */
export interface DoomedFiles {
  readonly address: Address;
  readonly storage: ClientRecord;
  readonly location: string;
}

/** Fingerprints by address. A table without readable or comparable files has none. */
export async function dataToDelete(doomed: readonly DoomedFiles[], engines: EngineSource): Promise<JsonObject> {
  const found: Record<string, string | null> = {};
  for (const { address, storage: client, location } of doomed) {
    try {
      const storage = await engines.ofClient(client, "storage");
      if (storage.fingerprint !== undefined)
        found[`data of ${address}`] = (await storage.fingerprint(location))?.digest ?? null;
    } catch (thrown) {
      if (!isProviderError(thrown, "denied")) throw thrown;
    }
  }
  return found;
}
