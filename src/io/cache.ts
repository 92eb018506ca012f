/**
 * Caches under `.mason/cache`: parsed documents and what engines said about SQL, by content digest. A cache is a file of lines
 * `digest TAB json`; new lines are appended, and a file that is mostly unused is rewritten. Losing one is harmless: a cache that can't be
 * read or written costs only time.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { holdsSecrets } from "../diagnostic/redact.ts";
import { isObject, type Json } from "../json.ts";
import type { Cache } from "../model/cache.ts";
import type { SourceFile } from "../project/project.ts";
import { type ParsedFile, parseYaml } from "../project/yaml/parse.ts";
import { sourceDigest } from "../project/yaml/source-digest.ts";
import { readTextIfThere, writeFileWhole } from "./disk.ts";

/** A cache that reaches the disk when it is saved. */
export interface FileCache extends Cache {
  save(): void;
}

/** Lines that may be unused before a cache is rewritten. */
const slack = 256;

/** Opens a cache by name; a value is parsed when it is asked for. `prune`: lines that nobody asked for are dropped once they are most of the file. */
export function openCache(masonDirectory: string, name: string, prune: boolean): FileCache {
  const file = join(masonDirectory, "cache", `${name}.tsv`);
  const { lines: known, isCut } = readLines(file);
  const fresh = new Map<string, string>();
  const used = new Set<string>();
  return {
    get: (key) => {
      const text = fresh.get(key) ?? known.get(key);
      if (text === undefined) return undefined;
      used.add(key);
      return parseOrNothing(text);
    },
    put: (key, value) => {
      used.add(key);
      const text = JSON.stringify(value);
      if ((fresh.get(key) ?? known.get(key)) !== text) fresh.set(key, text);
    },
    save: () => {
      const unused = prune ? known.size - [...known.keys()].filter((key) => used.has(key)).length : 0;
      const isMostlyUnused = unused > slack && unused > used.size;
      if (fresh.size > 0 || isMostlyUnused) write(file, isCut, known, fresh, isMostlyUnused ? used : null);
    },
  };
}

function readLines(file: string): { readonly lines: Map<string, string>; readonly isCut: boolean } {
  const lines = new Map<string, string>();
  let text: string | null = null;
  try {
    text = readTextIfThere(file);
  } catch {
    return { lines, isCut: false };
  }
  for (let at = 0; text !== null && at < text.length; ) {
    const end = text.indexOf("\n", at);
    // A crash left the last line incomplete.
    if (end < 0) return { lines, isCut: true };
    const tab = text.indexOf("\t", at);
    if (tab > at && tab < end) lines.set(text.slice(at, tab), text.slice(tab + 1, end));
    at = end + 1;
  }
  return { lines, isCut: false };
}

function parseOrNothing(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function write(
  file: string,
  isCut: boolean,
  known: ReadonlyMap<string, string>,
  fresh: ReadonlyMap<string, string>,
  only: ReadonlySet<string> | null,
): void {
  const line = ([key, value]: readonly [string, string]) => `${key}\t${value}\n`;
  try {
    if (only === null) {
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, (isCut ? "\n" : "") + [...fresh].map(line).join(""));
    } else
      writeFileWhole(
        file,
        [...new Map([...known, ...fresh])]
          .filter(([key]) => only.has(key))
          .map(line)
          .join(""),
      );
  } catch {
    // The next command parses again.
  }
}

/** A parser that returns the cached documents of a text it knows. Files with problems are parsed each time. */
export function cachedParser(cache: Cache): (source: SourceFile) => ParsedFile {
  return (source) => {
    const { file, text } = source;
    const key = sourceDigest(source);
    const known = cache.get(key);
    if (isObject(known)) return { ...(known as unknown as ParsedFile), file, diagnostics: [] };
    const parsed = parseYaml(file, text);
    // A secret that somebody wrote into a file is refused, and has no copy in the cache.
    // JSON has no infinity and no "not a number"; what YAML reads as such would come back as null.
    const { diagnostics, documents, written } = parsed;
    if (diagnostics.length === 0 && !holdsSecrets(text) && !/\.(inf|nan)\b/i.test(text))
      cache.put(key, { documents, ...(written === undefined ? {} : { written: written as unknown as Json }) });
    return parsed;
  };
}
