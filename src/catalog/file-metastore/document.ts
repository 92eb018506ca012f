/**
 * Versioned documents over storage verbs. Each version is one JSON file, named by its number; the highest number is the head. A writer
 * takes the next number with `ifAbsent`, so one of several writers wins. It then lists the versions again, because a delayed writer may
 * have taken a number that was used and pruned before. Each version names its ancestors, so a writer that finds newer versions can
 * tell whether they build on its own. Dropping writes a version too, so that a drop wins over an older write.
 */
import type { Storage } from "../../engine/storage.ts";
import { isObject, type JsonObject, prettyJson, sha256 } from "../../json.ts";
import { baseName, joinPath } from "../../model/path.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";

/** The newest version of a document. */
export interface Head {
  readonly number: number;
  /** `null` when the document was dropped. */
  readonly content: JsonObject | null;
  /** The digest of the version's text. The next version refers to it. */
  readonly sha: string;
  /** Short digests of the previous versions, newest first. A long history is cut. */
  readonly ancestors: readonly string[];
}

/** The storage of the documents, and a source of unique ids. */
export interface Documents {
  readonly storage: Storage;
  readonly newId: () => string;
}

const kept = 3;
const mostTries = 100;
const mostAncestors = 100;

/** The newest version in `directory`, or `null` when there is none. */
export async function readHead(storage: Storage, directory: string): Promise<Head | null> {
  for (let tries = 1; ; tries++) {
    const number = (await numbersIn(storage, directory)).at(-1);
    if (number === undefined) return null;
    try {
      return await readVersion(storage, directory, number);
    } catch (error) {
      // The version was pruned after it was listed, so a newer one exists.
      if (tries === mostTries || !isProviderError(error, "not_found")) throw error;
    }
  }
}

/** The newest versions in several directories, in the given order, read a few at a time. */
export async function readHeads(storage: Storage, directories: readonly string[]): Promise<readonly (Head | null)[]> {
  const heads: (Head | null)[] = [];
  for (let start = 0; start < directories.length; start += 16) {
    const chunk = directories.slice(start, start + 16);
    heads.push(...(await Promise.all(chunk.map((directory) => readHead(storage, directory)))));
  }
  return heads;
}

/**
 * Writes the version that `next` derives from the newest one, and tries again when another writer was faster. `next` throws to refuse,
 * and returns `undefined` to leave the document unchanged. Returns the written version, or `null` when nothing was written.
 */
export async function changeDocument(
  documents: Documents,
  directory: string,
  next: (head: Head | null) => JsonObject | null | undefined,
): Promise<Head | null> {
  for (let tries = 1; tries <= mostTries; tries++) {
    const head = await readHead(documents.storage, directory);
    const content = next(head);
    if (content === undefined) return null;
    const written = await writeVersion(documents, directory, head, content);
    if (written !== null) return written;
  }
  throw new ProviderError("conflict", `Others kept changing "${directory}". Try again when they are done.`, {
    retryable: true,
  });
}

async function writeVersion(
  { storage, newId }: Documents,
  directory: string,
  head: Head | null,
  content: JsonObject | null,
): Promise<Head | null> {
  const number = (head?.number ?? 0) + 1;
  const ancestors = head === null ? [] : [shortOf(head.sha), ...head.ancestors].slice(0, mostAncestors);
  const state = content === null ? { dropped: true } : { content };
  const text = prettyJson({
    mason: 1,
    id: newId(),
    previous: head?.sha ?? null,
    ancestors: ancestors.join(" "),
    ...state,
  });
  const written: Head = { number, content, sha: sha256(text), ancestors };
  try {
    await storage.write(pathOf(directory, number), text, { ifAbsent: true });
  } catch (error) {
    if (isProviderError(error, "exists")) return null;
    throw error;
  }
  const numbers = await numbersIn(storage, directory);
  if (!(await counts(storage, directory, written, numbers))) return null;
  const newest = numbers.at(-1) ?? 0;
  const isOld = (other: number) => (content === null ? other < number : other <= newest - kept);
  // The change is done. The next writer prunes the versions that could not be pruned now.
  await Promise.allSettled(numbers.filter(isOld).map((old) => storage.delete(pathOf(directory, old))));
  return written;
}

/** False when a newer version does not build on the written one, or when its own predecessor no longer exists. */
async function counts(
  storage: Storage,
  directory: string,
  written: Head,
  numbers: readonly number[],
): Promise<boolean> {
  const newest = numbers.at(-1) ?? 0;
  if (newest > written.number) return isBuiltUpon(written, await readHead(storage, directory));
  if (newest < written.number) return false;
  if (written.number === 1 || numbers.includes(written.number - 1)) return true;
  await storage.delete(pathOf(directory, written.number));
  return false;
}

const isBuiltUpon = (written: Head, head: Head | null): boolean =>
  head?.ancestors[head.number - written.number - 1] === shortOf(written.sha);

const shortOf = (sha: string): string => sha.slice(-12);

const pathOf = (directory: string, number: number): string =>
  joinPath(directory, `${String(number).padStart(10, "0")}.json`);

async function numbersIn(storage: Storage, directory: string): Promise<readonly number[]> {
  const files = await storage.list(directory);
  return files
    .flatMap((file) => (/^\d{10}\.json$/.test(baseName(file.path)) ? [Number.parseInt(baseName(file.path), 10)] : []))
    .sort((a, b) => a - b);
}

async function readVersion(storage: Storage, directory: string, number: number): Promise<Head> {
  const path = pathOf(directory, number);
  const { text, document } = await readDocument(storage, path);
  const version = { number, sha: sha256(text), ancestors: ancestorsOf(document) };
  if (document.dropped === true) return { ...version, content: null };
  if (!isObject(document.content)) throw damaged(path);
  return { ...version, content: document.content };
}

/** The ancestors of a version. Older versions of Mason wrote only the direct predecessor. */
function ancestorsOf({ ancestors, previous }: JsonObject): readonly string[] {
  if (typeof ancestors === "string") return ancestors === "" ? [] : ancestors.split(" ");
  return typeof previous === "string" ? [shortOf(previous)] : [];
}

async function readDocument(
  storage: Storage,
  path: string,
): Promise<{ readonly text: string; readonly document: JsonObject }> {
  const text = new TextDecoder().decode(await storage.read(path));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw damaged(path);
  }
  if (!isObject(document) || typeof document.mason !== "number") throw damaged(path);
  if (document.mason > 1) {
    throw new ProviderError("invalid", `"${path}" was written by a newer Mason. Use at least that version.`);
  }
  return { text, document };
}

const damaged = (path: string) =>
  new ProviderError("invalid", `"${path}" is not a document that Mason wrote. Restore it or delete it.`);
