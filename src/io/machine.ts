/** Facts about directories of this machine: whether they exist, can be written, and how much space is free. */
import { accessSync, constants, mkdtempSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What a path is. `parent`: it does not exist, and Mason could create it as a directory. */
export type DirectoryState = "writable" | "read-only" | "parent" | "impossible" | "no-directory";

/** Examines a path that should be a directory. */
export function directoryState(path: string): DirectoryState {
  const found = lookAt(path);
  if (found === "directory") return isWritable(path) ? "writable" : "read-only";
  if (found === "other") return "no-directory";
  const above = nearestDirectory(path);
  return above !== null && isWritable(above) ? "parent" : "impossible";
}

/** Free bytes on the disk that holds a path or would hold it; `null` when the system does not say. */
export function freeBytes(path: string): number | null {
  const directory = nearestDirectory(path);
  if (directory === null) return null;
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Runs `work` with a new temporary directory, and deletes the directory afterwards. */
export async function inTemporaryDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "mason-"));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function lookAt(path: string): "directory" | "other" | "nothing" {
  try {
    return statSync(path).isDirectory() ? "directory" : "other";
  } catch {
    return "nothing";
  }
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path itself or its nearest parent that exists; `null` when a file is in the way. */
function nearestDirectory(path: string): string | null {
  for (let at = path; ; at = dirname(at)) {
    const found = lookAt(at);
    if (found === "directory") return at;
    if (found === "other" || dirname(at) === at) return null;
  }
}
