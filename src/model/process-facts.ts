/** Identifies a process and its machine. */
export interface ProcessFacts {
  readonly host: string;
  readonly pid: number;
  /** When the process started, as the system reports it: another process may get the same id later. */
  readonly process_start?: string;
  /** Identifies the boot of the machine. */
  readonly boot_id?: string;
}
