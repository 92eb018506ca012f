/** Run in a process of its own by several-processes.test.ts: makes tables in a metastore that other processes write too. */
import { storageAt } from "../../../providers/local/storage.ts";
import { createHasher } from "../../../providers/local/storage-fingerprint.ts";
import { createRoot } from "../../../providers/local/storage-root.ts";
import { createFileMetastore } from "../../../src/catalog/file-metastore/file-metastore.ts";
import { bigint } from "../../../src/model/data-type.ts";
import { column } from "../../../src/model/schema.ts";
import { ProviderError } from "../../../src/provider/error.ts";

const [directory = "", label = ""] = process.argv.slice(2);
const now = () => new Date();
const storage = storageAt(createRoot(directory), createHasher(directory, now));
let ids = 0;
const metastore = createFileMetastore({
  storage,
  now,
  newId: () => `${label}-${ids++}`,
  user: label,
  readSchema: async () => {
    throw new ProviderError("not_found", "There are no files. Check the path.");
  },
});

const table = (name: string) => ({
  database: "sales",
  name,
  format: "parquet" as const,
  columns: [column("id", bigint)],
  partitions: [column("n", bigint)],
  location: `sales/${name}`,
});

const numbers = Array.from({ length: 50 }, (_, index) => index);
await Promise.all([
  ...numbers.map((number) => metastore.createTable(table(`${label}_${number}`))),
  ...numbers
    .slice(0, 20)
    .map((number) =>
      metastore.addPartitions("sales", "shared", [
        { values: { n: `${label}_${number}` }, location: `${label}_${number}` },
      ]),
    ),
]);
