/**
 * Mason's access to the disk of the machine it runs on: project files, the lockfile, runs, caches. Everything else goes through the
 * storage verbs of a provider. The two safe ways to replace a file are here, and no other file writes its own.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fail } from "../diagnostic/diagnostic.ts";

/** The text of a file, or `null` when there is none. */
export function readTextIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (isAbsent(thrown)) return null;
    throw diskProblem("read", path, thrown);
  }
}

/** All of standard input. */
export function readStandardInput(): string {
  try {
    return readFileSync(0, "utf8");
  } catch (thrown) {
    throw diskProblem("read", "standard input", thrown);
  }
}

/** True when something is at the path. */
export const fileExists = (path: string): boolean => existsSync(path);

/** True when an error means that the file does not exist. */
export const isAbsent = (thrown: unknown): boolean => {
  const code = (thrown as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
};

/**
 * Replaces a file so that it is whole at every moment: a temporary file in the same directory, fsync, rename, fsync of the directory.
 * If anything fails, the old file is left unchanged.
 */
export const writeFileDurably = (path: string, text: string): void => replaceFile(path, text, true);

/** Replaces a file so that a reader sees the old one or the new one. A crash of the machine may lose both, so it is only for files that may be lost. */
export const writeFileWhole = (path: string, text: string): void => replaceFile(path, text, false);

function replaceFile(path: string, text: string, durably: boolean): void {
  const directory = dirname(path);
  const temporary = join(directory, `.${temporaryName()}`);
  try {
    makeDirectory(directory);
    createFile(temporary, text, durably);
    renameSync(temporary, path);
    if (durably) syncDirectory(directory);
  } catch (thrown) {
    removeTemporary(temporary);
    throw diskProblem("write", path, thrown);
  }
}

/** What keeps the file from being written keeps it from being removed too, and the first failure is the one to tell. */
function removeTemporary(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A path through a file, a disk that is read-only by now.
  }
}

/** The suffix of an unfinished file. It is random: a process in a container has the same id each time, and a killed one may have left its file. */
export const temporaryName = (): string => `${randomBytes(6).toString("hex")}.mason-tmp`;

/** Creates a new file and forces it to disk; throws the system's own error. */
export const createFileDurably = (path: string, text: string): void => createFile(path, text, true);

/** Appends to a file that exists and forces it to disk; throws the system's own error. */
export function appendDurably(path: string, text: string): void {
  const file = openSync(path, "a");
  try {
    writeAll(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function createFile(path: string, text: string, durably: boolean): void {
  const file = openSync(path, "wx", 0o666);
  try {
    writeAll(file, text);
    if (durably) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a directory and its parents; throws the system's own error. */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (thrown) {
    // On a read-only file system Node reports ENOENT with `recursive`, and the real reason without it.
    if (!isAbsent(thrown)) throw thrown;
    let missing = directory;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    mkdirSync(missing);
    mkdirSync(directory, { recursive: true });
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Forces the names in a directory to disk; throws the system's own error. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const inTheWay = "a file is in the place of a directory above it. Remove that file or choose another path";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full. Free some space, then run the command again",
  EDQUOT: "the disk quota is used up. Free some space, then run the command again",
  EROFS: "the file system is read-only. Use a directory that can be written",
  EACCES: "access is denied. Change the permissions, or run as a user who has them",
  EPERM: "access is denied. Change the permissions, or run as a user who has them",
  ENOTDIR: inTheWay,
  EEXIST: inTheWay,
  EISDIR: "it is a directory. Remove it or choose another path",
  EMFILE: "too many files are open. Raise the limit with ulimit -n",
};

/** A disk failure as a diagnostic: the operation, the path, and that the file is unchanged. */
export function diskProblem(doing: "read" | "write", path: string, thrown: unknown): Error {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === undefined) return thrown as Error;
  const why = reasons[code] ?? `the system said ${code}. Check the path and try again`;
  try {
    return fail({
      code: `disk/${doing}-failed`,
      summary: doing === "read" ? "Can't read a file" : "Can't write a file",
      detail: `"${path}" could not be ${doing === "read" ? "read" : "written"}: ${why}.${doing === "write" ? " The file is unchanged." : ""}`,
    });
  } catch (diagnosed) {
    return diagnosed as Error;
  }
}
