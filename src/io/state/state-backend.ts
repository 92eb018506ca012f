/**
 * The backends of a state: the lockfile of this checkout, or numbered files below a prefix of any storage. Lease, journal and history are
 * kept beside the state and use storage verbs alone, so one test suite proves them for every backend.
 */
import { join } from "node:path";
import { type Checked, required } from "../../diagnostic/diagnostic.ts";
import type { Storage } from "../../engine/storage.ts";
import { joinPath } from "../../model/path.ts";
import { parseLockfile, printLockfile, requireSerial, stateMoved } from "../../state/lockfile.ts";
import { emptyState, type State } from "../../state/state.ts";
import { readTextIfThere } from "../disk.ts";
import { numbersIn, pruneNumbers, readHead, writeNumber } from "./numbered.ts";
import { replaceLockfile } from "./replace-lockfile.ts";

/** Where one state is kept. */
export interface StateBackend {
  /** For messages: `mason.lock`, `s3://bucket/mason/prod`. */
  readonly name: string;
  /** Lease, journal and history are below `prefix` of this storage. */
  readonly storage: Storage;
  readonly prefix: string;
  /** Reads the state; an empty one with this lineage when nothing was applied yet. */
  read(newLineage: string): Promise<Checked<State>>;
  /**
   * Replaces the state; refuses when its serial is not `expected`. If several clients save at once from the same serial, exactly one
   * succeeds, whether they hold the lease or not.
   */
  save(state: State, expected: number): Promise<void>;
}

/** The directory of a lockfile's journal, lease and history, relative to the project's root. */
export const localPrefix = (path: string): string => joinPath(".mason", "state", path.replaceAll("/", "-"));

/** The backend of a lockfile in the checkout; journal, lease and history are in `.mason`. */
export function createLocalBackend(options: {
  readonly root: string;
  readonly path: string;
  readonly version: string;
  /** The storage of the project's root. */
  readonly storage: Storage;
}): StateBackend {
  const file = join(options.root, options.path);
  const parser = createParser();
  const parse = (text: string | null, newLineage: string) =>
    text === null ? nothingYet(newLineage) : parser(text, options.path);
  return {
    name: options.path,
    storage: options.storage,
    prefix: localPrefix(options.path),
    read: async (newLineage) => parse(readTextIfThere(file), newLineage),
    save: async (state, expected) =>
      replaceLockfile(file, printLockfile(state, options.version), (found) =>
        requireSerial(required(parse(found, state.lineage)).serial, expected, options.path),
      ),
  };
}

/** A parser that remembers its last text: an apply reads the state three times to see whether somebody changed it. */
function createParser(): typeof parseLockfile {
  let last: { readonly text: string; readonly checked: Checked<State> } | undefined;
  return (text, name) => {
    if (last?.text !== text) last = { text, checked: parseLockfile(text, name) };
    return last.checked;
  };
}

const nothingYet = (lineage: string): Checked<State> => ({ value: emptyState(lineage), diagnostics: [] });

const keptStates = 20;

/** The backend of numbered files `state/<n>` in a storage. A save takes the number after the state that it replaces. */
export function createRemoteBackend(options: {
  readonly name: string;
  readonly version: string;
  readonly storage: Storage;
}): StateBackend {
  const { name, storage } = options;
  const directory = "state";
  const parser = createParser();
  const head = async (newLineage: string) => {
    const found = await readHead(storage, directory);
    if (found === null) return { number: 0, state: nothingYet(newLineage) };
    return { number: found.number, state: parser(found.text, `${name}/state/${found.number}`) };
  };
  const serialNow = async ({ lineage }: State) => required((await head(lineage)).state).serial;
  return {
    name,
    storage,
    prefix: "",
    read: async (newLineage) => (await head(newLineage)).state,
    save: async (state, expected) => {
      const replaced = await head(state.lineage);
      requireSerial(required(replaced.state).serial, expected, name);
      const number = replaced.number + 1;
      if (!(await writeNumber(storage, directory, number, printLockfile(state, options.version))))
        stateMoved(await serialNow(state), expected, name);
      // Higher numbers come from writers that read this one, unless this writer paused so long that its number was used and pruned.
      const highest = (await numbersIn(storage, directory)).at(-1) ?? 0;
      if (highest >= number + keptStates) stateMoved(await serialNow(state), expected, name);
      await pruneNumbers(storage, directory, keptStates);
    },
  };
}
