/** The shape of the history's entries. */

/** One finished apply; `at` is an ISO 8601 instant. */
export interface HistoryEntry {
  readonly serial: number;
  readonly plan_id: string;
  readonly who: string;
  readonly host: string;
  readonly at: string;
  readonly destroy: boolean;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
}
