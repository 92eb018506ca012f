/** The file metastore for storage providers: documents below the client's root, data in the config's storage. */
import { createFileMetastore } from "../../src/catalog/file-metastore/file-metastore.ts";
import { readSchema } from "../../src/catalog/schema/reader.ts";
import type { Metastore } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";

/** A metastore over a client's own storage. Table locations are paths of `data`, the config's storage, if that is another one. */
export function fileMetastoreOver(
  { now, newId, user }: Pick<ProviderContext, "now" | "newId" | "user">,
  storage: Storage,
  data: Storage | null,
): Required<Metastore> {
  return createFileMetastore({
    storage,
    data: data ?? storage,
    now,
    newId,
    user,
    readSchema: (pattern) => readSchema(storage, pattern),
  });
}
