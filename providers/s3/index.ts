/** The lazy entry of the s3 provider. The first verb loads the SDK. */
import type { ProviderEntry } from "../../src/provider/contract.ts";
import { manifest } from "./manifest.ts";
import { createS3Metastore } from "./metastore.ts";
import { createS3Storage } from "./storage.ts";

export const entry: ProviderEntry = { manifest, storage: createS3Storage, metastore: createS3Metastore };
