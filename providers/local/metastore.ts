/** The local metastore: the file metastore over local storage. */
import { createFileMetastore } from "../../src/catalog/file-metastore.ts";
import { readSchema } from "../../src/catalog/schema-reader.ts";
import type { Metastore } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { createLocalStorage } from "./storage.ts";

/** A metastore whose documents lie below the client's root; the tables' locations are paths of the config's storage. */
export function createLocalMetastore(context: ProviderContext, data: Storage | null): Required<Metastore> {
  const storage = createLocalStorage(context);
  return createFileMetastore({
    storage,
    data: data ?? storage,
    now: context.now,
    newId: context.newId,
    user: context.user,
    readSchema: (pattern) => readSchema(storage, pattern),
  });
}
