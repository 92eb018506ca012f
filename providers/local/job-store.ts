/**
 * Jobs on disk, for later processes: `<id>.json` (the record), `<id>.rows.jsonl` (result rows), `<id>.log`, and `tokens/<token>` (the
 * id of a token's last job). Every file but the log appears whole or not at all.
 */
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type JsonObject, sha256 } from "../../src/json.ts";
import { hasEnded, type Job } from "../../src/model/job.ts";
import { type ProcessStat, parseProcessStat } from "../../src/model/process-stat.ts";
import type { Schema } from "../../src/model/schema.ts";

/** A process. A later process may get the same pid, so the start time counts too. */
export interface ProcessId {
  readonly pid: number;
  /** The start time that the system reports; absent if it reports none. */
  readonly start?: string;
}

/** A job on disk. */
export interface JobRecord {
  readonly job: Job;
  readonly process: ProcessId;
  /** The columns of the result; none for a job that writes. */
  readonly columns: Schema;
}

export interface JobStore {
  /** The record. A job whose process no longer exists reads as failed. */
  get(id: string): Promise<JobRecord | null>;
  put(record: JobRecord): Promise<void>;
  findToken(token: string): Promise<JobRecord | null>;
  putToken(token: string, id: string): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly JobRecord[]>;
  putRows(id: string, rows: readonly string[]): Promise<void>;
  rows(id: string): Promise<readonly JsonObject[]>;
  log(id: string, line: string): Promise<void>;
  readLog(id: string): Promise<string>;
  /** Asks the process that runs a job to cancel it. */
  askCancel(id: string): Promise<void>;
  isCancelAsked(id: string): Promise<boolean>;
}

/** The store in a directory. The first write makes the directory. */
export function createJobStore(directory: string): JobStore {
  const path = (name: string) => join(directory, name);
  const get = async (id: string) => {
    const text = isName(id) ? await readOrNull(path(`${id}.json`)) : null;
    return text === null ? null : alive(JSON.parse(text) as JobRecord);
  };
  return {
    get,
    put: (record) => writeWhole(directory, `${record.job.id}.json`, `${JSON.stringify(record)}\n`),
    findToken: async (token) => {
      const id = await readOrNull(path(`tokens/${tokenFile(token)}`));
      return id === null ? null : get(id.trim());
    },
    putToken: (token, id) => writeWhole(path("tokens"), tokenFile(token), `${id}\n`),
    list: async (limit) => {
      const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".json"));
      const records = await Promise.all(names.map((name) => get(name.slice(0, -".json".length))));
      return records
        .flatMap((record) => record ?? [])
        .sort(newestFirst)
        .slice(0, limit);
    },
    putRows: (id, rows) => writeWhole(directory, `${id}.rows.jsonl`, rows.map((row) => `${row}\n`).join("")),
    rows: async (id) => {
      const text = (await readOrNull(path(`${id}.rows.jsonl`))) ?? "";
      return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as JsonObject]));
    },
    log: async (id, line) => {
      await mkdir(directory, { recursive: true });
      await appendFile(path(`${id}.log`), `${line}\n`);
    },
    readLog: async (id) => (await readOrNull(path(`${id}.log`))) ?? "",
    askCancel: (id) => writeWhole(directory, `${id}.cancel`, ""),
    isCancelAsked: async (id) => (await readOrNull(path(`${id}.cancel`))) !== null,
  };
}

/** Mason makes the ids, but a command line may pass any text. */
const isName = (id: string) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(id);

/** The token if it can be a file name, else its digest. */
const tokenFile = (token: string) => (isName(token) && token.length <= 120 ? token : sha256(token));

const newestFirst = (a: JobRecord, b: JobRecord) => {
  const [left, right] = [a.job.submittedAt ?? "", b.job.submittedAt ?? ""];
  return left === right ? (a.job.id < b.job.id ? 1 : -1) : left < right ? 1 : -1;
};

async function alive(record: JobRecord): Promise<JobRecord> {
  if (hasEnded(record.job) || (await isRunning(record.process))) return record;
  const error = `The process ${record.process.pid} that ran this job ended before the job did. Run the job again.`;
  return { ...record, job: { ...record.job, state: "failed", error } };
}

/** This process. */
export async function thisProcess(): Promise<ProcessId> {
  const start = (await statOf(process.pid))?.start ?? null;
  return { pid: process.pid, ...(start === null ? {} : { start }) };
}

async function isRunning(id: ProcessId): Promise<boolean> {
  try {
    process.kill(id.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const stat = await statOf(id.pid);
  if (stat === null) return true;
  return !stat.isOver && (stat.start === null || id.start === undefined || stat.start === id.start);
}

async function statOf(pid: number): Promise<ProcessStat | null> {
  const text = await readOrNull(`/proc/${pid}/stat`).catch(() => null);
  return text === null ? null : parseProcessStat(text);
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

let writes = 0;

async function writeWhole(directory: string, name: string, text: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${name}.${process.pid}.${++writes}`);
  try {
    await writeFile(temporary, text);
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
