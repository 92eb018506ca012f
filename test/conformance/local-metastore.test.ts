import { manifest } from "../../providers/local/manifest.ts";
import { createLocalMetastore } from "../../providers/local/metastore.ts";
import { temporaryContext } from "./context.ts";
import { metastoreConformance } from "./metastore.ts";

metastoreConformance("local", async () => {
  const { context, close } = await temporaryContext();
  const metastore = createLocalMetastore(context, null);
  return { metastore, verbs: manifest.engines.metastore ?? [], versions: true, user: "tester", close };
});
