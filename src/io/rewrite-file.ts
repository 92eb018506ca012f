/** Replaces a file of the project that the user wrote. It follows a link to the file itself and keeps the permissions. */
import { chmodSync, realpathSync, statSync } from "node:fs";
import { diskProblem, writeFileWhole } from "./disk.ts";

const permissions = 0o7777;

/** Replaces the text; a reader sees the old file or the new one. */
export function rewriteFile(path: string, text: string): void {
  let target: string;
  let mode: number;
  try {
    target = realpathSync(path);
    mode = statSync(target).mode & permissions;
  } catch (thrown) {
    throw diskProblem("read", path, thrown);
  }
  writeFileWhole(target, text);
  if ((statSync(target).mode & permissions) !== mode) chmodSync(target, mode);
}
