/** Facts about this process for leases and runs, and the check whether another process of this machine has ended. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { factsOf, hasEnded, type Machine, type ProcessFacts } from "../model/process-facts.ts";
import { type ProcessStat, parseProcessStat } from "../model/process-stat.ts";

/** This machine. */
export const thisMachine = (): Machine => ({
  host: hostname(),
  // Linux makes a new id at every boot; see random(4).
  bootId: read("/proc/sys/kernel/random/boot_id"),
  mayRun,
  statOf,
});

/** The facts about this process. */
export const thisProcess = (): ProcessFacts => factsOf(thisMachine(), process.pid);

/** True when a process has certainly ended: it was on this machine, which has since rebooted or runs no such process. */
export const isGone = (other: ProcessFacts): boolean => hasEnded(other, thisMachine());

function mayRun(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function statOf(pid: number): ProcessStat | null {
  const text = read(`/proc/${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}
