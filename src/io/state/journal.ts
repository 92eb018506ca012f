/**
 * The journal: the write-ahead record of one apply, as numbered files below `journal/<apply>/`. A file holds the entries that waited for
 * the last write, with a checksum and the checksum of the file before, so that damage is found and named, and nothing that was
 * acknowledged is lost. Who finds the next number taken was fenced off, and stops; so does who has lost the lease, since a fence goes
 * with its journal. `<apply>.over` beside a journal says that it is being deleted: what is left of it means nothing.
 */
import { fail } from "../../diagnostic/diagnostic.ts";
import type { Storage } from "../../engine/storage.ts";
import { isObject, type Json, sha256 } from "../../json.ts";
import { baseName, joinPath } from "../../model/path.ts";
import { type JournalEntry, summarize, type Unfinished } from "../../state/journal-entry.ts";
import { type Head, numberedPath, numbersIn, readHead, readNumbered, writeNumber } from "./numbered.ts";

/** The journal of the apply that is going on. */
export interface Journal {
  readonly apply: string;
  /** Resolves when the entry is durable. Fails for good when the apply was fenced off. */
  append(entry: JournalEntry): Promise<void>;
}

const root = (prefix: string) => joinPath(prefix, "journal");
const directoryOf = (prefix: string, apply: string) => joinPath(root(prefix), apply);
const overOf = (prefix: string, apply: string) => joinPath(root(prefix), `${apply}.over`);

const padded = (number: number) => String(number).padStart(10, "0");

/**
 * The name of an apply: the serial that it starts from and the epoch of its lease. Names sort in the order of applies, and no name is
 * given twice.
 */
export const applyName = (serial: number, epoch: number): string => `${padded(serial)}-${padded(epoch)}`;

/** The text of one file. */
function fileText(
  number: number,
  previous: string,
  entries: readonly JournalEntry[],
): { readonly text: string; readonly sha: string } {
  const body = JSON.stringify(entries);
  const sha = sha256(`${number} ${previous} ${body}`);
  return { text: `${JSON.stringify({ format: 1, number, previous, sha })}\n${body}\n`, sha };
}

/** Opens the journal of a new apply; `first` entries are durable when it resolves. `isHeld`: whether its lease still is. */
export async function openJournal(
  storage: Storage,
  prefix: string,
  apply: string,
  first: readonly JournalEntry[],
  isHeld: () => Promise<boolean>,
): Promise<Journal> {
  const directory = directoryOf(prefix, apply);
  let number = 0;
  let previous = "";
  let waiting: {
    readonly entry: JournalEntry;
    readonly done: () => void;
    readonly failed: (thrown: unknown) => void;
  }[] = [];
  let writing = false;
  let broken: unknown;

  const writeFile = async (entries: readonly JournalEntry[]) => {
    const { text, sha } = fileText(number + 1, previous, entries);
    const isWritten = await writeNumber(storage, directory, number + 1, text).catch(async (thrown: unknown) => {
      // Who took over may have deleted the directory under the write.
      if (await isHeld()) throw thrown;
      return false;
    });
    if (!isWritten) throw leaseLost(apply);
    if (!(await isHeld())) {
      // Who took over before the first entry knows of no journal, and would be told of an unfinished apply that did nothing.
      if (number === 0 || (await isDeleted(storage, prefix, apply))) await deleteJournal(storage, prefix, apply);
      throw leaseLost(apply);
    }
    number++;
    previous = sha;
  };
  // Entries that come while a file is being written go out together in the next one.
  const drain = async () => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (broken !== undefined) throw broken;
        await writeFile(batch.map((item) => item.entry));
        for (const item of batch) item.done();
      } catch (thrown) {
        broken = thrown;
        for (const item of batch) item.failed(thrown);
      }
    }
    writing = false;
  };
  await writeFile(first);
  return {
    apply,
    append: (entry) =>
      new Promise<void>((done, failed) => {
        waiting.push({ entry, done, failed });
        if (!writing) void drain();
      }),
  };
}

/** What an apply says that was taken over by somebody else. */
export function leaseLost(apply: string): Error {
  try {
    return fail({
      code: "lease/lost",
      summary: "Lease lost",
      detail: `Somebody else took over while this apply (${apply}) did not answer. It stops here and records nothing more. Run "mason plan" to see where things stand.`,
    });
  } catch (thrown) {
    return thrown as Error;
  }
}

/** The unfinished apply, or `null`. Throws Diagnosed when its journal is damaged. */
export async function readUnfinished(storage: Storage, prefix: string): Promise<Unfinished | null> {
  for (;;) {
    const apply = (await applies(storage, prefix)).at(-1);
    if (apply === undefined) return null;
    try {
      return summarize(apply, await readEntries(storage, prefix, apply));
    } catch (thrown) {
      // Its apply came to its end while it was read, and deleted it.
      if ((await applies(storage, prefix)).includes(apply)) throw thrown;
    }
  }
}

/** Names of applies with a journal, oldest first. */
async function applies(storage: Storage, prefix: string): Promise<readonly string[]> {
  const { names, over } = await everything(storage, prefix);
  return names.filter((name) => !over.has(name));
}

/** Names of applies of which something is there, oldest first, and those among them that are being deleted. */
async function everything(
  storage: Storage,
  prefix: string,
): Promise<{ readonly names: readonly string[]; readonly over: ReadonlySet<string> }> {
  const found = await storage.list(root(prefix), { recursive: true });
  const above = root(prefix).length + 1;
  const tops = new Set(
    found.filter((file) => file.kind === "file").map((file) => file.path.slice(above).split("/")[0] ?? ""),
  );
  const over = new Set([...tops].flatMap((top) => (top.endsWith(".over") ? [top.slice(0, -".over".length)] : [])));
  const names = [...tops].filter((top) => !top.endsWith(".over"));
  return { names: [...new Set([...names, ...over])].sort(), over };
}

async function readEntries(storage: Storage, prefix: string, apply: string): Promise<readonly JournalEntry[]> {
  const directory = directoryOf(prefix, apply);
  const entries: JournalEntry[] = [];
  let previous = "";
  for (const [index, number] of (await numbersIn(storage, directory)).entries()) {
    const path = numberedPath(directory, number);
    const text = await readNumbered(storage, directory, number);
    const file = text === null || number !== index + 1 ? null : parseFile(text, number, previous);
    if (file === null) return damaged(path);
    previous = file.sha;
    entries.push(...file.entries);
  }
  return entries;
}

/**
 * True when a journal was deleted, or is being deleted now: then a file that was just written into it is alone, and would be taken for what
 * is left of a damaged one. The mark is looked at first: who sets it later finds the file, and deletes it with the others.
 */
async function isDeleted(storage: Storage, prefix: string, apply: string): Promise<boolean> {
  if ((await storage.stat(overOf(prefix, apply))) !== null) return true;
  return (await storage.stat(numberedPath(directoryOf(prefix, apply), 1))) === null;
}

/** The entries of a file whose checksums hold, else `null`. */
export function parseFile(
  text: string,
  number: number,
  previous: string,
): { readonly sha: string; readonly entries: readonly JournalEntry[] } | null {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1, -1);
  const sha = sha256(`${number} ${previous} ${body}`);
  try {
    const header: unknown = JSON.parse(text.slice(0, end));
    const isWhole =
      isObject(header) &&
      header.format === 1 &&
      header.number === number &&
      header.previous === previous &&
      header.sha === sha &&
      text.endsWith("\n");
    return isWhole ? { sha, entries: JSON.parse(body) as readonly JournalEntry[] } : null;
  } catch {
    return null;
  }
}

function damaged(path: string): never {
  return fail({
    code: "journal/damaged",
    summary: "Damaged journal",
    detail: `"${path}" is not what Mason wrote: its checksum does not hold, or a file before it is missing. What the unfinished apply did can't be told from it. Restore the file; or delete the directory "${path.slice(0, -baseName(path).length - 1)}" and run "mason plan", which compares with what is really there.`,
  });
}

/** Stops the writer of the journal that belongs to the lease with this epoch, should it wake up: the next number is taken. */
export async function writeFence(
  storage: Storage,
  prefix: string,
  epoch: number,
  by: string,
  at: string,
): Promise<void> {
  const apply = (await applies(storage, prefix)).find((name) => name.endsWith(`-${padded(epoch)}`));
  if (apply === undefined) return;
  const directory = directoryOf(prefix, apply);
  let head = await readHead(storage, directory);
  // Without a head somebody else took over, and is done.
  for (let tries = 1; head !== null; tries++) {
    const number = head.number + 1;
    const { text } = fileText(number, shaOf(head.text), [{ kind: "fence", by, at }]);
    if (await writeNumber(storage, directory, number, text)) {
      if (await isDeleted(storage, prefix, apply)) await deleteJournal(storage, prefix, apply);
      return;
    }
    // The old holder was not gone after all and wrote once more: the fence goes behind that. Reading just that is as fast as the holder
    // is, and may be the same step behind each time; so by turns it is caught up with.
    head = tries % 2 === 1 ? await headFrom(storage, directory, number) : await readHead(storage, directory);
  }
}

/** What a number holds; the newest one when it was pruned meanwhile. */
async function headFrom(storage: Storage, directory: string, number: number): Promise<Head | null> {
  const text = await readNumbered(storage, directory, number);
  return text === null ? readHead(storage, directory) : { number, text };
}

function shaOf(text: string): string {
  try {
    const header = JSON.parse(text.slice(0, text.indexOf("\n"))) as { readonly sha?: Json };
    return String(header.sha ?? "");
  } catch {
    return "";
  }
}

/** Deletes the journals of applies that are over, but for `except`. */
export async function deleteJournals(storage: Storage, prefix: string, except?: string): Promise<void> {
  const { names } = await everything(storage, prefix);
  for (const apply of names) if (apply !== except) await deleteJournal(storage, prefix, apply);
}

async function deleteJournal(storage: Storage, prefix: string, apply: string): Promise<void> {
  // A journal that is deleted in part must not look like a damaged one.
  await storage.write(overOf(prefix, apply), "over\n");
  await storage.delete(directoryOf(prefix, apply));
  await storage.delete(overOf(prefix, apply));
}
