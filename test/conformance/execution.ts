/**
 * The conformance suite of the execution role: submit, wait, results, cancel, find by token, failures. A provider calls
 * {@link executionConformance} with a harness that gives it an engine and a place for files.
 */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Execution } from "../../src/engine/execution.ts";
import type { CanonicalJob, DataSource, Work } from "../../src/job/job.ts";
import { bigint, formatDataType, string } from "../../src/model/data-type.ts";
import { hasEnded, type Job } from "../../src/model/job.ts";
import { column } from "../../src/model/schema.ts";
import { endedJob } from "../support/ended-job.ts";
import { expectNoSecret, expectVerbs, failure } from "./support.ts";

/** An engine to test. */
export interface ExecutionHarness {
  readonly execution: Execution;
  readonly verbs: readonly string[];
  /** A second engine over the same kept jobs, as in a later process. */
  readonly again: () => Promise<Execution>;
  /** The files of an engine that takes jobs; absent for one that takes statements. */
  readonly files?: FileHarness;
  /** False if a token finds no job. Default: true. */
  readonly findsByToken?: boolean;
  /** SQL for the integers from 0 to n-1 as `n`. */
  readonly numbers: (n: number) => string;
  /** SQL that runs for minutes when nobody stops it. */
  readonly slowSql: string;
  readonly secrets?: readonly string[];
  readonly close?: () => Promise<void>;
}

/** Files of an engine that reads and writes them. */
export interface FileHarness {
  /** Puts a file where the engine can read it, and returns its URI. */
  readonly putFile: (name: string, content: string) => Promise<string>;
  /** A URI below which the engine may write. */
  readonly target: (name: string) => string;
  /** Contents of the files below a target, sorted by name. */
  readonly readTarget: (name: string) => Promise<readonly string[]>;
}

const query = (sql: string, sources: readonly DataSource[] = []): CanonicalJob => ({ kind: "query", sql, sources });

/** Runs the suite. */
export function executionConformance(name: string, makeHarness: () => Promise<ExecutionHarness>): void {
  describe(`${name} as execution`, { timeout: 60_000 }, () => {
    let harness: ExecutionHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await harness.execution.close?.();
      await harness.close?.();
    });
    const current = () => harness;
    test("has the verbs that its manifest names", () => expectVerbs(harness.execution, harness.verbs));
    results(current);
    files(current);
    lookups(current);
    endings(current);
    typing(current);
  });
}

type Current = () => ExecutionHarness;

/** The job, or its text for an engine that takes statements. */
const work = (files: FileHarness | undefined, job: CanonicalJob): Work =>
  files === undefined && job.kind === "query" ? { kind: "statement", sql: job.sql } : job;

/** The finished job, which must have succeeded. */
async function succeeded({ execution, files }: ExecutionHarness, job: CanonicalJob, token: string): Promise<Job> {
  const end = await endedJob(execution, (await execution.submit(work(files, job), token)).id);
  expect(end.state, end.error).toBe("succeeded");
  return end;
}

function results(current: Current): void {
  test("gives the rows of a query with their columns", async () => {
    const { execution } = current();
    const job = await succeeded(current(), query("select 42 as answer, 'x' as letter, null as nothing"), "t-1");
    const page = await execution.results(job.id);
    expect(page.columns.map((item) => item.name)).toEqual(["answer", "letter", "nothing"]);
    expect(page.rows).toEqual([{ answer: 42, letter: "x", nothing: null }]);
    expect(page.next).toBeUndefined();
  });

  test("gives many rows in pages, complete and in order", async () => {
    const { execution, numbers } = current();
    const job = await succeeded(current(), query(`select n from (${numbers(2500)}) as s order by n`), "t-1");
    const seen: unknown[] = [];
    let page = await execution.results(job.id);
    for (;;) {
      expect(page.rows.length).toBeLessThanOrEqual(1000);
      seen.push(...page.rows.map((row) => Number(row.n)));
      if (page.next === undefined) break;
      page = await execution.results(job.id, page.next);
    }
    expect(seen).toEqual(Array.from({ length: 2500 }, (_, index) => index));
  });

  test("gives at most the job's limit of rows", async (context) => {
    const { execution, numbers, files } = current();
    if (files === undefined) return context.skip();
    const job = await succeeded(current(), { kind: "query", sql: numbers(50), sources: [], limit: 7 }, "t-1");
    expect((await execution.results(job.id)).rows).toHaveLength(7);
  });
}

const orders = (uri: string): DataSource => ({
  name: ["sales", "orders"],
  files: [uri],
  format: "csv",
  csv: { delimiter: ",", quote: '"', header: true, compression: "none", nullPadding: false, newline: "\n" },
  columns: [column("id", bigint), column("country", string)],
  partitions: [],
});

function files(current: Current): void {
  test("reads files as a table and writes a file", async (context) => {
    const { execution, files } = current();
    if (files === undefined) return context.skip();
    const { putFile, target, readTarget } = files;
    const source = orders(await putFile("orders.csv", "id,country\n1,FR\n2,DE\n3,FR\n"));
    const sql = "select country, count(*) as n from sales.orders group by country order by country";
    const rows = await succeeded(current(), query(sql, [source]), "t-1");
    expect((await execution.results(rows.id)).rows.map((row) => [row.country, Number(row.n)])).toEqual([
      ["DE", 1],
      ["FR", 2],
    ]);
    const out = { uri: target("out"), shape: "directory", format: "csv", partitionBy: [] } as const;
    await succeeded(current(), { kind: "query", sql, sources: [source], target: out }, "t-2");
    expect((await readTarget("out")).join("")).toBe("country,n\nDE,1\nFR,2\n");
  });

  test("reads names with blanks, percent signs and quotes", async (context) => {
    const { execution, files } = current();
    if (files === undefined) return context.skip();
    const source = orders(await files.putFile("odd 100%20 o'clock.csv", "id,country\n7,FR\n"));
    const job = await succeeded(current(), query("select id from sales.orders", [source]), "t-1");
    expect((await execution.results(job.id)).rows.map((row) => Number(row.id))).toEqual([7]);
  });
}

function lookups(current: Current): void {
  test("starts one job per token", async (context) => {
    const { execution, findsByToken = true } = current();
    if (!findsByToken) return context.skip();
    const first = await execution.submit(work(current().files, query("select 1 as n")), "t-same");
    const second = await execution.submit(work(current().files, query("select 1 as n")), "t-same");
    expect(second.id).toBe(first.id);
    expect((await endedJob(execution, first.id)).state).toBe("succeeded");
  });

  test("finds a job by its token, also from a later process", async (context) => {
    const { execution, again } = current();
    if (execution.findJob === undefined) return context.skip();
    const job = await succeeded(current(), query("select 1 as n"), "t-find");
    expect((await execution.findJob("t-find"))?.id).toBe(job.id);
    expect(await execution.findJob("t-absent")).toBeNull();
    const later = await again();
    expect(await later.findJob?.("t-find")).toMatchObject({ id: job.id, state: "succeeded" });
    expect((await later.results(job.id)).rows).toEqual([{ n: 1 }]);
    await later.close?.();
  });

  test("lists jobs up to a limit", async (context) => {
    const { execution } = current();
    if (execution.listJobs === undefined) return context.skip();
    const ids: string[] = [];
    for (const token of ["t-1", "t-2", "t-3"]) ids.push((await succeeded(current(), query("select 1 as n"), token)).id);
    const listed = (await execution.listJobs()).map((job) => job.id);
    for (const id of ids) expect(listed).toContain(id);
    expect(await execution.listJobs({ limit: 2 })).toHaveLength(2);
  });

  test("returns null for an absent job", async () => {
    const { execution } = current();
    expect(await execution.getJob("absent")).toBeNull();
    await execution.cancelJob("absent");
    await failure(execution.results("absent"), "not_found");
    await failure(execution.logs("absent"), "not_found");
  });
}

function endings(current: Current): void {
  test("keeps the reason of a failed job, and continues to work", async () => {
    const { execution, secrets = [] } = current();
    const job = await endedJob(
      execution,
      (await execution.submit(work(current().files, query("select no_such_column from (select 1 as n) as s")), "t-1"))
        .id,
    );
    expect(job.state).toBe("failed");
    expect(job.error).toContain("no_such_column");
    expect(job.error).not.toMatch(/\n\s+at /);
    expectNoSecret(job, secrets);
    await succeeded(current(), query("select 1 as n"), "t-2");
  });

  test("leaves no output when a job fails", async (context) => {
    const { execution, files, numbers } = current();
    if (files === undefined) return context.skip();
    const { target, readTarget } = files;
    const sql = `select 1 / (n - n) as x, cast(concat('x', cast(n as varchar)) as integer) as bad from (${numbers(10)}) as s`;
    const out = { uri: target("failed"), shape: "file", format: "csv", partitionBy: [] } as const;
    const job = await execution.submit({ kind: "query", sql, sources: [], target: out }, "t-1");
    expect((await endedJob(execution, job.id)).state).toBe("failed");
    expect(await readTarget("failed")).toEqual([]);
  });

  test("cancels a running job, and continues to work", async () => {
    const { execution, slowSql } = current();
    const job = await execution.submit(work(current().files, query(slowSql)), "t-1");
    expect(hasEnded(job)).toBe(false);
    await execution.cancelJob(job.id);
    expect((await endedJob(execution, job.id)).state).toBe("cancelled");
    await execution.cancelJob(job.id);
    await succeeded(current(), query("select 1 as n"), "t-2");
  });

  test("a look that waits ends with an abort", async () => {
    const { execution, slowSql } = current();
    const job = await execution.submit(work(current().files, query(slowSql)), "t-1");
    const seen = await execution.getJob(job.id, { signal: AbortSignal.abort(), wait: 3_600_000 });
    expect(seen === null || hasEnded(seen)).toBe(false);
    await execution.cancelJob(job.id);
    await endedJob(execution, job.id);
  });

  test("starts nothing after an abort", async (context) => {
    const { execution } = current();
    await failure(
      execution.submit(work(current().files, query("select 1 as n")), "t-1", { signal: AbortSignal.abort() }),
      "cancelled",
    );
    if (execution.findJob === undefined) return context.skip();
    expect(await execution.findJob("t-1")).toBeNull();
  });
}

function typing(current: Current): void {
  const tables = [
    {
      name: ["sales", "orders"],
      table: { columns: [column("id", bigint), column("country", string)], partitions: [] },
    },
  ];

  test("types a query without running it", async (context) => {
    const { execution } = current();
    if (execution.describe === undefined) return context.skip();
    const described = await execution.describe("select country, id from sales.orders", tables);
    expect(described.ok && described.columns.map((item) => [item.name, formatDataType(item.type)])).toEqual([
      ["country", "string"],
      ["id", "bigint"],
    ]);
    expect(await execution.describe("select nope from sales.orders", tables)).toMatchObject({
      ok: false,
      message: expect.stringContaining("nope"),
    });
  });

  test("names the tables of statements, joined ones too", async (context) => {
    const { execution } = current();
    if (execution.references === undefined) return context.skip();
    const found = await execution.references([
      "with x as (select * from sales.orders) select * from x join raw.lines using (id)",
      "select from where",
    ]);
    const [first, second] = found;
    expect(first?.ok && [...first.tables].map((part) => part.join(".")).sort()).toEqual(["raw.lines", "sales.orders"]);
    expect(second).toMatchObject({ ok: false });
  });
}
