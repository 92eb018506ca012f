/**
 * Versioned documents over storage verbs: one JSON file a version, named by its number, the highest is the head. A writer takes
 * the next number with `ifAbsent`, so of several writers one wins; then it looks again, because a writer that slept may have
 * taken a number that was used and pruned long ago. Each version names those before it: who finds that others went on knows
 * from the head whether they built on its own, which may be pruned by then. Dropping is a version too, so that a drop wins over
 * an older write.
 */
import type { Storage } from "../../engine/storage.ts";
import { isObject, type JsonObject, prettyJson, sha256 } from "../../json.ts";
import { baseName, joinPath } from "../../model/path.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";

/** The newest version of a document. */
export interface Head {
  readonly number: number;
  /** `null` when it was dropped. */
  readonly content: JsonObject | null;
  /** Digest of the version's text, by which the next version names it. */
  readonly sha: string;
  /** Short digests of the versions before it, the one just before first; not all of a long history. */
  readonly ancestors: readonly string[];
}

/** Where documents are kept, and ids that are never given twice. */
export interface Documents {
  readonly storage: Storage;
  readonly newId: () => string;
}

const kept = 3;
const mostTries = 100;
const mostAncestors = 100;

/** The newest version below `directory`, or `null` when there never was one. */
export async function readHead(storage: Storage, directory: string): Promise<Head | null> {
  for (let tries = 1; ; tries++) {
    const number = (await numbersIn(storage, directory)).at(-1);
    if (number === undefined) return null;
    try {
      return await readVersion(storage, directory, number);
    } catch (error) {
      // Pruned since it was listed: there is a newer one.
      if (tries === mostTries || !isProviderError(error, "not_found")) throw error;
    }
  }
}

/** The newest versions below several directories, in the order given; a few are read at a time. */
export async function readHeads(storage: Storage, directories: readonly string[]): Promise<readonly (Head | null)[]> {
  const heads: (Head | null)[] = [];
  for (let start = 0; start < directories.length; start += 16) {
    const chunk = directories.slice(start, start + 16);
    heads.push(...(await Promise.all(chunk.map((directory) => readHead(storage, directory)))));
  }
  return heads;
}

/**
 * Writes the version that `next` makes of the newest one, again when somebody else was faster. `next` throws to refuse, and gives
 * `undefined` to leave the document as it is. Gives what was written, or `null` when nothing was.
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
  // What could not be pruned now is pruned by the next writer; the change itself is done.
  await Promise.allSettled(numbers.filter(isOld).map((old) => storage.delete(pathOf(directory, old))));
  return written;
}

/** False when the version was written below a newer one that does not build on it, or on a version that is gone. */
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

/** Versions that older Masons wrote name only the one before them. */
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
  new ProviderError("invalid", `"${path}" is not a document that Mason wrote. Restore it, or delete it.`);
