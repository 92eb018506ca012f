import { randomUUID } from "node:crypto";
import { manifest } from "../../providers/local/manifest.ts";
import { createLocalStorage } from "../../providers/local/storage.ts";
import { createMemoryClient } from "../../providers/memory/client.ts";
import { createMemoryStorage } from "../../providers/memory/storage.ts";
import { createFileMetastore } from "../../src/catalog/file-metastore/file-metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { ProviderContext } from "../../src/provider/contract.ts";
import { firstLine } from "../catalog/first-line.ts";
import { temporaryContext } from "./context.ts";
import { metastoreConformance } from "./metastore.ts";

const storages: Readonly<Record<string, (context: ProviderContext) => Storage>> = {
  "local storage": createLocalStorage,
  "memory storage": (context) => createMemoryStorage(createMemoryClient(context)),
};

for (const [name, make] of Object.entries(storages)) {
  metastoreConformance(`the file metastore over ${name}`, async () => {
    const { context, close } = await temporaryContext({ space: randomUUID() });
    const storage = make(context);
    const { now, newId, user } = context;
    const metastore = createFileMetastore({ storage, now, newId, user, readSchema: firstLine(storage) });
    return { metastore, verbs: manifest.engines.metastore ?? [], versions: true, user, close };
  });
}
