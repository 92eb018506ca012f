/** Storages that pause where a test needs it: one call that waits until it is released, and writes that wait for each other. */
import type { Storage, WriteOptions } from "../../src/engine/storage.ts";

/** A client that pauses before one call. */
export interface Pause {
  readonly wrap: (storage: Storage) => Storage;
  /** Resolves when it has paused. */
  readonly reached: Promise<void>;
  readonly goOn: () => void;
}

/** Pauses before the first call that `isIt` accepts. */
export function pauseBefore(isIt: (verb: string, path: string) => boolean): Pause {
  const [reached, goOn] = [signal(), signal()];
  let isOver = false;
  const before = async (verb: string, path: string) => {
    if (isOver || !isIt(verb, path)) return;
    isOver = true;
    reached.give();
    await goOn.given;
  };
  return { wrap: (storage) => around(storage, before), reached: reached.given, goOn: goOn.give };
}

/** Writers that wait for each other. */
export interface Barrier {
  readonly wrap: (storage: Storage) => Storage;
  /** Makes the next `count` conditional writes to paths that contain `part` begin together. */
  readonly arm: (writers: number, part: string) => void;
}

/** A barrier for clients whose storages it wraps; `onAll` is called before they begin. */
export function writeBarrier(onAll: (writers: number) => void = () => undefined): Barrier {
  let wanted = { writers: 0, part: "", arrived: 0, all: signal() };
  const before = async (verb: string, path: string, options: WriteOptions | undefined) => {
    const { writers, part, all } = wanted;
    const isExclusive = options?.ifAbsent === true || options?.ifMatch !== undefined;
    if (verb !== "write" || !isExclusive || wanted.arrived === writers || !`/${path}`.includes(part)) return;
    wanted.arrived++;
    if (wanted.arrived === writers) {
      onAll(writers);
      all.give();
    }
    await all.given;
  };
  return {
    wrap: (storage) => around(storage, before),
    arm: (writers, part) => {
      wanted = { writers, part, arrived: 0, all: signal() };
    },
  };
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

type Before = (verb: string, path: string, options?: WriteOptions) => Promise<void>;

/** The storage with a call before each verb that does I/O. */
function around(storage: Storage, before: Before): Storage {
  return new Proxy(storage, {
    get: (target, verb) => {
      const member: unknown = Reflect.get(target, verb);
      if (typeof member !== "function" || verb === "uri") return member;
      return async (...args: readonly unknown[]) => {
        await before(String(verb), String(args[0]), args[2] as WriteOptions | undefined);
        return Reflect.apply(member, target, args);
      };
    },
  });
}
