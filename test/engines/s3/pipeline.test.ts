/** Pipelines whose data is in a bucket and whose computing is on this machine: the same rows as on local files. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type MasonProject, masonProject } from "../../e2e/mason.ts";
import { copyOfExample } from "../../examples/example.ts";
import { lit, openDuck } from "../../truth/duck.ts";
import { available } from "../support/available.ts";
import { startVersitygw } from "../versitygw/start.ts";
import { type Lake, lakeConfig, lakeEnv, makeLake } from "./lake.ts";

const server = await available("versitygw", startVersitygw);

/** One deployment for each operator that writes, over two raw files; each writes to `out/NAME`. */
const deployments: Readonly<Record<string, string>> = {
  query: `operator: table:query
parameters: { query_string: "select day, count(*) as orders, sum(amount) as amount from sales.orders group by day", output_path: out/query }`,
  files: `operator: table:query
parameters: { query_string: "select id, amount * 2 as twice from read_csv('raw/orders/*/*.csv') where amount is not null", output_path: out/files.csv }`,
  format: `operator: table:format
parameters: { input_path: raw/orders, format: parquet, output_path: out/format, partition_columns: [day] }`,
  merge: `operator: table:merge
parameters: { input_path: raw/orders, extract_paths: [raw/more.jsonl], output_path: out/merge, output_format: parquet }`,
  dedupe: `operator: table:dedupe
parameters: { input_path: raw/orders, keys: [day], order_by: [amount desc, id], output_path: out/dedupe.csv }`,
  summarize: `operator: table:summarize
parameters: { input_path: raw/more.jsonl, output_path: out/summarize.jsonl }`,
  fake: `operator: table:fake
parameters: { size: 50, columns: ["id:bigint", "city:string"], seed: 7, output_path: out/fake }`,
  get: `operator: table:get
parameters: { database_name: sales, table_name: orders, limit: 1000, output_path: out/get, output_format: parquet }`,
};
const outputs = ["query", "files.csv", "format", "merge", "dedupe.csv", "summarize.jsonl", "fake", "get"];

const raw: Readonly<Record<string, string>> = {
  "raw/orders/day=2026-01-01/a.csv": "id,amount\n1,1.5\n2,\n3,-7\n",
  "raw/orders/day=2026-01-02/a.csv": "id,amount\n4,0\n5,2.25\n",
  "raw/more.jsonl": '{"id":6,"amount":3,"note":"é"}\n{"id":7,"amount":null,"note":null}\n',
};

const resources = `type: database
name: sales
---
type: table
database: sales
name: orders
format: csv
location: raw/orders
columns: [{ name: id, type: bigint }, { name: amount, type: double }]
partitions: [{ name: day, type: date }]
${Object.entries(deployments)
  .map(([name, body]) => `---\ntype: deployment\nname: ${name}\n${body}\n`)
  .join("")}`;

const localConfig = `type: config
id: 1
metastore_engine: local
storage_engine: local
execution_engine: local
scheduler_engine: local
clients:
  local: { configuration: { root: data } }
`;

describe.skipIf(server === null)("data in a bucket, computing here", () => {
  if (server === null) return;
  const open: { close(): Promise<unknown> }[] = [];
  afterAll(async () => {
    for (const one of open) await one.close();
    await server.stop();
  });
  const lake = async (): Promise<Lake> => {
    const made = await makeLake(server);
    open.push(made);
    return made;
  };
  const project = async (files: Readonly<Record<string, string>>): Promise<MasonProject> => {
    const made = await masonProject(files);
    open.push(made);
    return made;
  };
  const done = async (made: MasonProject, ...args: readonly string[]) => {
    const ran = await made.runWith(lakeEnv, ...args);
    expect([ran.code, ran.code === 0 ? "" : ran.stderr]).toEqual([0, ""]);
    return ran.stdout;
  };
  /** The files that stay on this machine after a command: nothing that was staged. */
  const staged = async (directory: string) => {
    const found = await readdir(join(directory, ".mason/scratch"), { recursive: true, withFileTypes: true });
    return found.flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  };

  /** Rows of a path as DuckDB reads its files, in an order of their own. */
  const rowsAt = async (place: string): Promise<readonly string[]> => {
    const duck = await openDuck();
    try {
      const ending = /\.(csv|jsonl)$/.exec(place)?.[1];
      const names = ending === undefined ? await readdir(place, { recursive: true }) : [];
      const format = ending ?? (names.some((name) => name.endsWith(".parquet")) ? "parquet" : "csv");
      const glob = lit(ending === undefined ? `${place}/**/*.${format}` : place);
      const read = { parquet: "read_parquet", csv: "read_csv", jsonl: "read_json" }[format] ?? "";
      const rows = await duck.rows(
        `select * from ${read}(${glob}, ${format === "parquet" ? "" : "union_by_name = true, "}hive_partitioning = true) order by all`,
      );
      const columns = await duck.columns(`select * from ${read}(${glob}, hive_partitioning = true)`);
      return [JSON.stringify(columns), ...rows.map((row) => JSON.stringify(row))];
    } finally {
      duck.close();
    }
  };

  test("every operator that writes gives the same rows as on local files, and the second plan is empty", async () => {
    const bucket = await lake();
    const common = { "mason.yaml": "default_config: 1\n", "all.yaml": resources };
    const data = Object.fromEntries(Object.entries(raw).map(([path, text]) => [`data/${path}`, text]));
    const local = await project({ ...common, "config.yaml": localConfig, ...data });
    const remote = await project({ ...common, "config.yaml": lakeConfig("1", bucket.bucket, server.endpoint) });
    for (const [path, text] of Object.entries(raw)) await bucket.put(`data/${path}`, text);
    for (const made of [local, remote]) {
      await done(made, "apply", "--auto-approve");
      expect(await done(made, "plan")).toContain("No changes.");
    }
    for (const output of outputs) {
      const copy = await bucket.copyLive(`out/${output}`);
      const found = await rowsAt(copy.directory);
      expect(found.length, output).toBeGreaterThan(1);
      expect(found, output).toEqual(await rowsAt(join(local.directory, "data/out", output)));
    }
    expect(await staged(remote.directory)).toEqual([]);
    // Once more over the same outputs: they are replaced, and nothing of the first run stays.
    const before = await bucket.keys();
    await done(
      remote,
      "apply",
      "--auto-approve",
      ...Object.keys(deployments).flatMap((name) => ["--run", `deployment.${name}`]),
    );
    // Each run has tokens and numbers of its own, and the engine's threads decide how many parts a directory has.
    const plain = (key: string) =>
      key
        .replace(/\.mason-[a-z0-9-]+/, "")
        .replace(/_mason_parts\/\d+/, "_mason_parts/n")
        .replace(/part-\d+/, "part-n");
    const tokenless = (keys: readonly string[]) => [...new Set(keys.map(plain))].sort();
    const isOld = (key: string) => key.includes(".mason-") && before.includes(key);
    expect((await bucket.keys()).filter(isOld)).toEqual([]);
    expect(tokenless(await bucket.keys())).toEqual(tokenless(before));
    expect(await done(remote, "plan")).toContain("No changes.");
  });

  test("the quickstart's workflow gives the same rows as on local files", async () => {
    const bucket = await lake();
    const [local, remote] = [await copyOfExample("quickstart"), await copyOfExample("quickstart")];
    open.push(local, remote);
    const made: MasonProject = await masonProject({});
    open.push(made);
    for (const name of ["airports.csv", "flights-5k.json", "seattle-weather.csv"])
      await bucket.put(`data/raw/${name}`, await readFile(join(remote.directory, "data/raw", name)));
    await rm(join(remote.directory, "data"), { recursive: true });
    for (const [path, text] of (await remote.files()).entries())
      if (path !== "mason.lock") await made.write(path, Buffer.from(text, "latin1").toString("utf8"));
    await made.write("configs/local.yaml", lakeConfig("local", bucket.bucket, server.endpoint));
    expect(await local.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
    await done(made, "apply", "--auto-approve");
    expect(await done(made, "plan")).toContain("No changes.");
    for (const output of ["joined", "departures", "most_delayed.csv", "departures_summary.csv", "rainy_months.csv"]) {
      const copy = await bucket.copyLive(`out/${output}`);
      expect(await rowsAt(copy.directory), output).toEqual(await rowsAt(join(local.directory, "data/out", output)));
    }
  });

  test("files of others are kept until somebody allows it, and a lost part is made again", async () => {
    const bucket = await lake();
    const made = await project({
      "mason.yaml": "default_config: 1\n",
      "config.yaml": lakeConfig("1", bucket.bucket, server.endpoint),
      "load.yaml": `type: deployment\nname: load\n${deployments.format}\n`,
    });
    for (const [path, text] of Object.entries(raw)) await bucket.put(`data/${path}`, text);
    await done(made, "apply", "--auto-approve");
    await bucket.put("data/out/format/day=2026-01-01/mine.parquet", "not parquet");
    await bucket.put("data/raw/orders/day=2026-01-03/a.csv", "id,amount\n9,9\n");
    const refused = await made.runWith(lakeEnv, "plan");
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("out/format/day=2026-01-01/mine.parquet"),
    ]);
    await done(made, "apply", "--auto-approve", "--allow-destroy", "deployment.load");
    const after = (await bucket.keys()).filter((key) => key.startsWith("data/out/"));
    expect(after.filter((key) => key.includes("mine"))).toEqual([]);
    expect((await bucket.copyLive("out/format")).names).toHaveLength(3);
    const [part = ""] = after.filter((key) => key.endsWith(".parquet"));
    await bucket.delete(part);
    expect(await done(made, "plan")).toContain("-1 file");
    await done(made, "apply", "--auto-approve");
    expect((await bucket.copyLive("out/format")).names).toHaveLength(3);
    expect(await done(made, "plan")).toContain("No changes.");
  });

  test("what can't fit is refused before it is fetched, and errors name the place in the bucket", async () => {
    const bucket = await lake();
    const made = await project({
      "mason.yaml": "default_config: 1\n",
      "config.yaml": lakeConfig("1", bucket.bucket, server.endpoint, ", max_scratch_size: 0.001MB"),
    });
    await bucket.put("data/raw/big.csv", `id,word\n${"1,abcdefgh\n".repeat(1000)}`);
    await bucket.put("data/raw/odd.csv", `id,word\n${"1,a\n".repeat(30)}`);
    const format = (name: string) =>
      made.runWith(
        lakeEnv,
        "run",
        "operator",
        "table",
        "format",
        "-p",
        `input_path:raw/${name}`,
        "-p",
        "format:parquet",
        "-p",
        "output_path:out/x",
      );
    const refused = await format("big.csv");
    expect([refused.code, refused.stderr.replace(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining('"max_scratch_size" allows'),
    ]);
    const sql = "query_string:select error('no: ' || filename) from read_csv('raw/odd.csv', filename = true)";
    const failed = await made.runWith(lakeEnv, "run", "operator", "table", "query", "-p", sql);
    expect(failed.code).toBe(1);
    expect(failed.stderr.replace(/\s+/g, " ")).toContain(`s3://${bucket.bucket}/data/raw/odd.csv`);
    expect(failed.stderr).not.toContain("scratch");
    expect((await bucket.keys()).filter((key) => key.includes("out/"))).toEqual([]);
    expect(await staged(made.directory)).toEqual([]);
  });
});
