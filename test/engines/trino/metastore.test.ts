/** The metastore of trino on the real server: the catalogs hive (files on this machine) and memory (no files). */
import { manifest } from "../../../providers/trino/manifest.ts";
import { createTrinoMetastore } from "../../../providers/trino/metastore.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { type Lack, metastoreConformance } from "../../conformance/metastore.ts";
import { available } from "../support/available.ts";
import { dropAll } from "./ask.ts";
import { startTrino } from "./start.ts";

const server = await available("Trino", startTrino);

const hiveTypes =
  "boolean tinyint smallint int bigint float double decimal(38,10) string varchar(20) binary date timestamp array<array<decimal(5,2)>>".split(
    " ",
  );
const ofBoth = ["map<string, array<int>>"];
const nested = ['struct<id: bigint, "odd name": struct<tags: array<string>, at: timestamp>>'];
const memoryTypes = [...hiveTypes, "time", "timestamp(3)", "timestamp(9) with time zone", "interval", "json"];
const always: readonly Lack[] = ["notes of databases", "properties", "csv"];

if (server !== null) {
  for (const [catalog, lacks, types] of [
    ["hive", ["not null", "locations of partitions"], [...hiveTypes, ...ofBoth, ...nested]],
    ["memory", ["files"], [...memoryTypes, ...ofBoth, ...nested]],
  ] as const)
    metastoreConformance(`trino (${catalog})`, async () => {
      await dropAll(server.url, catalog);
      const settings = { url: server.url, user: "tester", catalog };
      const { context, close } = await temporaryContext({
        ...settings,
        ...(catalog === "hive" ? { location: "local:///" } : {}),
      });
      return {
        metastore: createTrinoMetastore(context, null),
        verbs: manifest.engines.metastore ?? [],
        versions: false,
        lacks: [...always, ...lacks],
        types,
        close,
      };
    });
}
