/**
 * The history: who applied which plan when, one small file per apply, below `history/` of the state's backend. The number of a file is the
 * serial, or a higher one if that is taken: a lockfile may go back to an older serial when another branch is checked out.
 */
import type { Storage } from "../../engine/storage.ts";
import { isObject, type Json } from "../../json.ts";
import { joinPath } from "../../model/path.ts";
import type { HistoryEntry } from "../../state/history.ts";
import { numbersIn, pruneNumbers, readNumbered, writeNumber } from "./numbered.ts";

const kept = 1000;
const directoryOf = (prefix: string) => joinPath(prefix, "history");

/** Adds an apply as the newest one. */
export async function addHistory(storage: Storage, prefix: string, applied: HistoryEntry): Promise<void> {
  const directory = directoryOf(prefix);
  const text = `${JSON.stringify(applied)}\n`;
  for (let number = applied.serial; ; number++) {
    const newest = (await numbersIn(storage, directory)).at(-1) ?? 0;
    number = Math.max(number, newest + 1);
    if (!(await writeNumber(storage, directory, number, text))) continue;
    if (number % 50 === 0) await pruneNumbers(storage, directory, kept);
    return;
  }
}

/** Finished applies, newest first. */
export async function readHistory(storage: Storage, prefix: string, limit: number): Promise<readonly HistoryEntry[]> {
  const numbers = [...(await numbersIn(storage, directoryOf(prefix)))].reverse().slice(0, limit);
  const found: HistoryEntry[] = [];
  for (const number of numbers) {
    const value = parsed((await readNumbered(storage, directoryOf(prefix), number)) ?? "");
    if (isObject(value)) found.push(value as unknown as HistoryEntry);
  }
  return found;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
