/**
 * A journal that is damaged in any one place (every byte changed in two ways, every file cut at every length, every file removed) is
 * read as it was, or refused by name; it never loses an acknowledged entry, and never crashes.
 */
import { beforeAll, expect, test } from "vitest";
import { Diagnosed } from "../../src/diagnostic/diagnostic.ts";
import { applyName, openJournal, readUnfinished } from "../../src/io/state/journal.ts";
import { canonical, type Json } from "../../src/json.ts";
import type { JournalEntry } from "../../src/state/journal-entry.ts";
import type { Entry } from "../../src/state/state.ts";
import { startEntry } from "../support/journal.ts";
import { figures } from "./support/figures.ts";
import { type OpenStorage, openStorage } from "./support/memory-storage.ts";

const apply = applyName(3, 7);
const entry = (name: string): Entry => ({
  status: "applied",
  digest: name,
  declared: { name: `${name} é` },
  depends_on: [],
});
const start = startEntry({ serial: 3 });
const later: readonly JournalEntry[] = [
  { kind: "begin", address: "table.a.one", token: "t1" },
  { kind: "end", address: "table.a.one", status: "done", entry: entry("one") },
  { kind: "begin", address: "table.a.two", token: "t2" },
  { kind: "end", address: "table.a.two", status: "done", entry: null },
  { kind: "begin", address: "deployment.load", token: "t3" },
  { kind: "end", address: "deployment.load", status: "failed", entry: { ...entry("load"), status: "failed" } },
  { kind: "begin", address: "table.a.three", token: "t4" },
  { kind: "commit", serial: 4 },
];

let space: OpenStorage;
let whole: ReadonlyMap<string, Uint8Array>;
let paths: readonly string[];

beforeAll(async () => {
  space = openStorage();
  const journal = await openJournal(space.storage, "", apply, [start], async () => true);
  for (const item of later) await journal.append(item);
  whole = space.files();
  paths = [...whole.keys()].sort();
});

/** The content of the journal, `null` for nothing, or the code of the refusal. */
async function said(): Promise<{ readonly text: string } | { readonly refused: string }> {
  try {
    const found = await readUnfinished(space.storage, "");
    const value = found === null ? null : { ...found, ended: [...found.ended], begun: [...found.begun] };
    return { text: canonical(value as unknown as Json) };
  } catch (thrown) {
    if (!(thrown instanceof Diagnosed)) throw thrown;
    const [problem] = thrown.diagnostics;
    return { refused: `${problem?.code} ${problem?.detail.split('"')[1]}` };
  }
}

test("any changed byte and any cut is refused, and the refusal names the file", async () => {
  const found = { bytes: 0, changed: 0, cut: 0 };
  for (const path of paths) {
    const bytes = whole.get(path) ?? new Uint8Array();
    found.bytes += bytes.length;
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0xff]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ mask;
        space.put(path, changed);
        expect(await said(), `${path} byte ${at} xor ${mask}`).toEqual({ refused: `journal/damaged ${path}` });
        found.changed++;
      }
      space.put(path, bytes.slice(0, at));
      expect(await said(), `${path} cut at ${at}`).toEqual({ refused: `journal/damaged ${path}` });
      found.cut++;
    }
    space.put(path, bytes);
  }
  figures("damaged journal", { files: paths.length, ...found, "taken for whole": 0 });
  expect(found.bytes).toBeGreaterThan(1000);
});

test("without its last files a journal is an earlier one; without any other file it is refused", async () => {
  const journal = [start, ...later];
  for (let kept = paths.length; kept > 0; kept--) {
    const prefix = openStorage();
    const shorter = await openJournal(prefix.storage, "", apply, journal.slice(0, 1), async () => true);
    for (const item of journal.slice(1, kept)) await shorter.append(item);
    space.restore(new Map(paths.slice(0, kept).map((path) => [path, whole.get(path) ?? new Uint8Array()])));
    const cut = await said();
    space.restore(prefix.files());
    expect(await said()).toEqual(cut);
    expect("text" in cut).toBe(true);
  }
  for (const gone of paths.slice(0, -1)) {
    space.restore(new Map([...whole].filter(([path]) => path !== gone)));
    expect(await said()).toEqual({ refused: expect.stringMatching(/^journal\/damaged journal\//) });
  }
});

test("swapped files and a file of another apply are refused", async () => {
  for (const [at, path] of paths.slice(1).entries()) {
    const other = paths[at] ?? "";
    space.restore(whole);
    space.put(path, whole.get(other) ?? new Uint8Array());
    space.put(other, whole.get(path) ?? new Uint8Array());
    expect("refused" in (await said())).toBe(true);
  }
});
