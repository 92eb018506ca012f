/** The lazy entry of the local provider. The first verb that computes loads DuckDB. */
import type { ProviderEntry } from "../../src/provider/contract.ts";
import { createLocalExecution } from "./execution.ts";
import { manifest } from "./manifest.ts";
import { createLocalMetastore } from "./metastore.ts";
import { createLocalScheduler } from "./scheduler.ts";
import { createLocalStorage } from "./storage.ts";

export const entry: ProviderEntry = {
  manifest,
  storage: createLocalStorage,
  metastore: createLocalMetastore,
  execution: createLocalExecution,
  scheduler: createLocalScheduler,
};
