/** What /proc/PID/stat says of a process; see proc(5). */

/** `start`: in ticks since the machine started, so that an id that was given again is told. */
export interface ProcessStat {
  readonly start: string | null;
  /** Killed or over, and still listed until its parent asks how it ended: in a container that may be never. */
  readonly isOver: boolean;
}

/** Reads the text of the file. Its second field is the program's name and may hold blanks and brackets. */
export function parseProcessStat(text: string): ProcessStat {
  // From the third field on.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { start: fields[19] ?? null, isOver: fields[0] === "Z" || fields[0] === "X" };
}
