/** Which process of which machine. */
export interface ProcessFacts {
  readonly host: string;
  readonly pid: number;
  /** When the system says that the process started, and that it booted: a process id alone may belong to another one later. */
  readonly process_start?: string;
  readonly boot_id?: string;
}
