/**
 * What a list of a lockfile shows, read by its lines and without building the values of its entries, which is many times as fast for a
 * large one. It holds only for the layout that printLockfile writes: two blanks a level and one key a line, in which the indent of a
 * line tells whose key it is.
 */
import type { Address } from "../address.ts";
import { lockfileFormat } from "./lockfile.ts";
import { isSerial, type State } from "./state.ts";

/** One entry in short. */
export interface StateRow {
  readonly address: Address;
  /** The provider of its client; `null` for what lives in none. */
  readonly client: string | null;
  readonly status: "applied" | "failed";
}

/** A state in short. */
export interface StateRows {
  readonly lineage: string;
  readonly serial: number;
  readonly rows: readonly StateRow[];
}

/** The short form of a state that was read whole. */
export const stateRows = ({ lineage, serial, resources }: State): StateRows => ({
  lineage,
  serial,
  rows: [...resources].map(([address, entry]) => ({
    address,
    client: entry.client?.provider ?? null,
    status: entry.status,
  })),
});

const beginning = `{\n  "format": ${lockfileFormat},\n`;
const entryMark = '\n    "';
const entryEnd = '": {';
const betweenEntries = `\n    },${entryMark}`;
const clientMark = '\n      "client": {\n';
const providerMark = '\n        "provider": "';
const statusMark = '\n      "status": "';

/** The short form of a lockfile's text, or `null` when it is laid out in any other way: then it is to be parsed. */
export function scanLockfile(lockfile: string): StateRows | null {
  const lineage = /\n {2}"lineage": ("(?:[^"\\\n]|\\.)*"),\n/.exec(lockfile.slice(0, 1000))?.[1];
  const serial = /\n {2}"serial": (\d+)\n}\n$/.exec(lockfile.slice(-64))?.[1];
  const isWhole =
    lockfile.startsWith(beginning) && lineage !== undefined && serial !== undefined && isSerial(Number(serial));
  // What might be the mark of a merge is the parser's to judge.
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
    rows.push({ address, client: providerOf(lockfile, lineEnd, end), status });
    at = next < 0 ? -1 : next + betweenEntries.length - entryMark.length;
  }
  return rows;
}

const statusOf = (lockfile: string, at: number): StateRow["status"] | null =>
  lockfile.startsWith('applied"', at) ? "applied" : lockfile.startsWith('failed"', at) ? "failed" : null;

/** Keys are sorted, so that `client` is the first of an entry when it has one. */
function providerOf(lockfile: string, entry: number, end: number): string | null {
  if (!lockfile.startsWith(clientMark, entry)) return null;
  const at = lockfile.indexOf(providerMark, entry) + providerMark.length;
  if (at < providerMark.length || at > end) return null;
  const line = lockfile.slice(at, lockfile.indexOf("\n", at));
  return unescaped(line.slice(0, line.lastIndexOf('"')));
}

const unescaped = (content: string): string =>
  content.includes("\\") ? (JSON.parse(`"${content}"`) as string) : content;
