import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalExecution } from "../../../providers/local/execution.ts";
import { csv, type LocalRun, localRun, source, target } from "../../sql/dialects/duckdb/local-run.ts";
import { endedJob } from "../../support/ended-job.ts";

let run: LocalRun;
beforeEach(async () => {
  run = await localRun();
});
afterEach(() => run.close());

const query = (sql: string, rest: object = {}) => ({ kind: "query", sql, sources: [], ...rest }) as const;
const slow = "select count(*) as n from range(1000000) a cross join range(1000000) b where a.range + b.range < 0";
const submit = async (sql: string, token: string, rest: object = {}) => run.execution.submit(query(sql, rest), token);
const wait = async (id: string) => endedJob(run.execution, id);

describe("SQL can't reach beyond the roots", () => {
  test.each([
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/proc/self/environ')",
    "select * from glob('/etc/*')",
    "select * from read_csv('DATA/../../.mason/local/jobs/x.json')",
    "select * from read_parquet('https://127.0.0.1:1/x.parquet')",
    "select * from sqlite_scan('/etc/x', 'y')",
    "select getenv('HOME')",
    "select * from '/etc/passwd'",
    "attach '/tmp/x.db'",
    "copy (select 1) to '/tmp/x.csv'",
    "set threads = 8",
    "install httpfs",
    "load httpfs",
    "pragma threads = 8",
    "export database '/tmp/x'",
    "select 1; copy (select 1) to '/tmp/x.csv'",
    "select * from (select 1)) to '/tmp/x.csv' (format csv) --",
  ])("%s", async (sql) => {
    const job = await run.end(query(sql.replace("DATA", run.data)));
    expect(job.state).toBe("failed");
    expect(["denied", "invalid"]).toContain(job.errorCode);
  });

  test("files below a root can be read, with paths shown from the root", async () => {
    await run.put("own.csv", "id\n1\n");
    expect(await run.rows(query(`select * from read_csv('${join(run.data, "own.csv")}')`))).toEqual([{ id: 1 }]);
    await run.put("bad.csv", "id\nx\n");
    const bad = source([run.uri("bad.csv")], "csv", "id bigint", { csv });
    const { error } = await run.end({ kind: "preview", source: bad, limit: 1 });
    expect(error).toContain("bad.csv");
    expect(error).not.toContain(run.data);
  });

  test("a target outside of the roots is refused, also behind a link", async () => {
    const outside = join(run.data, "..", "outside");
    await mkdir(run.data, { recursive: true });
    await mkdir(outside);
    await symlink(outside, join(run.data, "link"));
    for (const uri of [`file://${outside}/a.csv`, run.uri("link/a.csv"), run.uri("../outside/a.csv")]) {
      expect(await run.end(query("select 1", { target: target(uri, "csv", { shape: "file" }) }))).toMatchObject({
        errorCode: "denied",
      });
    }
    expect(await readdir(outside)).toEqual([]);
  });
});

describe("jobs", () => {
  test("a job that succeeded is given again, one that failed is started anew", async () => {
    const { id } = await submit("select 1 as n", "t");
    await wait(id);
    expect(await submit("select 2 as n", "t")).toMatchObject({ id, state: "succeeded" });
    const failed = await submit("select nope", "u");
    await wait(failed.id);
    const again = await submit("select 1 as n", "u");
    expect(again.id).not.toBe(failed.id);
    expect(await wait(again.id)).toMatchObject({ state: "succeeded" });
    expect(await run.execution.findJob?.("u")).toMatchObject({ id: again.id });
  });

  test("two submits at a time with one token are one job", async () => {
    const [first, second] = await Promise.all([submit("select 1 as n", "t"), submit("select 1 as n", "t")]);
    expect(second.id).toBe(first.id);
  });

  test("a job whose process is gone reads as failed and can be started anew", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => child.once("exit", resolve));
    await keep("lost", { pid: child.pid });
    expect(await run.execution.getJob("lost")).toMatchObject({
      state: "failed",
      error: expect.stringContaining(`${child.pid}`),
    });
    expect((await submit("select 1 as n", "token-lost")).id).not.toBe("lost");
  });

  test("a process id that was given to another process does not count", async () => {
    await keep("reused", { pid: process.pid, start: "1" });
    expect(await run.execution.getJob("reused")).toMatchObject({
      state: process.platform === "linux" ? "failed" : "running",
    });
  });

  async function keep(id: string, owner: object) {
    const jobs = join(run.context.keep, "jobs");
    await mkdir(join(jobs, "tokens"), { recursive: true });
    await writeFile(
      join(jobs, `${id}.json`),
      JSON.stringify({ job: { id, state: "running", token: `token-${id}` }, process: owner, columns: [] }),
    );
    await writeFile(join(jobs, "tokens", `token-${id}`), id);
  }

  test("another engine on the same records can cancel, and sees the end", async () => {
    const { id } = await submit(slow, "t");
    const other = createLocalExecution(run.context);
    await other.cancelJob(id);
    expect(await endedJob(other, id)).toMatchObject({ state: "cancelled" });
    await other.close?.();
  });

  test("an aborted signal cancels the job, and what it wrote is gone", async () => {
    const abort = new AbortController();
    const sql = "select i, repeat('x', 1000) as x from range(100000000) t(i)";
    const job = await run.execution.submit(query(sql, { target: target(run.uri("big"), "csv") }), "t", {
      signal: abort.signal,
    });
    await until(async () => (await readdir(join(run.data, "big")).catch(() => [])).length > 0);
    abort.abort();
    expect(await wait(job.id)).toMatchObject({ state: "cancelled" });
    expect(await readdir(run.data)).toEqual([]);
  });

  test("more jobs than connections wait for their turn, and can be cancelled there", async () => {
    const jobs = await Promise.all(Array.from({ length: 6 }, (_, at) => submit(slow, `t-${at}`)));
    const last = jobs.at(-1)?.id ?? "";
    await run.execution.cancelJob(last);
    expect(await wait(last)).toMatchObject({ state: "cancelled" });
    expect((await run.execution.listJobs?.())?.filter((job) => job.state === "cancelled")).toHaveLength(1);
  });

  test("nothing is left behind in scratch after the end", async () => {
    await run.rows(query("select 1 as n"));
    await run.execution.close?.();
    expect(await readdir(run.context.scratch)).toEqual([]);
    expect(await run.rows(query("select 2 as n"))).toEqual([{ n: 2 }]);
  });

  test("a target that exists is never touched", async () => {
    await run.put("there.csv", "mine");
    expect(
      await run.end(query("select 1", { target: target(run.uri("there.csv"), "csv", { shape: "file" }) })),
    ).toMatchObject({ errorCode: "exists" });
    expect(await readFile(join(run.data, "there.csv"), "utf8")).toBe("mine");
  });

  test("logs hold the statements and the end", async () => {
    const { id } = await submit("select nope", "t");
    await wait(id);
    expect(await run.execution.logs(id)).toMatch(
      /running query\nSELECT \* FROM \(\nselect nope\n\).*\n.*failed: .*nope/,
    );
  });

  test("an id that is a path finds nothing", async () => {
    expect(await run.execution.getJob("../../secrets")).toBeNull();
    const odd = await run.execution.submit(query("select 1 as n"), "../odd token/");
    expect(await wait(odd.id)).toMatchObject({ state: "succeeded", token: "../odd token/" });
    expect((await run.execution.findJob?.("../odd token/"))?.id).toBe(odd.id);
  });

  test("progress goes up while files are read", async () => {
    const file = await run.put("p.csv", `id\n${"1234567890\n".repeat(2_000_000)}`);
    // A scan is what DuckDB counts; the digests make it take long enough to be seen.
    const digest = "md5(".repeat(12);
    const sql = `select max(${digest}id::varchar${")".repeat(12)}) as n from db.t`;
    const sources = [source([file], "csv", "id bigint", { csv })];
    const job = await run.execution.submit({ kind: "query", sql, sources }, "t");
    const seen: number[] = [];
    const done = endedJob(run.execution, job.id, { progress: (part) => seen.push(part) });
    await until(async () => (seen.at(-1) ?? 0) > 0);
    await run.execution.cancelJob(job.id);
    await done;
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(seen.at(-1)).toBeLessThanOrEqual(1);
  });
});

/** Looks again until it is so; a test that waits for nothing ends by its own time limit. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("failures", () => {
  test("memory has its own code and says what to do", async () => {
    const small = await localRun({ threads: 1, memory_limit: "20MB", max_temp_directory_size: "1MB" });
    const job = await small.end(
      query(
        "select count(*) from (select distinct hash(i), i::varchar || 'padding padding padding' from range(5000000) t(i))",
      ),
    );
    expect(job).toMatchObject({ state: "failed", errorCode: "no_space", error: expect.stringMatching(/Raise|raise/) });
    await small.close();
  });

  test("messages are short, without lists of candidates", async () => {
    const { error = "" } = await run.end(query("select sum('x'::date)"));
    expect(error).toContain("sum(DATE)");
    expect(error.split("\n")).toHaveLength(1);
    expect(error).not.toContain("Candidate");
    expect((await run.end(query("select nope from (select 1 as none)"))).error).toBe(
      'Referenced column "nope" not found in FROM clause! Candidate bindings: "none".',
    );
  });

  test("rows of a job that failed are a conflict", async () => {
    const job = await run.end(query("select nope"));
    await expect(run.execution.results(job.id)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("values", () => {
  test.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", "9007199254740993"],
    ["1.10::decimal(9,2)", "1.10"],
    ["7::decimal(9,0)", 7],
    ["12345678901234567::decimal(19,0)", "12345678901234567"],
    ["12345678901234567.89::decimal(19,2)", "12345678901234567.89"],
    ["0.000001::decimal(9,6)", "0.000001"],
    ["170141183460469231731687303715884105727::hugeint", "170141183460469231731687303715884105727"],
    ["date '2026-01-02'", "2026-01-02"],
    ["timestamp '2026-01-02 03:04:05.5'", "2026-01-02T03:04:05.5"],
    ["timestamp '2026-01-02 03:04:05'::timestamp_s", "2026-01-02T03:04:05"],
    ["timestamptz '2026-01-02 03:04:05+02'", "2026-01-02T01:04:05Z"],
    ["time '03:04:05'", "03:04:05"],
    ["interval 90 minute", "01:30:00"],
    ["'nan'::double", "NaN"],
    ["'\\x00\\xFF'::blob", "AP8="],
    ["uuid '00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001"],
    ["{'a': [1, null], 'b': map {'k': 2::bigint}}", { a: [1, null], b: { k: 2 } }],
    ["map {1: 'x'}", { "1": "x" }],
    ["'a'::enum('a')", "a"],
    ["union_value(n := 3)", 3],
    ["[1, 2]::int[2]", [1, 2]],
    ["'{\"a\":1}'::json", '{"a":1}'],
  ])("%s", async (sql, expected) => {
    expect(await run.rows(query(`select ${sql} as v`))).toEqual([{ v: expected }]);
  });

  test.each([
    "1.10::decimal(9,2)",
    "9007199254740993",
    "170141183460469231731687303715884105727::hugeint",
    "18446744073709551615::ubigint",
    "12345678901234567.80::decimal(19,2)",
    "timestamp_ns '2026-01-02 03:04:05.123456789'",
    "timestamptz '2026-01-02 03:04:05+02'",
    "date '2026-01-02'",
    "time '03:04:05'",
    "'-inf'::double",
    "'\\x00\\xFF'::blob",
    "uuid '00000000-0000-0000-0000-000000000001'",
    "interval 90 minute",
  ])("%s is the same inside a list, an array, a struct, a map and a union", async (sql) => {
    const nested = `[${sql}] as l, array_value(${sql}) as a, {'f': ${sql}} as s, map {'k': ${sql}} as m, union_value(u := ${sql}) as u, [{'f': [${sql}]}] as deep`;
    const [row] = await run.rows(query(`select ${sql} as v, ${nested}`));
    const v = row?.v;
    expect(row).toMatchObject({ l: [v], a: [v], s: { f: v }, m: { k: v }, u: v, deep: [{ f: [v] }] });
  });
});
