/** The connector hive over versitygw: tables lie where the config's s3 storage says, and Trino and S3 agree on it. */
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import { createS3Storage } from "../../../providers/s3/storage.ts";
import { createTrinoMetastore } from "../../../providers/trino/metastore.ts";
import { parseDataType } from "../../../src/model/data-type.ts";
import { column } from "../../../src/model/schema.ts";
import { Secret } from "../../../src/model/secret.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { available } from "../support/available.ts";
import { startVersitygw } from "../versitygw/start.ts";
import { ask } from "./ask.ts";
import { startTrino } from "./start.ts";

const bucket = "lake";
const system = await available("Trino over versitygw", async () => {
  const server = await startVersitygw();
  const credentials = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey };
  const s3 = new S3({ endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  await s3.createBucket({ Bucket: bucket });
  const trino = await startTrino({ s3: { server, bucket } });
  const stop = async () => {
    await trino.stop();
    await server.stop();
  };
  return { server, trino, s3, stop };
});

if (system !== null) {
  const { server, trino, s3 } = system;
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  test("a table of Trino has its files and partitions below the root of the config's storage", async () => {
    const storageContext = await temporaryContext({
      bucket,
      root: "team/a",
      endpoint: server.endpoint,
      aws_region: "us-east-1",
      access_key: new Secret(server.accessKey),
      secret_key: new Secret(server.secretKey),
    });
    const { context, close } = await temporaryContext({ url: trino.url, user: "tester", catalog: "hive" });
    opened.push(storageContext.close, close);
    const metastore = createTrinoMetastore(context, createS3Storage(storageContext.context));
    await metastore.createDatabase({ name: "sales", location: "databases/sales" });
    await metastore.createTable({
      database: "sales",
      name: "visits",
      format: "parquet",
      columns: [column("id", parseDataType("bigint") ?? { kind: "unknown" })],
      partitions: [column("place", { kind: "string" })],
      location: "raw/visits",
    });
    const insert = await ask(trino.url, "INSERT INTO hive.sales.visits VALUES (1, 'a b'), (2, 'x/=')");
    expect(insert.error).toBeNull();
    const { Contents: listed = [] } = await s3.listObjectsV2({ Bucket: bucket, Prefix: "team/a/raw/visits/" });
    const folders = listed.map(({ Key = "" }) => Key.slice("team/a/".length).split("/").slice(0, -1).join("/"));
    const partitions = await metastore.listPartitions("sales", "visits");
    expect(partitions.map(({ values }) => values.place)).toEqual(["a b", "x/="]);
    expect([...new Set(folders)].filter((name) => name.includes("=")).sort()).toEqual(
      partitions.map(({ location }) => location),
    );
    expect(await metastore.getTable("sales", "visits")).toMatchObject({ location: "raw/visits" });
    expect((await metastore.getDatabase("sales"))?.location).toBe("databases/sales");
    await metastore.deletePartitions?.("sales", "visits", [{ place: "a b" }]);
    expect((await ask(trino.url, "SELECT id FROM hive.sales.visits")).rows).toEqual([[2]]);
    for (const partition of partitions) await metastore.addPartitions?.("sales", "visits", [partition]);
    expect((await ask(trino.url, "SELECT id FROM hive.sales.visits ORDER BY id")).rows).toEqual([[1], [2]]);
    await metastore.deleteTable("sales", "visits");
    const { KeyCount } = await s3.listObjectsV2({ Bucket: bucket, Prefix: "team/a/raw/visits/place=a b/" });
    expect(KeyCount).toBeGreaterThan(0);
  });
}
