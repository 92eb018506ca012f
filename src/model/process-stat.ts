/** The content of /proc/PID/stat; see proc(5). */

/** The facts that Mason needs about a process. `start` counts ticks since the machine booted and tells apart two processes with one id. */
export interface ProcessStat {
  readonly start: string | null;
  /** True when the process has ended; the system lists it until its parent collects the exit status, which in a container may never happen. */
  readonly isOver: boolean;
}

/** Parses the text of the file. Its second field is the program's name, which may contain blanks and brackets. */
export function parseProcessStat(text: string): ProcessStat {
  // From the third field on.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { start: fields[19] ?? null, isOver: fields[0] === "Z" || fields[0] === "X" };
}
