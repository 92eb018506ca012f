/**
 * Runs on disk: one directory per run below `.mason/runs`, with `run.json` (replaced whole), `steps.jsonl` (one line for each change of a
 * step's record; the last one counts) and `log.jsonl`. A line that a crash left incomplete is ignored.
 */
import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LogLine, RunJournal, RunRecord, RunStore, StepRecord } from "../model/run.ts";
import { diskProblem, fileExists, isAbsent, makeDirectory, readTextIfThere, writeFileWhole } from "./disk.ts";
import { isGone } from "./this-process.ts";

/** The run store below a `.mason` directory. It writes nothing before the first run. */
export function createRunStore(masonDirectory: string): RunStore {
  const root = join(masonDirectory, "runs");
  const read = (id: string): RunRecord | null => {
    const text = /^[A-Za-z0-9_-]+$/.test(id) ? readTextIfThere(join(root, id, "run.json")) : null;
    return text === null ? null : parsed<RunRecord>(text);
  };
  return {
    create: (run, earlier = []) => createJournal(join(root, run.id), run, earlier),
    list: ({ limit = Number.POSITIVE_INFINITY, address, environment } = {}) => {
      const isWanted = (run: RunRecord) =>
        (address === undefined || run.address === address) &&
        (environment === undefined || run.environment === environment);
      const found: RunRecord[] = [];
      for (const second of bySecond(ids(root))) {
        const runs = second.flatMap((id) => read(id) ?? []).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
        found.push(...runs.filter(isWanted));
        if (found.length >= limit) break;
      }
      return found.slice(0, limit);
    },
    get: (id) => {
      const run = read(id);
      return run === null ? null : { run, steps: [...lastSteps(join(root, id, "steps.jsonl")).values()] };
    },
    logs: (id, step) =>
      lines<LogLine>(join(root, id, "log.jsonl")).filter((line) => step === undefined || line.step === step),
    move: (from, to) => {
      for (const id of ids(root)) {
        const run = read(id);
        if (run?.address === from) writeFileWhole(join(root, id, "run.json"), runText({ ...run, address: to }));
      }
    },
    prune: (before) => {
      for (const id of ids(root)) {
        const run = read(id);
        if (run !== null && !mayStillBeUsed(root, run) && (run.endedAt ?? run.startedAt) < before)
          rmSync(join(root, id), { recursive: true, force: true });
      }
    },
  };
}

/** True for a run that may be alive, and for a killed one whose outputs nobody has restored. */
const mayStillBeUsed = (root: string, { id, endedAt, process }: RunRecord): boolean =>
  (endedAt === undefined && (process === undefined || !isGone(process))) || fileExists(join(root, id, "journal.jsonl"));

const runText = (run: RunRecord): string => `${JSON.stringify(run, null, 2)}\n`;

/** Groups ids of the same second: only their records tell which one is the newest. */
function bySecond(all: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const id of all) {
    const last = groups.at(-1);
    if (last?.[0]?.slice(0, secondLength) === id.slice(0, secondLength)) last?.push(id);
    else groups.push([id]);
  }
  return groups;
}

const secondLength = "20261125-070512".length;

/** All ids, newest second first: an id starts with its time. */
function ids(root: string): readonly string[] {
  try {
    return readdirSync(root).sort().reverse();
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    throw diskProblem("read", root, thrown);
  }
}

function createJournal(directory: string, first: RunRecord, earlier: readonly StepRecord[]): RunJournal {
  const before = new Map(earlier.map((record) => [record.step, record]));
  const isContinued = fileExists(join(directory, "steps.jsonl"));
  const steps = new Map<string, StepRecord>();
  const put = (run: RunRecord) => writeFileWhole(join(directory, "run.json"), runText(run));
  const append = (name: string, value: unknown) => {
    try {
      appendFileSync(join(directory, name), `${JSON.stringify(value)}\n`);
    } catch (thrown) {
      throw diskProblem("write", join(directory, name), thrown);
    }
  };
  try {
    makeDirectory(directory);
  } catch (thrown) {
    throw diskProblem("write", directory, thrown);
  }
  // Written before the run counts as the latest one: a kill right after this does not lose the earlier records.
  if (!isContinued) for (const record of earlier) append("steps.jsonl", record);
  put(first);
  return {
    run: first,
    step: (id) => steps.get(id) ?? null,
    earlier: (id) => before.get(id) ?? null,
    putStep: (record) => {
      steps.set(record.step, record);
      // An earlier record is already in the file.
      if (before.get(record.step) !== record) append("steps.jsonl", record);
    },
    log: (step, at, line) => append("log.jsonl", { step, at, line }),
    end: put,
  };
}

function lastSteps(file: string): ReadonlyMap<string, StepRecord> {
  return new Map(lines<StepRecord>(file).map((record) => [record.step, record]));
}

function lines<T>(file: string): readonly T[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    throw diskProblem("read", file, thrown);
  }
  return text.split("\n").flatMap((line) => parsed<T>(line) ?? []);
}

function parsed<T>(text: string): T | null {
  try {
    return text === "" ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
