/** Journals made up for tests. */
import type { JournalEntry } from "../../src/state/journal-entry.ts";

type Start = Extract<JournalEntry, { kind: "start" }>;

/** The first entry of the journal of an apply. */
export const startEntry = (part: Partial<Start> = {}): Start => ({
  kind: "start",
  plan_id: "0".repeat(64),
  lineage: "lineage",
  serial: 0,
  environment: null,
  destroy: false,
  who: "tester",
  host: "here",
  at: "2026-03-01T12:00:00.000Z",
  ...part,
});
