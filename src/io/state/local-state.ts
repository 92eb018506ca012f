/** Reads a lockfile alone, for commands that only show the state, when there is no unfinished apply. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Checked } from "../../diagnostic/diagnostic.ts";
import { parseLockfile } from "../../state/lockfile.ts";
import { type StateRows, scanLockfile } from "../../state/scan-lockfile.ts";
import { emptyState, type State } from "../../state/state.ts";
import { readTextIfThere } from "../disk.ts";
import { localPrefix } from "./state-backend.ts";

/** The state, or `null` when an apply left a journal beside it. `path` is relative to the root. */
export function readLocalState(root: string, path: string, newLineage: string): Checked<State> | null {
  if (hasJournal(root, path)) return null;
  const text = readTextIfThere(join(root, path));
  return text === null ? { value: emptyState(newLineage), diagnostics: [] } : parseLockfile(text, path);
}

/** The state in short, or `null` when the caller must read all of it. */
export function scanLocalState(root: string, path: string): StateRows | null {
  const text = hasJournal(root, path) ? null : readTextIfThere(join(root, path));
  return text === null ? null : scanLockfile(text);
}

function hasJournal(root: string, path: string): boolean {
  try {
    return readdirSync(join(root, localPrefix(path), "journal")).length > 0;
  } catch {
    return false;
  }
}
