import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { createLocalStorage } from "../../../providers/local/storage.ts";
import { createFileMetastore } from "../../../src/catalog/file-metastore/file-metastore.ts";
import { firstLine } from "../../catalog/first-line.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { someTable } from "../../conformance/metastore.ts";

const run = promisify(execFile);

test("two processes that write one metastore lose nothing", async () => {
  const { context, directory, close } = await temporaryContext({ root: "data" });
  const script = join(directory, "create-tables.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("./create-tables.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  const storage = createLocalStorage(context);
  const { now, newId, user } = context;
  const metastore = createFileMetastore({ storage, now, newId, user, readSchema: firstLine(storage) });
  await metastore.createDatabase({ name: "sales" });
  const [day] = someTable("", "").partitions;
  if (day === undefined) throw new Error("no partition column");
  await metastore.createTable(someTable("sales", "shared", { partitions: [{ ...day, name: "n" }] }));

  const labels = ["one", "two"];
  await Promise.all(labels.map((label) => run(process.execPath, [script, join(directory, "data"), label])));

  const tables = (await metastore.listTables("sales")).filter((table) => table.name !== "shared");
  expect(tables).toHaveLength(100);
  for (const label of labels)
    expect(await metastore.getTable("sales", `${label}_49`)).toMatchObject({ createdBy: label });
  expect(await metastore.listPartitions("sales", "shared")).toHaveLength(40);
  expect((await metastore.getTable("sales", "shared"))?.version).toBe("41");
  await close();
}, 120_000);
