/** Scratch directories: one for each process, named by it, so that the next command removes what a killed one left. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isLeftBehind, ownerName } from "../model/process-facts.ts";
import { thisMachine, thisProcess } from "./this-process.ts";

/** The scratch directory of this process; it is made on the first write. */
export function scratchDirectory(masonDirectory: string): string {
  own ??= ownerName(thisProcess());
  return join(masonDirectory, "scratch", own);
}

let own: string | undefined;

/** Removes the scratch directories of killed and ended processes. What can't be removed stays for the next time. */
export function sweepScratch(masonDirectory: string): void {
  const scratch = join(masonDirectory, "scratch");
  const machine = thisMachine();
  for (const name of namesIn(scratch)) if (isLeftBehind(name, machine)) remove(join(scratch, name));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // Somebody else's files: they only take room.
  }
}
