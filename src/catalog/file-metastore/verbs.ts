/** The verbs of the file metastore: what the manifest of every provider says whose metastore is one. */
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
