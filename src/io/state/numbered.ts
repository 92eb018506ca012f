/**
 * Numbered files over storage verbs. To claim something exclusively, a writer takes the next number with `ifAbsent`, which every storage
 * has. The highest number is the head. A writer lists again after writing and yields to a higher one.
 */
import type { Storage } from "../../engine/storage.ts";
import { baseName, joinPath } from "../../model/path.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";

const digits = 10;

/** The path of a number below a directory. */
export const numberedPath = (directory: string, number: number): string =>
  joinPath(directory, `${String(number).padStart(digits, "0")}.json`);

/** The existing numbers, lowest first. */
export async function numbersIn(storage: Storage, directory: string): Promise<readonly number[]> {
  const files = await storage.list(directory);
  return files
    .flatMap((file) => (/^\d{10}\.json$/.test(baseName(file.path)) ? [Number.parseInt(baseName(file.path), 10)] : []))
    .sort((a, b) => a - b);
}

/** The text of a number, or `null` when it does not exist. */
export async function readNumbered(storage: Storage, directory: string, number: number): Promise<string | null> {
  try {
    return new TextDecoder().decode(await storage.read(numberedPath(directory, number)));
  } catch (thrown) {
    if (isProviderError(thrown, "not_found")) return null;
    throw thrown;
  }
}

/** A number with its text. */
export interface Head {
  readonly number: number;
  readonly text: string;
}

/** The highest number with its text, or `null` when there is none. */
export async function readHead(storage: Storage, directory: string): Promise<Head | null> {
  for (let before = 0; ; ) {
    const number = (await numbersIn(storage, directory)).at(-1);
    if (number === undefined) return null;
    const text = await readNumbered(storage, directory, number);
    if (text !== null) return { number, text };
    // Somebody pruned it after the listing, so there are higher ones.
    if (number === before) throw listedAndAbsent(numberedPath(directory, number));
    before = number;
  }
}

const listedAndAbsent = (path: string) =>
  new ProviderError("unavailable", `"${path}" is in the listing of its directory but can't be read. Try again.`);

/** Writes a number; false when it is taken. */
export async function writeNumber(storage: Storage, directory: string, number: number, text: string): Promise<boolean> {
  try {
    await storage.write(numberedPath(directory, number), text, { ifAbsent: true });
    return true;
  } catch (thrown) {
    if (isProviderError(thrown, "exists")) return false;
    throw thrown;
  }
}

/** Takes a number for this writer alone; false when somebody was faster or wrote a higher one meanwhile. */
export async function takeNumber(storage: Storage, directory: string, number: number, text: string): Promise<boolean> {
  if (!(await writeNumber(storage, directory, number, text))) return false;
  const highest = (await numbersIn(storage, directory)).at(-1) ?? 0;
  return highest <= number;
}

/** Deletes all but the last `keep` numbers. A deletion that fails is tried again by the next call. */
export async function pruneNumbers(storage: Storage, directory: string, keep: number): Promise<void> {
  const numbers = await numbersIn(storage, directory);
  await Promise.allSettled(numbers.slice(0, -keep).map((number) => storage.delete(numberedPath(directory, number))));
}
