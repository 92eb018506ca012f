/** The lockfile on disk: read whole, replaced whole, never written over a serial that somebody else moved. */
import { join } from "node:path";
import { type Checked, Diagnosed } from "../diagnostic/diagnostic.ts";
import { parseLockfile, printLockfile, requireSerial } from "../state/lockfile.ts";
import { emptyState, type State } from "../state/state.ts";
import { readTextIfThere, writeFileDurably } from "./disk.ts";

/** Where a state is kept. */
export interface StateStore {
  /** For messages: the path from the project's root. */
  readonly name: string;
  /** The state; an empty one with a new lineage when nothing was applied yet. */
  read(): Checked<State>;
  /** Replaces the state; refused when the serial in the store is not `expected`. */
  save(state: State, expected: number): void;
}

/** The store in a local file. `newId` makes the lineage of a state that does not exist yet. */
export function createLockfileStore(options: {
  readonly root: string;
  readonly path: string;
  readonly version: string;
  readonly newId: () => string;
}): StateStore {
  const file = join(options.root, options.path);
  const read = (): Checked<State> => {
    const text = readTextIfThere(file);
    return text === null ? { value: emptyState(options.newId()), diagnostics: [] } : parseLockfile(text, options.path);
  };
  return {
    name: options.path,
    read,
    save: (state, expected) => {
      const found = read();
      if (found.value === undefined) throw new Diagnosed(found.diagnostics);
      requireSerial(found.value.serial, expected, options.path);
      writeFileDurably(file, printLockfile(state, options.version));
    },
  };
}
