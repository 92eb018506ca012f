/**
 * Temporary files beside what is written. Their names tell which process made them, so whoever lists or writes a directory next removes
 * those of killed processes, and never those of a running one.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { factsOf, isLeftBehind, type Machine, ownerName } from "../../src/model/process-facts.ts";
import { parseProcessStat } from "../../src/model/process-stat.ts";
import { systemCode } from "./storage-error.ts";

/** The prefix of unfinished files, which no listing shows. */
export const temporaryPrefix = ".mason-tmp-";

/** A unique name beside `place` that no listing shows. */
export function temporaryBeside(place: string): string {
  own ??= ownerName(factsOf(machine, process.pid));
  return join(dirname(place), `${temporaryPrefix}${own}-${randomUUID().slice(-12)}`);
}

let own: string | undefined;

/** Removes what killed processes left in a directory, the first time that this process writes there. */
export async function sweepOnce(directory: string): Promise<void> {
  if (swept.has(directory)) return;
  swept.add(directory);
  await sweep(directory, await readdir(directory).catch(() => []));
}

const swept = new Set<string>();

/** Removes those of the names in a directory that a killed process left. What can't be removed stays, since no listing shows it. */
export async function sweep(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!name.startsWith(temporaryPrefix) || !isLeftBehind(name, machine)) continue;
    await rm(join(directory, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
};

const machine: Machine = {
  host: hostname(),
  bootId: read("/proc/sys/kernel/random/boot_id"),
  mayRun: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return systemCode(error) !== "ESRCH";
    }
  },
  statOf: (pid) => {
    const text = read(`/proc/${pid}/stat`);
    return text === null ? null : parseProcessStat(text);
  },
};
