/**
 * What was fetched, by content: a file that several jobs of a process read is fetched once. The room is bounded; what no running job
 * uses makes room for what the next one needs.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../../src/json.ts";
import { ProviderError } from "../../../src/provider/error.ts";

/** A file of the storage. `key` tells its place and version. */
export interface Wanted {
  readonly key: string;
  readonly size: number;
}

/** Room for the files of running jobs. */
export interface ContentStore {
  /**
   * Holds the files until `release`. Those that are not there yet are fetched to the place that `fetch` gets. Waits while other jobs use the
   * room. Throws `no_space` before anything is fetched when there can never be enough.
   */
  hold<T extends Wanted>(files: readonly T[], fetch: (file: T, place: string) => Promise<void>): Promise<Held>;
  /** Keeps a file that is on this machine already, if there is room for it; `keep` makes it at the place. */
  add(file: Wanted, keep: (place: string) => Promise<void>): Promise<void>;
}

/** The held files. */
export interface Held {
  /** The place of each file, in the order asked for. */
  readonly places: readonly string[];
  /** Bytes that had to be fetched. */
  readonly fetched: number;
  release(): void;
}

interface Kept {
  readonly place: string;
  readonly size: number;
  users: number;
  readonly ready: Promise<void>;
}

/** A store in a directory, for at most `most` bytes. */
export function createContentStore(directory: string, most: number, setting: string): ContentStore {
  const kept = new Map<string, Kept>();
  const waiting: (() => void)[] = [];
  let names = 0;
  const used = () => [...kept.values()].reduce((sum, { size }) => sum + size, 0);

  const drop = (key: string, { place }: Kept) => {
    kept.delete(key);
    void rm(place, { force: true }).catch(() => undefined);
  };
  /** Makes room by dropping what nobody uses, oldest first; false if that is not enough. */
  const makeRoom = (bytes: number, except: ReadonlySet<string>): boolean => {
    const free = [...kept].filter(([key, { users }]) => users === 0 && !except.has(key));
    const droppable = free.reduce((sum, [, { size }]) => sum + size, 0);
    if (used() - droppable + bytes > most) return false;
    for (const [key, item] of free) if (used() + bytes > most) drop(key, item);
    return true;
  };
  const put = (file: Wanted, users: number, make: (place: string) => Promise<void>): Kept => {
    const place = join(directory, `${sha256(file.key).slice(0, 32)}-${++names}`);
    const ready = mkdir(directory, { recursive: true }).then(() => make(place));
    const item = { place, size: file.size, users, ready };
    kept.set(file.key, item);
    ready.catch(() => kept.get(file.key) === item && drop(file.key, item));
    return item;
  };

  return {
    hold: async (files, fetch) => {
      const wanted = new Map(files.map((file) => [file.key, file]));
      const total = [...wanted.values()].reduce((sum, { size }) => sum + size, 0);
      if (total > most) throw tooLarge(total, most, setting);
      const keys = new Set(wanted.keys());
      const lacking = () => [...wanted.values()].filter(({ key }) => !kept.has(key));
      const bytesOf = (some: readonly Wanted[]) => some.reduce((sum, { size }) => sum + size, 0);
      while (!makeRoom(bytesOf(lacking()), keys)) await new Promise<void>((resolve) => waiting.push(resolve));
      const absent = lacking();
      for (const file of absent) put(file, 0, (place) => fetch(file, place));
      const items = files.flatMap(({ key }) => kept.get(key) ?? []);
      const own = [...keys].flatMap((key) => kept.get(key) ?? []);
      for (const item of own) item.users++;
      const release = () => {
        for (const item of own) item.users--;
        for (const wake of waiting.splice(0)) wake();
      };
      const settled = await Promise.allSettled(items.map(({ ready }) => ready));
      const failed = settled.find((one) => one.status === "rejected");
      if (failed !== undefined) {
        release();
        throw failed.reason;
      }
      return { places: items.map(({ place }) => place), fetched: bytesOf(absent), release };
    },
    add: async (file, keep) => {
      if (kept.has(file.key) || !makeRoom(file.size, new Set())) return;
      await put(file, 0, keep).ready.catch(() => undefined);
    },
  };
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e8 ? 6 : 2).replace(/\.?0+$/, "")} GB`;

const tooLarge = (total: number, most: number, setting: string) =>
  new ProviderError(
    "no_space",
    `The job reads ${gigabytes(total)} from another system, which has to be fetched to this machine first, but "${setting}" allows ${gigabytes(most)}. Raise it, or read less.`,
  );
