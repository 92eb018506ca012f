/** The distinction between a plan file and a directory in the argument of apply. */
import { statSync } from "node:fs";

/** True for a path that is a file, or that is neither there nor looks like a directory: then the message is about a plan file. */
export function isPlanFile(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? /\.plan$/.test(path) : found.isFile();
}
