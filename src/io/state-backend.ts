/**
 * Where a state is kept: the lockfile of this checkout, or numbered files below a prefix of any storage. Lease, journal and history
 * lie beside it and use storage verbs alone, so that one suite proves them for every backend.
 */
import { join } from "node:path";
import { type Checked, Diagnosed } from "../diagnostic/diagnostic.ts";
import type { Storage } from "../engine/storage.ts";
import { joinPath } from "../model/path.ts";
import { parseLockfile, printLockfile, requireSerial } from "../state/lockfile.ts";
import { emptyState, type State } from "../state/state.ts";
import { readTextIfThere, writeFileDurably } from "./disk.ts";
import { numbersIn, pruneNumbers, readNumbered, takeNumber } from "./numbered.ts";

/** A place for one state. */
export interface StateBackend {
  /** For messages: `mason.lock`, `s3://bucket/mason/prod`. */
  readonly name: string;
  /** Lease, journal and history are below `prefix` of this storage. */
  readonly storage: Storage;
  readonly prefix: string;
  /** The state; an empty one with this lineage when nothing was applied yet. */
  read(newLineage: string): Promise<Checked<State>>;
  /** Replaces the state; refused when the serial in the backend is not `expected`. */
  save(state: State, expected: number): Promise<void>;
}

/** Where journal, lease and history of a lockfile lie, from the project's root. */
export const localPrefix = (path: string): string => joinPath(".mason", "state", path.replaceAll("/", "-"));

/** The state in a file of the checkout; what lies beside it is in `.mason`. */
export function createLocalBackend(options: {
  readonly root: string;
  readonly path: string;
  readonly version: string;
  /** The storage of the project's root. */
  readonly storage: Storage;
}): StateBackend {
  const file = join(options.root, options.path);
  const parse = createParser();
  const read = async (newLineage: string): Promise<Checked<State>> => {
    const text = readTextIfThere(file);
    return text === null ? { value: emptyState(newLineage), diagnostics: [] } : parse(text, options.path);
  };
  return {
    name: options.path,
    storage: options.storage,
    prefix: localPrefix(options.path),
    read,
    save: async (state, expected) => {
      requireSerial((await requireState(read(state.lineage))).serial, expected, options.path);
      writeFileDurably(file, printLockfile(state, options.version));
    },
  };
}

/** An apply reads the state three times, to see that nobody changed it: a text that is still the same is not parsed again. */
function createParser(): typeof parseLockfile {
  let last: { readonly text: string; readonly checked: Checked<State> } | undefined;
  return (text, name) => {
    if (last?.text !== text) last = { text, checked: parseLockfile(text, name) };
    return last.checked;
  };
}

async function requireState(read: Promise<Checked<State>>): Promise<State> {
  const { value, diagnostics } = await read;
  if (value === undefined) throw new Diagnosed(diagnostics);
  return value;
}

const keptStates = 20;

/** The state as numbered files `state/<serial>` of a storage. */
export function createRemoteBackend(options: {
  readonly name: string;
  readonly version: string;
  readonly storage: Storage;
}): StateBackend {
  const { name, storage } = options;
  const directory = "state";
  const parse = createParser();
  const read = async (newLineage: string): Promise<Checked<State>> => {
    const numbers = await numbersIn(storage, directory);
    const head = numbers.at(-1);
    const text = head === undefined ? null : await readNumbered(storage, directory, head);
    return text === null ? { value: emptyState(newLineage), diagnostics: [] } : parse(text, `${name}/state/${head}`);
  };
  return {
    name,
    storage,
    prefix: "",
    read,
    save: async (state, expected) => {
      requireSerial((await requireState(read(state.lineage))).serial, expected, name);
      const taken = await takeNumber(storage, directory, state.serial, printLockfile(state, options.version));
      if (!taken) requireSerial((await requireState(read(state.lineage))).serial, -1, name);
      await pruneNumbers(storage, directory, keptStates);
    },
  };
}
