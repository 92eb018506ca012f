/**
 * The journal of a run by hand: the outputs that it is about to write, in `journal.jsonl` beside its record. The file exists only while
 * the run is unfinished. It is durable before an output is touched, so a later process finds what a killed run left, also beside outputs
 * whose names only the run knew. An apply needs none: it has a journal of its own.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { recordKey } from "../bundle/effects.ts";
import { isObject } from "../json.ts";
import type { ProcessFacts } from "../model/process-facts.ts";
import type { BegunPath } from "../state/journal-entry.ts";
import { appendDurably, diskProblem, isAbsent, readTextIfThere, syncDirectory, writeFileDurably } from "./disk.ts";

/** The journal of a running run. */
export interface RunOutputs {
  /** Records an output; it is durable when this returns. */
  add(output: BegunPath): void;
  /** Removes the journal: nothing is left of the run beside its outputs. */
  close(): void;
}

/** The outputs of a run that has not ended. */
export interface UnfinishedOutputs extends Pick<RunOutputs, "close"> {
  readonly run: string;
  readonly process: ProcessFacts;
  readonly paths: readonly BegunPath[];
}

const fileOf = (masonDirectory: string, run: string) => join(masonDirectory, "runs", run, "journal.jsonl");

/** The journal of a new run; nothing is written before its first output. */
export function openRunOutputs(masonDirectory: string, run: string, process: ProcessFacts): RunOutputs {
  const file = fileOf(masonDirectory, run);
  const known = new Set<string>();
  return {
    add: (output) => {
      const key = JSON.stringify([recordKey(output.client), output.path, output.steps]);
      if (known.has(key)) return;
      try {
        if (known.size > 0) appendDurably(file, line(output));
        else {
          writeFileDurably(file, `${line({ format: 1, process })}${line(output)}`);
          syncDirectory(join(masonDirectory, "runs"));
        }
      } catch (thrown) {
        throw diskProblem("write", file, thrown);
      }
      known.add(key);
    },
    close: () => remove(file),
  };
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (thrown) {
    throw diskProblem("write", file, thrown);
  }
}

/** The journals of all runs that have not ended, whether their processes are alive or not. */
export function unfinishedRunOutputs(masonDirectory: string): readonly UnfinishedOutputs[] {
  return runsIn(join(masonDirectory, "runs")).flatMap((run) => {
    const file = fileOf(masonDirectory, run);
    const text = readTextIfThere(file);
    return text === null ? [] : parse(file, run, text);
  });
}

function runsIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    throw diskProblem("read", directory, thrown);
  }
}

/** An incomplete last line is left out: its output had not been touched. */
function parse(file: string, run: string, text: string): readonly UnfinishedOutputs[] {
  const [first, ...paths] = text.split("\n").flatMap((text) => parsed(text));
  if (!isObject(first) || first.format !== 1 || !isObject(first.process)) return [];
  const process = first.process as unknown as ProcessFacts;
  return [{ run, process, paths: paths as unknown as readonly BegunPath[], close: () => remove(file) }];
}

function parsed(text: string): readonly unknown[] {
  try {
    return text === "" ? [] : [JSON.parse(text)];
  } catch {
    return [];
  }
}
