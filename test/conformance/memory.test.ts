import { randomUUID } from "node:crypto";
import { createMemoryClient } from "../../providers/memory/client.ts";
import { manifest } from "../../providers/memory/manifest.ts";
import { createMemoryMetastore } from "../../providers/memory/metastore.ts";
import { createMemoryScheduler } from "../../providers/memory/scheduler.ts";
import { createMemoryStorage } from "../../providers/memory/storage.ts";
import { temporaryContext } from "./context.ts";
import { metastoreConformance } from "./metastore.ts";
import { schedulerConformance } from "./scheduler.ts";
import { storageConformance } from "./storage.ts";

async function freshClient() {
  const { context, close } = await temporaryContext({ space: randomUUID() });
  return { client: createMemoryClient(context), close };
}

storageConformance("memory", async () => {
  const { client, close } = await freshClient();
  return { storage: createMemoryStorage(client), verbs: manifest.engines.storage ?? [], ifMatch: true, close };
});

metastoreConformance("memory", async () => {
  const { client, close } = await freshClient();
  const metastore = createMemoryMetastore(client, createMemoryStorage(client));
  return { metastore, verbs: manifest.engines.metastore ?? [], versions: true, user: "tester", close };
});

schedulerConformance("memory", async () => {
  const { client, close } = await freshClient();
  return { scheduler: createMemoryScheduler(client), verbs: manifest.engines.scheduler ?? [], close };
});
