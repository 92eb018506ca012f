/**
 * The journal: the write-ahead record of one apply, as numbered files below `journal/<apply>/`. A file holds the entries that waited for
 * the last write, with its own checksum and that of the file before it, so damage is found and named, and no acknowledged entry is lost.
 * A writer that finds the next number taken was fenced off, and stops. So does one that lost the lease, because a fence is deleted with
 * its journal. `<apply>.over` beside a journal says that its deletion has begun: the files left over mean nothing.
 */
import { fail } from "../../diagnostic/diagnostic.ts";
import type { Storage } from "../../engine/storage.ts";
import { isObject, type Json, sha256 } from "../../json.ts";
import { baseName, joinPath } from "../../model/path.ts";
import { type JournalEntry, summarize, type Unfinished } from "../../state/journal-entry.ts";
import { type Head, numberedPath, numbersIn, readHead, readNumbered, writeNumber } from "./numbered.ts";

/** The journal of a running apply. */
export interface Journal {
  readonly apply: string;
  /** Resolves when the entry is durable. Fails for good once the apply was fenced off. */
  append(entry: JournalEntry): Promise<void>;
}

const root = (prefix: string) => joinPath(prefix, "journal");
const directoryOf = (prefix: string, apply: string) => joinPath(root(prefix), apply);
const overOf = (prefix: string, apply: string) => joinPath(root(prefix), `${apply}.over`);

const padded = (number: number) => String(number).padStart(10, "0");

/** The name of an apply: the serial that it starts from and the epoch of its lease. Names are unique and sort in the order of applies. */
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

/** Opens the journal of a new apply. The `first` entries are durable when it resolves. `isHeld` tells whether the apply still holds its lease. */
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
      // Another apply may have taken over and deleted the directory during the write.
      if (await isHeld()) throw thrown;
      return false;
    });
    if (!isWritten) throw leaseLost(apply);
    if (!(await isHeld())) {
      // An apply that took over before the first entry knows of no journal: it would find an unfinished apply that did nothing.
      if (number === 0 || (await isDeleted(storage, prefix, apply))) await deleteJournal(storage, prefix, apply);
      throw leaseLost(apply);
    }
    number++;
    previous = sha;
  };
  // Entries that arrive while a file is being written go out together in the next one.
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

/** The error of an apply that somebody else took over. */
export function leaseLost(apply: string): Error {
  try {
    return fail({
      code: "lease/lost",
      summary: "Lease lost",
      detail: `Somebody else took over while this apply (${apply}) was not responding. It stops here and records nothing more. Run "mason plan" to see what is left to do.`,
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
      // Its apply finished meanwhile and deleted it.
      if ((await applies(storage, prefix)).includes(apply)) throw thrown;
    }
  }
}

/** The names of applies with a journal, oldest first. */
async function applies(storage: Storage, prefix: string): Promise<readonly string[]> {
  const { names, over } = await everything(storage, prefix);
  return names.filter((name) => !over.has(name));
}

/** The names of all applies that left a file, oldest first, and those whose deletion has begun. */
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
 * True when a journal was deleted or its deletion has begun. Then a file just written into it would look like the remains of a damaged
 * journal. The mark is read first: whoever sets it later finds the file and deletes it with the others.
 */
async function isDeleted(storage: Storage, prefix: string, apply: string): Promise<boolean> {
  if ((await storage.stat(overOf(prefix, apply))) !== null) return true;
  return (await storage.stat(numberedPath(directoryOf(prefix, apply), 1))) === null;
}

/** The entries of a file, or `null` when its checksums do not match. */
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
    detail: `"${path}" is not as Mason wrote it: its checksum does not match, or an earlier file is missing. So Mason can't tell what the unfinished apply did. Restore the file; or delete the directory "${path.slice(0, -baseName(path).length - 1)}" and run "mason plan", which compares with what really exists.`,
  });
}

/** Takes the next number of the journal that belongs to the lease with this epoch, which stops its writer if it wakes up. */
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
  // Without a head, somebody else took over and has finished.
  for (let tries = 1; head !== null; tries++) {
    const number = head.number + 1;
    const { text } = fileText(number, shaOf(head.text), [{ kind: "fence", by, at }]);
    if (await writeNumber(storage, directory, number, text)) {
      if (await isDeleted(storage, prefix, apply)) await deleteJournal(storage, prefix, apply);
      return;
    }
    // The old holder is still alive and wrote once more, so the fence goes after that entry. Reading the next number alone is only as fast
    // as the holder and may stay one step behind for ever, so every other round looks for the head.
    head = tries % 2 === 1 ? await headFrom(storage, directory, number) : await readHead(storage, directory);
  }
}

/** A number with its text; the highest one if that number was pruned meanwhile. */
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

/** Deletes the journals of finished applies, except that of `except`. */
export async function deleteJournals(storage: Storage, prefix: string, except?: string): Promise<void> {
  const { names } = await everything(storage, prefix);
  for (const apply of names) if (apply !== except) await deleteJournal(storage, prefix, apply);
}

async function deleteJournal(storage: Storage, prefix: string, apply: string): Promise<void> {
  // A partly deleted journal must not look like a damaged one.
  await storage.write(overOf(prefix, apply), "over\n");
  await storage.delete(directoryOf(prefix, apply));
  await storage.delete(overOf(prefix, apply));
}
