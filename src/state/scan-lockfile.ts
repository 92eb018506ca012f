/**
 * A fast reader of a lockfile for lists: it reads lines and builds no values of entries, which is many times as fast for a large file. It
 * knows only the layout that printLockfile writes: two blanks per level and one key per line, so the indent tells whose key a line holds.
 */
import type { Address } from "../address.ts";
import { lockfileFormat } from "./lockfile.ts";
import { isSerial, type State } from "./state.ts";

/** One entry in short. */
export interface StateRow {
  readonly address: Address;
  /** The provider of its client; `null` when it lives in none. */
  readonly client: string | null;
  readonly status: "applied" | "failed" | "interrupted";
}

/** A state in short. */
export interface StateRows {
  readonly lineage: string;
  readonly serial: number;
  readonly rows: readonly StateRow[];
}

/** The short form of a complete state. */
export const stateRows = ({ lineage, serial, resources }: State): StateRows => ({
  lineage,
  serial,
  rows: [...resources].map(([address, entry]) => ({
    address,
    client: entry.client?.provider ?? null,
    status: entry.status === "failed" && entry.interrupted === true ? "interrupted" : entry.status,
  })),
});

const beginning = `{\n  "format": ${lockfileFormat},\n`;
const entryMark = '\n    "';
const entryEnd = '": {';
const betweenEntries = `\n    },${entryMark}`;
const clientMark = '\n      "client": {\n';
const providerMark = '\n        "provider": "';
const interruptedMark = '\n      "interrupted": true';
const statusMark = '\n      "status": "';

/** The short form of a lockfile's text, or `null` when its layout is any other, so that the caller must parse it. */
export function scanLockfile(lockfile: string): StateRows | null {
  const lineage = /\n {2}"lineage": ("(?:[^"\\\n]|\\.)*"),\n/.exec(lockfile.slice(0, 1000))?.[1];
  const serial = /\n {2}"serial": (\d+)\n}\n$/.exec(lockfile.slice(-64))?.[1];
  const isWhole =
    lockfile.startsWith(beginning) && lineage !== undefined && serial !== undefined && isSerial(Number(serial));
  // The parser decides whether this is a conflict marker.
  if (!isWhole || lockfile.includes("<<<<<<<")) return null;
  const rows = scanEntries(lockfile);
  return rows === null ? null : { lineage: JSON.parse(lineage) as string, serial: Number(serial), rows };
}

function scanEntries(lockfile: string): readonly StateRow[] | null {
  const rows: StateRow[] = [];
  for (let at = lockfile.indexOf(entryMark); at >= 0; ) {
    const next = lockfile.indexOf(betweenEntries, at);
    const end = next < 0 ? lockfile.length : next;
    const lineEnd = lockfile.indexOf("\n", at + 1);
    const statusAt = lockfile.indexOf(statusMark, lineEnd);
    const status = statusAt < 0 || statusAt > end ? null : statusOf(lockfile, statusAt + statusMark.length);
    if (status === null || !lockfile.startsWith(entryEnd, lineEnd - entryEnd.length)) return null;
    const address = unescaped(lockfile.slice(at + entryMark.length, lineEnd - entryEnd.length));
    const isCut = status === "failed" && lockfile.slice(lineEnd, end).includes(interruptedMark);
    rows.push({ address, client: providerOf(lockfile, lineEnd, end), status: isCut ? "interrupted" : status });
    at = next < 0 ? -1 : next + betweenEntries.length - entryMark.length;
  }
  return rows;
}

const statusOf = (lockfile: string, at: number): StateRow["status"] | null =>
  lockfile.startsWith('applied"', at) ? "applied" : lockfile.startsWith('failed"', at) ? "failed" : null;

/** Keys are sorted, so `client` comes first in an entry that has one. */
function providerOf(lockfile: string, entry: number, end: number): string | null {
  if (!lockfile.startsWith(clientMark, entry)) return null;
  const at = lockfile.indexOf(providerMark, entry) + providerMark.length;
  if (at < providerMark.length || at > end) return null;
  const line = lockfile.slice(at, lockfile.indexOf("\n", at));
  return unescaped(line.slice(0, line.lastIndexOf('"')));
}

const unescaped = (content: string): string =>
  content.includes("\\") ? (JSON.parse(`"${content}"`) as string) : content;
