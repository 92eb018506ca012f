/** The s3 metastore: the file metastore over a bucket. A database is a prefix directly below the root, and a table is a prefix below that. */
import type { Metastore } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { fileMetastoreOver } from "../support/file-metastore.ts";
import { createS3Storage } from "./storage.ts";

/** A metastore with its documents below the client's root. */
export const createS3Metastore = (context: ProviderContext, data: Storage | null): Required<Metastore> =>
  fileMetastoreOver(context, createS3Storage(context), data);
