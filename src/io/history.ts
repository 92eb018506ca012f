/** Who applied which plan when: one small file an apply, below `history/` of the state's backend. */
import type { Storage } from "../engine/storage.ts";
import { isObject, type Json } from "../json.ts";
import { joinPath } from "../model/path.ts";
import type { Applied } from "../state/history.ts";
import { numbersIn, pruneNumbers, readNumbered, takeNumber } from "./numbered.ts";

const kept = 1000;
const directoryOf = (prefix: string) => joinPath(prefix, "history");

/** Adds an apply, under its serial. */
export async function addHistory(storage: Storage, prefix: string, applied: Applied): Promise<void> {
  await takeNumber(storage, directoryOf(prefix), applied.serial, `${JSON.stringify(applied)}\n`);
  if (applied.serial % 50 === 0) await pruneNumbers(storage, directoryOf(prefix), kept);
}

/** Applies that are over, the newest first. */
export async function readHistory(storage: Storage, prefix: string, limit: number): Promise<readonly Applied[]> {
  const numbers = [...(await numbersIn(storage, directoryOf(prefix)))].reverse().slice(0, limit);
  const found: Applied[] = [];
  for (const number of numbers) {
    const value = parsed((await readNumbered(storage, directoryOf(prefix), number)) ?? "");
    if (isObject(value)) found.push(value as unknown as Applied);
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
