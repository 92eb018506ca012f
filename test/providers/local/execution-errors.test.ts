/** What a job that failed says: the file that it is about, never DuckDB's own words alone. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DuckDb } from "../../../providers/local/duckdb/duckdb.ts";
import { openDuckDb } from "../../../providers/local/duckdb/duckdb.ts";
import { type JobSetting, startJob } from "../../../providers/local/job-run.ts";
import { createJobStore, thisProcess } from "../../../providers/local/job-store.ts";
import type { DataSource } from "../../../src/job/job.ts";
import { csv, type LocalRun, localRun, source, target } from "../../sql/dialects/duckdb/local-run.ts";

let run: LocalRun;
beforeAll(async () => {
  run = await localRun();
});
afterAll(() => run.close());

const failure = async (data: DataSource) =>
  (await run.end({ kind: "format", source: data, target: target(run.uri("out"), "parquet") })).error ?? "";

describe("an unreadable file is named", () => {
  const whole = async (name: string) => {
    const to = target(run.uri(name), "parquet", { shape: "file" });
    await run.facts({
      kind: "query",
      sql: "select range as a, 'text ' || range as b from range(5000)",
      sources: [],
      target: to,
    });
    const { readFile } = await import("node:fs/promises");
    return readFile(run.uri(name).slice("file://".length));
  };

  test("a Parquet file that is damaged at any place, beside one that is whole", async () => {
    const bytes = await whole("whole.parquet");
    const damaged: readonly (readonly [string, Uint8Array])[] = [
      ["cut short", bytes.subarray(0, 300)],
      ["empty of sense", Buffer.from("no parquet at all, but long enough to look for its end")],
      [
        "footer",
        Buffer.concat([
          bytes.subarray(0, bytes.length - 60),
          Buffer.alloc(40, 0x5a),
          bytes.subarray(bytes.length - 20),
        ]),
      ],
      ["pages", Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(3000, 0x5a), bytes.subarray(3020)])],
    ];
    for (const [what, content] of damaged) {
      const file = await run.put(`${what}.parquet`, content);
      const error = await failure(source([run.uri("whole.parquet"), file], "parquet", "a bigint, b string"));
      expect(error).toContain(`${what}.parquet`);
      expect(error).not.toMatch(/Stack Trace|\n|\/tmp\//);
      expect(error).toMatch(/\.$/);
    }
  });

  test.each([
    ["a row over 2 MiB", `id,v\n1,${"x".repeat(3_000_000)}\n`],
    ["a quote without an end", 'id,v\n1,"x\n2,y\n'],
    ["too many values", "id,v\n1,x,y\n"],
  ])("a delimited file with %s", async (_, text) => {
    const good = await run.put("good.csv", "id,v\n1,x\n");
    const bad = await run.put("bad.csv", text);
    const error = await failure(source([good, bad], "csv", "id bigint, v string", { csv }));
    expect(error).toContain('"bad.csv"');
    expect(error.length).toBeLessThan(600);
  });

  test("JSON that is none", async () => {
    const bad = await run.put("bad.jsonl", '{"id":1}\n{"id":\n');
    const error = await failure(source([await run.put("good.jsonl", '{"id":1}\n'), bad], "jsonl", "id bigint"));
    expect(error).toContain('"bad.jsonl"');
  });
});

describe("a fatal error", () => {
  const fatal =
    "FATAL Error: Failed: database has been invalidated because of a previous fatal error.\nOriginal error: x";

  /** A job on instances that fail as told, one after the other; the last one is real. */
  async function jobOn(failures: readonly string[], token: string) {
    const real = await openDuckDb({ directories: [run.data], temporary: null, memory: "200MB", connections: 1 });
    const broken = failures.map(
      (message): DuckDb => ({
        use: () => Promise.reject(new Error(message)),
        close: () => {},
      }),
    );
    const left = [...broken, real];
    const store = createJobStore(`${run.context.keep}/fatal`);
    const setting: JobSetting = {
      context: run.context,
      store,
      record: { job: { id: token, state: "queued", token }, process: await thisProcess(), columns: [] },
      work: { kind: "query", sql: "select 1 as n", sources: [] },
      compute: async () => left[0] ?? real,
      renew: async (instance) => {
        expect(left.shift()).toBe(instance);
      },
      typing: async () => real,
    };
    const job = await startJob(setting).done;
    real.close();
    return { job, left: left.length };
  }

  test("fails the job that it comes from, and gives the others a new instance", async () => {
    const culprit = await jobOn(
      ["INTERNAL Error: Attempted to dereference\nThis error signals an assertion failure\nStack Trace:\n0x1"],
      "a",
    );
    expect(culprit).toMatchObject({ job: { state: "failed" }, left: 1 });
    expect(culprit.job.error).not.toContain("0x1");
    expect(await jobOn([fatal, fatal], "b")).toMatchObject({ job: { state: "succeeded" }, left: 1 });
  });
});
