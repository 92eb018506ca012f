/**
 * Replaces the lockfile while it is what the new one was made from, and refuses when it is not, whoever else replaces it at that moment.
 *
 * No file system compares and replaces in one step. So a writer first gives its finished text a numbered name beside the lockfile, takes
 * away all that are lower, and gives way to a higher one. Then it compares, and renames its file to the lockfile. Of two writers one
 * sees the other's file before it compares: what it took away can't be renamed any more, and what was renamed before is what it finds.
 * A file that a killed process left is lower than the next one, and goes with it; nothing has to be waited for or unlocked.
 */
import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  createFileDurably,
  diskProblem,
  isAbsent,
  makeDirectory,
  readTextIfThere,
  syncDirectory,
  temporaryName,
} from "../disk.ts";

type Compare = (found: string | null) => void;

/** Replaces the file. `compare` is given the text that is there, `null` when there is none, and throws when it is another. */
export function replaceLockfile(path: string, text: string, compare: Compare): void {
  try {
    makeDirectory(dirname(path));
    // Again only when another writer came in between and has not finished: its file is the lower one then.
    while (!replaceOnce(path, text, compare));
  } catch (thrown) {
    throw diskProblem("write", path, thrown);
  }
}

/** False when another writer came in between, and the lockfile is to be compared again. */
function replaceOnce(path: string, text: string, compare: Compare): boolean {
  const [directory, name] = [dirname(path), basename(path)];
  const unfinished = join(directory, `.${temporaryName()}`);
  let own = unfinished;
  try {
    createFileDurably(unfinished, text);
    own = join(directory, nextCandidate(directory, name));
    renameSync(unfinished, own);
    if (!isAlone(directory, name, basename(own))) return false;
    compare(readTextIfThere(path));
    if (!renameIfThere(own, path)) return false;
    syncDirectory(directory);
    return true;
  } finally {
    for (const left of [unfinished, own]) rmSync(left, { force: true });
  }
}

/** Finished texts that wait to become the lockfile, lowest first. */
function candidates(directory: string, name: string): readonly string[] {
  const isCandidate = /^\d{10}\.[0-9a-f]{12}\.mason-tmp$/;
  const start = `.${name}.`;
  return readdirSync(directory)
    .filter((entry) => entry.startsWith(start) && isCandidate.test(entry.slice(start.length)))
    .sort();
}

/** A name above all that are there. Its second part is nobody else's, so that nobody renames the file of another one. */
function nextCandidate(directory: string, name: string): string {
  const highest = candidates(directory, name).at(-1);
  const number = highest === undefined ? 1 : Number.parseInt(highest.slice(name.length + 2), 10) + 1;
  return `.${name}.${String(number).padStart(10, "0")}.${temporaryName()}`;
}

/** Takes away what is lower; false when there is a higher one. */
function isAlone(directory: string, name: string, own: string): boolean {
  const others = candidates(directory, name).filter((entry) => entry !== own);
  for (const entry of others) if (entry < own) rmSync(join(directory, entry), { force: true });
  return others.every((entry) => entry < own);
}

function renameIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (thrown) {
    if (isAbsent(thrown)) return false;
    throw thrown;
  }
}
