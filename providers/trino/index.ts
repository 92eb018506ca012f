/** The lazy entry of the trino provider. Making an engine asks nothing of the server. */
import type { ProviderEntry } from "../../src/provider/contract.ts";
import { createTrinoExecution } from "./execution.ts";
import { manifest } from "./manifest.ts";
import { createTrinoMetastore } from "./metastore.ts";

export const entry: ProviderEntry = { manifest, metastore: createTrinoMetastore, execution: createTrinoExecution };
