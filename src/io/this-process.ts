/** Facts of this process for the lease, and whether another process of this machine is gone. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { type ProcessStat, parseProcessStat } from "../model/process-stat.ts";
import type { Holder } from "./lease.ts";

/** The holder that this process is. */
export function holderOf(options: {
  readonly id: string;
  readonly who: string;
  readonly since: string;
  readonly purpose: string;
}): Holder {
  const start = statOf(process.pid)?.start ?? null;
  const boot = bootId();
  return {
    ...options,
    host: hostname(),
    pid: process.pid,
    ...(start === null ? {} : { process_start: start }),
    ...(boot === null ? {} : { boot_id: boot }),
  };
}

/** True when the holder's process is certainly gone: it was on this machine, which booted since or runs no such process. */
export function isGone(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  const boot = bootId();
  if (boot !== null && holder.boot_id !== undefined && boot !== holder.boot_id) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
  const stat = statOf(holder.pid);
  if (stat === null) return false;
  const { start, isOver } = stat;
  return isOver || (start !== null && holder.process_start !== undefined && start !== holder.process_start);
}

/** Linux gives a new id at every boot; see random(4). */
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
