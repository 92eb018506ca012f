import { manifest } from "../../providers/local/manifest.ts";
import { createLocalStorage } from "../../providers/local/storage.ts";
import { temporaryContext } from "./context.ts";
import { storageConformance } from "./storage.ts";

storageConformance("local", async () => {
  const { context, close } = await temporaryContext();
  return { storage: createLocalStorage(context), verbs: manifest.engines.storage ?? [], ifMatch: true, close };
});
