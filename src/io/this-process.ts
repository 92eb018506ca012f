/** Facts about this process for leases and runs, and the check whether another process of this machine has ended. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessFacts } from "../model/process-facts.ts";
import { type ProcessStat, parseProcessStat } from "../model/process-stat.ts";

/** The facts about this process. */
export function thisProcess(): ProcessFacts {
  const start = statOf(process.pid)?.start ?? null;
  const boot = bootId();
  return {
    host: hostname(),
    pid: process.pid,
    ...(start === null ? {} : { process_start: start }),
    ...(boot === null ? {} : { boot_id: boot }),
  };
}

/** True when a process has certainly ended: it was on this machine, which has since rebooted or runs no such process. */
export function isGone(other: ProcessFacts): boolean {
  if (other.host !== hostname()) return false;
  const boot = bootId();
  if (boot !== null && other.boot_id !== undefined && boot !== other.boot_id) return true;
  try {
    process.kill(other.pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
  const stat = statOf(other.pid);
  if (stat === null) return false;
  const { start, isOver } = stat;
  return isOver || (start !== null && other.process_start !== undefined && start !== other.process_start);
}

/** Linux makes a new id at every boot; see random(4). */
const bootId = (): string | null => read("/proc/sys/kernel/random/boot_id");

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
