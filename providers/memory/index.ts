/** The lazy entry of the memory provider: one factory for each role. None does any I/O. */
import type { ProviderEntry } from "../../src/provider/contract.ts";
import { createMemoryClient } from "./client.ts";
import { createMemoryExecution } from "./execution.ts";
import { manifest } from "./manifest.ts";
import { createMemoryMetastore } from "./metastore.ts";
import { createMemoryScheduler } from "./scheduler.ts";
import { createMemoryStorage } from "./storage.ts";

export const entry: ProviderEntry = {
  manifest,
  storage: (context) => createMemoryStorage(createMemoryClient(context)),
  metastore: (context, storage) => createMemoryMetastore(createMemoryClient(context), storage),
  execution: (context) => createMemoryExecution(createMemoryClient(context)),
  scheduler: (context) => createMemoryScheduler(createMemoryClient(context)),
};
