/**
 * Replaces the lockfile only if it is still the one that the new text was made from, even when several writers replace it at once.
 *
 * No file system compares and replaces in one step. So a writer first gives its finished text a numbered name beside the lockfile, removes
 * all lower ones, and yields to a higher one. Then it compares, and renames its file to the lockfile. Of two writers, one sees the other's
 * file before it compares: if it removes that file, the other's rename fails; if the other has already renamed it, the comparison finds it.
 * A file that a killed process left is lower than the next one and is removed with it. Nobody ever waits or unlocks.
 */
import { lstatSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
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

/** Replaces the file. `compare` gets the current text (`null` when there is no file) and throws when it is not the expected one. */
export function replaceLockfile(path: string, text: string, compare: Compare): void {
  try {
    const file = linkTarget(path);
    makeDirectory(dirname(file));
    // Repeats only while another writer is active: on the next round its file is the lower one.
    while (!replaceOnce(file, text, compare));
  } catch (thrown) {
    throw diskProblem("write", path, thrown);
  }
}

const mostLinks = 40;

/** The file that a link leads to, which need not exist; a rename onto the link itself would replace the link. */
function linkTarget(path: string): string {
  let target = path;
  for (let links = 0; lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true; links++) {
    // The system names a loop when the path is opened.
    if (links === mostLinks) return realpathSync(path);
    target = resolve(realpathSync(dirname(target)), readlinkSync(target));
  }
  return target;
}

/** One attempt; false when another writer interfered and the lockfile must be compared again. */
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

/** The names of finished texts that wait to become the lockfile, lowest first. */
function candidates(directory: string, name: string): readonly string[] {
  const isCandidate = /^\d{10}\.[0-9a-f]{12}\.mason-tmp$/;
  const start = `.${name}.`;
  return readdirSync(directory)
    .filter((entry) => entry.startsWith(start) && isCandidate.test(entry.slice(start.length)))
    .sort();
}

/** A name above all others. Its second part is unique, so that no writer renames another's file. */
function nextCandidate(directory: string, name: string): string {
  const highest = candidates(directory, name).at(-1);
  const number = highest === undefined ? 1 : Number.parseInt(highest.slice(name.length + 2), 10) + 1;
  return `.${name}.${String(number).padStart(10, "0")}.${temporaryName()}`;
}

/** Removes the lower candidates; false when there is a higher one. */
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
