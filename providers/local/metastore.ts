/** The local metastore: the file metastore over local storage. */
import type { Metastore } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { fileMetastoreOver } from "../support/file-metastore.ts";
import { createLocalStorage } from "./storage.ts";

/** A metastore with its documents below the client's root. */
export const createLocalMetastore = (context: ProviderContext, data: Storage | null): Required<Metastore> =>
  fileMetastoreOver(context, createLocalStorage(context), data);
