/** The s3 metastore: the file metastore over a bucket. A database is a prefix right below the root, a table a prefix below it. */
import type { Metastore } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { fileMetastoreOver } from "../support/file-metastore.ts";
import { createS3Storage } from "./storage.ts";

/** A metastore whose documents lie below the client's root. */
export const createS3Metastore = (context: ProviderContext, data: Storage | null): Required<Metastore> =>
  fileMetastoreOver(context, createS3Storage(context), data);
