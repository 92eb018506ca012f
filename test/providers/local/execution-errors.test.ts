/** What a job that failed says: the file that it is about, never DuckDB's own words alone. */
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
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

/** Makes the instance that reads a file whose name holds `culprit` fail for good, as DuckDB does after an error inside of it. */
function breakInstances(): { readonly broken: Set<unknown>; readonly restore: () => void } {
  const broken = new Set<unknown>();
  const { prototype } = DuckDBInstance;
  const { connect } = prototype;
  const spy = vi.spyOn(prototype, "connect").mockImplementation(async function (this: DuckDBInstance) {
    const connection = await connect.call(this);
    const checked = (sql: string) => {
      if (broken.has(this))
        throw new Error("FATAL Error: Failed: database has been invalidated because of a previous fatal error.");
      if (!sql.includes("culprit")) return;
      broken.add(this);
      throw new Error("INTERNAL Error: Attempted to dereference unique_ptr that is NULL!\n\nStack Trace:\n0x1");
    };
    const [run, prepare, stream] = [connection.run, connection.prepare, connection.stream];
    connection.run = async (sql, ...rest) => {
      checked(sql);
      return run.call(connection, sql, ...rest);
    };
    connection.prepare = async (sql) => {
      checked(sql);
      return prepare.call(connection, sql);
    };
    connection.stream = async (sql, ...rest) => {
      checked(sql);
      return stream.call(connection, sql, ...rest);
    };
    return connection;
  });
  return { broken, restore: () => spy.mockRestore() };
}

test("a fatal error of an engine fails the job that it comes from; those beside it and after it succeed", async () => {
  const { broken, restore } = breakInstances();
  const own = await localRun();
  try {
    const files = await Promise.all(
      ["a", "culprit", "b", "c", "d", "culprit-2"].map((name) => own.put(`${name}.csv`, "id\n1\n")),
    );
    const end = (file: string, index: number) =>
      own.end({
        kind: "format",
        source: source([file], "csv", "id bigint", { csv }),
        target: target(own.uri(`out${index}`), "csv"),
      });
    const ended = await Promise.all(files.map(end));
    expect(ended.map(({ state }) => state)).toEqual([
      "succeeded",
      "failed",
      "succeeded",
      "succeeded",
      "succeeded",
      "failed",
    ]);
    expect(ended[1]?.error).toMatch(/dereference.*Check the data of this job; other jobs continue/);
    expect(broken.size).toBe(2);
    expect((await end(files[0] ?? "", 9)).state).toBe("succeeded");
    for (const index of [0, 2, 3, 4, 9]) expect(await own.read(`out${index}/part-0.csv`)).toBe("id\n1\n");
  } finally {
    await own.close();
    restore();
  }
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
