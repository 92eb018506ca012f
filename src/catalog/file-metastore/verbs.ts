/** The verbs of the file metastore, for the manifests of the providers that use it. */
import type { Metastore } from "../../engine/metastore.ts";

/** All verbs of the role. */
export const fileMetastoreVerbs: readonly (keyof Metastore & string)[] = [
  "listDatabases",
  "getDatabase",
  "createDatabase",
  "deleteDatabase",
  "listTables",
  "getTable",
  "createTable",
  "updateTable",
  "renameTable",
  "deleteTable",
  "listPartitions",
  "addPartitions",
  "deletePartitions",
  "fingerprint",
];
