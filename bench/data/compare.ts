/**
 * Compares each data job with the best plain DuckDB SQL under the same limits (2 threads, 2 GB): CPU seconds, peak memory and wall time of
 * whole processes. `node bench/data/run.mjs [part of a case's name] [--runs 3]`. Exit code 1 when a job costs more than 1.1 times the
 * CPU or 1.2 times the memory.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { createLocalExecution } from "../../providers/local/execution.ts";
import { type Case, casesOver } from "./cases.ts";
import { cacheDirectory, largeCsv, smallCsvs } from "./inputs.ts";

const limits = { threads: 2, memory_limit: "2GB" };
const allowed = { cpu: 1.1, memory: 1.2 };

interface Cost {
  readonly cpu: number;
  /** MB. */
  readonly memory: number;
  readonly wall: number;
}

async function cases(): Promise<readonly Case[]> {
  const small = await smallCsvs(2000, 500);
  return casesOver(await largeCsv(10_000_000), small, join(dirname(small[0] ?? ""), "*.csv"));
}

/** In a process of its own: does one side of one case once. */
async function runSide(name: string, side: string): Promise<void> {
  const found = (await cases()).find((item) => item.name === name);
  if (found === undefined) throw new Error(`Unknown case ${name}.`);
  const work = join(cacheDirectory(), "work");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const out = join(work, "out");
  const before = process.cpuUsage();
  const started = performance.now();
  if (side === "mason") await runMason(found, out, work);
  else await runPlain(found.plain[side]?.(out) ?? [], work);
  const { user, system } = process.cpuUsage(before);
  const cost: Cost = {
    cpu: (user + system) / 1e6,
    memory: process.resourceUsage().maxRSS / 1024,
    wall: (performance.now() - started) / 1000,
  };
  console.log(JSON.stringify(cost));
  rmSync(work, { recursive: true, force: true });
}

async function runMason(item: Case, out: string, work: string): Promise<void> {
  const execution = createLocalExecution({
    settings: limits,
    projectRoot: work,
    scratch: join(work, "scratch"),
    keep: join(work, "keep"),
    allowedDirectories: [cacheDirectory()],
    now: () => new Date(),
    newId: () => "job",
    user: "bench",
  });
  const { id } = await execution.submit(item.job(out), "token");
  const job = await execution.waitJob?.(id, {});
  await execution.close?.();
  if (job?.state !== "succeeded") throw new Error(job?.error ?? "The job did not succeed.");
}

async function runPlain(statements: readonly string[], work: string): Promise<void> {
  const { threads, memory_limit } = limits;
  const options = { threads: String(threads), memory_limit, temp_directory: join(work, "temporary") };
  const connection = await (await DuckDBInstance.create(":memory:", options)).connect();
  for (const statement of statements) await connection.runAndReadAll(statement);
}

function measure(name: string, side: string): Cost {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--case", name, "--side", side], {
    encoding: "utf8",
  });
  if (child.status !== 0) throw new Error(`${name}, ${side}: ${child.stderr}`);
  return JSON.parse(child.stdout) as Cost;
}

/** The run with the least CPU of several; sides take turns, so that a busy machine harms all of them. */
function bestOf(item: Case, runs: number): Readonly<Record<string, Cost>> {
  const best: Record<string, Cost> = {};
  for (let run = 0; run < runs; run++) {
    for (const side of ["mason", ...Object.keys(item.plain)]) {
      const cost = measure(item.name, side);
      if (best[side] === undefined || cost.cpu < best[side].cpu) best[side] = cost;
    }
  }
  return best;
}

const line = (label: string, cost: Cost) =>
  `  ${label.padEnd(24)} ${cost.cpu.toFixed(2).padStart(7)} s CPU ${cost.memory.toFixed(0).padStart(6)} MB ${cost.wall.toFixed(2).padStart(7)} s`;

async function compare(part: string, runs: number): Promise<boolean> {
  let good = true;
  for (const item of (await cases()).filter(({ name }) => name.includes(part))) {
    const { mason, ...plain } = bestOf(item, runs);
    const [bestName, best] = Object.entries(plain).sort(([, a], [, b]) => a.cpu - b.cpu)[0] ?? [];
    if (mason === undefined || best === undefined) continue;
    const [cpu, memory] = [mason.cpu / best.cpu, mason.memory / best.memory];
    const fits = cpu <= allowed.cpu && memory <= allowed.memory;
    good &&= fits;
    console.log(
      `${item.name}: ${fits ? "ok" : "TOO MUCH"}, ${cpu.toFixed(2)} x CPU, ${memory.toFixed(2)} x memory of "${bestName}"`,
    );
    for (const [side, cost] of Object.entries({ mason, ...plain })) console.log(line(side, cost));
  }
  return good;
}

const option = (name: string) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
const only = option("--case");
if (only !== undefined) await runSide(only, option("--side") ?? "mason");
else {
  const part = process.argv[2] ?? "";
  const good = await compare(part.startsWith("--") ? "" : part, Number(option("--runs") ?? 3));
  process.exitCode = good ? 0 : 1;
}
