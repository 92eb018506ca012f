/** The s3 metastore: the file metastore over a bucket. A database is a prefix right below the root, a table a prefix below it. */
import { createFileMetastore } from "../../src/catalog/file-metastore.ts";
import { readSchema } from "../../src/catalog/schema-reader.ts";
import type { Metastore } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { createS3Storage } from "./storage.ts";

/** A metastore whose documents lie below the client's root; the tables' locations are paths of the config's storage. */
export function createS3Metastore(context: ProviderContext, data: Storage | null): Required<Metastore> {
  const storage = createS3Storage(context);
  return createFileMetastore({
    storage,
    data: data ?? storage,
    now: context.now,
    newId: context.newId,
    user: context.user,
    readSchema: (pattern) => readSchema(storage, pattern),
  });
}
