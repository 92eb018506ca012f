/** Facts of this process for the lease, and whether another process of this machine is gone. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Holder } from "./lease.ts";

/** The holder that this process is. */
export function holderOf(options: {
  readonly id: string;
  readonly who: string;
  readonly since: string;
  readonly purpose: string;
}): Holder {
  const start = startOf(process.pid);
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
  // Killed, and still listed until its parent asks how it ended: in a container that may be never.
  if (isEnded(holder.pid)) return true;
  const start = startOf(holder.pid);
  return start !== null && holder.process_start !== undefined && start !== holder.process_start;
}

/** Linux gives a new id at every boot; see random(4). */
const bootId = (): string | null => read("/proc/sys/kernel/random/boot_id");

/** Field 22 of /proc/PID/stat, in ticks since the machine started. See proc(5). */
const startOf = (pid: number): string | null => statFields(pid)?.[19] ?? null;

/** Field 3 of /proc/PID/stat: a zombie, or dead. */
const isEnded = (pid: number): boolean => ["Z", "X"].includes(statFields(pid)?.[0] ?? "");

/** The fields of /proc/PID/stat from the third on; the second one may hold blanks and brackets. */
function statFields(pid: number): readonly string[] | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}
