/** A bucket of an S3 server as a project's storage, and a look at it that Mason's code has no part in. */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { type S3Server, testKeys } from "./server.ts";

/** A bucket. */
export interface Lake {
  readonly bucket: string;
  put(key: string, body: string | Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
  /** Copies what is live at a path to this machine, as manifests say it: all keys below the path, or the parts of the newest manifest. */
  copyLive(path: string): Promise<{ readonly directory: string; readonly names: readonly string[] }>;
  close(): Promise<void>;
}

/** Environment of a command that uses {@link lakeConfig}. */
export const lakeEnv = { LAKE_KEY: testKeys.accessKey, LAKE_SECRET: testKeys.secretKey };

/** A config with storage and metastore in a bucket, and everything else on this machine. */
export const lakeConfig = (id: string, bucket: string, endpoint: string, local = ""): string => `type: config
id: ${id}
metastore_engine: lake
storage_engine: lake
execution_engine: local
scheduler_engine: local
clients:
  lake: { provider: s3, configuration: { bucket: ${bucket}, root: data, aws_region: us-east-1, endpoint: "${endpoint}", access_key: "{{LAKE_KEY}}", secret_key: "{{LAKE_SECRET}}" } }
  local: { configuration: { root: "."${local} } }
`;

/** Makes an empty bucket. */
export async function makeLake({ endpoint }: S3Server): Promise<Lake> {
  const bucket = `lake-${randomUUID().slice(0, 12)}`;
  const credentials = { accessKeyId: testKeys.accessKey, secretAccessKey: testKeys.secretKey };
  const client = new S3({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  await client.createBucket({ Bucket: bucket });
  const copies: string[] = [];
  const keys = async (prefix = "") => {
    const { Contents = [] } = await client.listObjectsV2({ Bucket: bucket, Prefix: prefix });
    return Contents.flatMap(({ Key }) => Key ?? []).sort();
  };
  const read = async (key: string) => {
    const { Body } = await client.getObject({ Bucket: bucket, Key: key });
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
  return {
    bucket,
    put: async (key, body) => void (await client.putObject({ Bucket: bucket, Key: key, Body: body })),
    delete: async (key) => void (await client.deleteObject({ Bucket: bucket, Key: key })),
    keys: () => keys(),
    copyLive: async (path) => {
      const found = (await keys(`data/${path}`)).filter(
        (key) => key === `data/${path}` || key.startsWith(`data/${path}/`),
      );
      const numbers = found.flatMap((key) => /_mason_parts\/(\d+)\.json$/.exec(key)?.[1] ?? []).map(Number);
      const newest = numbers.length === 0 ? null : `data/${path}/_mason_parts/${Math.max(...numbers)}.json`;
      const text = newest === null ? null : new TextDecoder().decode(await read(newest));
      const parts = text === null ? null : (JSON.parse(text) as { parts: { path: string }[] }).parts;
      const live = parts === null ? found : parts.map((part) => `data/${path}/${part.path}`);
      const directory = await mkdtemp(join(tmpdir(), "mason-lake-"));
      copies.push(directory);
      for (const key of live) {
        const place = join(directory, key);
        await mkdir(dirname(place), { recursive: true });
        await writeFile(place, await read(key));
      }
      return { directory: join(directory, "data", path), names: live };
    },
    close: async () => {
      client.destroy();
      for (const copy of copies) await rm(copy, { recursive: true, force: true });
    },
  };
}
