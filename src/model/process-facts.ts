import { sha256 } from "../json.ts";
import type { ProcessStat } from "./process-stat.ts";

/** Identifies a process and its machine. */
export interface ProcessFacts {
  readonly host: string;
  readonly pid: number;
  /** When the process started, as the system reports it: another process may get the same id later. */
  readonly process_start?: string;
  /** Identifies the boot of the machine. */
  readonly boot_id?: string;
}

/** What a machine tells about itself and its processes. */
export interface Machine {
  readonly host: string;
  /** `null` where the system has no such id. */
  readonly bootId: string | null;
  /** False only if there is certainly no such process. */
  readonly mayRun: (pid: number) => boolean;
  /** `null` where the system does not tell. */
  readonly statOf: (pid: number) => ProcessStat | null;
}

/** True when a process has certainly ended: it was on this machine, which has since rebooted or runs no such process. */
export function hasEnded(other: ProcessFacts, machine: Machine): boolean {
  if (other.host !== machine.host) return false;
  if (machine.bootId !== null && other.boot_id !== undefined && machine.bootId !== other.boot_id) return true;
  if (!machine.mayRun(other.pid)) return true;
  const stat = machine.statOf(other.pid);
  if (stat === null) return false;
  const { start, isOver } = stat;
  return isOver || (start !== null && other.process_start !== undefined && start !== other.process_start);
}

/** The facts about one process of a machine. */
export function factsOf(machine: Machine, pid: number): ProcessFacts {
  const start = machine.statOf(pid)?.start ?? null;
  return {
    host: machine.host,
    pid,
    ...(start === null ? {} : { process_start: start }),
    ...(machine.bootId === null ? {} : { boot_id: machine.bootId }),
  };
}

const short = (text: string | null | undefined): string => (text == null ? "" : sha256(text).slice(0, 12));

/** A process as a part of a file's name, so that what it left can be told from what a running one needs. */
export const ownerName = ({ host, pid, process_start: start = "", boot_id: boot }: ProcessFacts): string =>
  `${pid}-${start}-${short(boot)}-${short(host)}`;

/** True when a name carries the {@link ownerName} of a process that has certainly ended. */
export function isLeftBehind(name: string, machine: Machine): boolean {
  const found = /(?:^|[^0-9])(\d+)-(\d*)-([0-9a-f]{12}|)-([0-9a-f]{12})(?![0-9a-f])/.exec(name);
  if (found === null) return false;
  const [, pid = "", start = "", boot = "", host = ""] = found;
  const facts: ProcessFacts = {
    host,
    pid: Number(pid),
    ...(start === "" ? {} : { process_start: start }),
    ...(boot === "" ? {} : { boot_id: boot }),
  };
  const bootId = machine.bootId === null ? null : short(machine.bootId);
  return hasEnded(facts, { ...machine, host: short(machine.host), bootId });
}
