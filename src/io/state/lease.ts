/**
 * The lease: the mutex that an apply holds. The highest number below `lease/` is the lease, with the facts about its holder; a release
 * takes a number too. If the holder was a process of this machine that has ended, its lease is taken over; the refusal names any other.
 */
import { fail } from "../../diagnostic/diagnostic.ts";
import type { Storage } from "../../engine/storage.ts";
import { isObject, type JsonObject } from "../../json.ts";
import type { Clock } from "../../model/clock.ts";
import { joinPath } from "../../model/path.ts";
import type { ProcessFacts } from "../../model/process-facts.ts";
import { formatDuration } from "../../schedule/duration.ts";
import { numbersIn, pruneNumbers, readHead, takeNumber } from "./numbered.ts";

/** The holder of a lease. Times are ISO 8601 instants. */
export interface Holder extends ProcessFacts {
  readonly id: string;
  readonly who: string;
  readonly since: string;
  /** The command that holds it: `apply`, `destroy`, `state push`. */
  readonly purpose: string;
}

/** The lease as the highest number tells it. */
export type LeaseHead =
  | { readonly held: true; readonly epoch: number; readonly holder: Holder }
  | { readonly held: false; readonly epoch: number };

/** A lease that this process took. */
export interface Lease {
  readonly epoch: number;
  readonly holder: Holder;
  /** Whether it is still held. False for good once somebody took it over or freed it by force. */
  isHeld(): Promise<boolean>;
  /** Frees it; does nothing if somebody took it over. */
  release(): Promise<void>;
}

/** What taking a lease needs. */
export interface LeaseOptions {
  readonly storage: Storage;
  readonly prefix: string;
  /** For messages. */
  readonly name: string;
  readonly holder: Holder;
  readonly clock: Clock;
  /** The longest wait for another holder. */
  readonly timeoutMs: number;
  /** True when the holder's process has certainly ended. */
  readonly isDead: (holder: Holder) => boolean;
  /** Called before a dead holder's lease is taken over: writes the fence that stops it if it wakes up. `epoch` is that of its lease. */
  readonly fence: (epoch: number) => Promise<void>;
  readonly signal: AbortSignal;
}

const directoryOf = (prefix: string) => joinPath(prefix, "lease");
const beatOf = (prefix: string, epoch: number) => joinPath(prefix, "lease", `beat-${epoch}`);
const beatEveryMs = 10_000;
const kept = 4;

/** Reads the current lease. */
export async function readLease(storage: Storage, prefix: string): Promise<LeaseHead> {
  const head = await readHead(storage, directoryOf(prefix));
  const epoch = head?.number ?? 0;
  const content = head === null ? null : parsed(head.text);
  return isObject(content?.holder)
    ? { held: true, epoch, holder: content.holder as unknown as Holder }
    : { held: false, epoch };
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Takes the lease. Waits at most `timeoutMs` for another holder, then refuses with the facts about it and what to do. */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const { storage, prefix, clock, holder } = options;
  const until = clock.now().getTime() + options.timeoutMs;
  for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
    const head = await readLease(storage, prefix);
    const isFree = !head.held || options.isDead(head.holder);
    if (isFree) {
      if (head.held) await options.fence(head.epoch);
      if (await takeNumber(storage, directoryOf(prefix), head.epoch + 1, `${JSON.stringify({ holder })}\n`)) {
        return heldLease(options, head.epoch + 1);
      }
    }
    if (clock.now().getTime() >= until || options.signal.aborted) {
      const now = await readLease(storage, prefix);
      // If the holder has finished meanwhile, the next round decides.
      if (now.held && now.holder.id !== holder.id)
        return refuse(options, now.holder, await lastBeat(options, now.epoch));
    }
    await clock.sleep(wait, options.signal);
  }
}

function heldLease(options: LeaseOptions, epoch: number): Lease {
  const { storage, prefix, clock, holder } = options;
  const isHeld = async () => (await numbersIn(storage, directoryOf(prefix))).at(-1) === epoch;
  const beat = async () => {
    if (await isHeld()) await storage.write(beatOf(prefix, epoch), `${clock.now().toISOString()}\n`);
    else clearInterval(timer);
  };
  const timer = setInterval(() => void beat().catch(() => undefined), beatEveryMs);
  timer.unref();
  return {
    epoch,
    holder,
    isHeld,
    release: async () => {
      clearInterval(timer);
      const released = `${JSON.stringify({ released: holder.id, at: clock.now().toISOString() })}\n`;
      await takeNumber(storage, directoryOf(prefix), epoch + 1, released);
      await storage.delete(beatOf(prefix, epoch));
      await pruneNumbers(storage, directoryOf(prefix), kept);
    },
  };
}

async function lastBeat({ storage, prefix }: LeaseOptions, epoch: number): Promise<string | null> {
  try {
    return new TextDecoder().decode(await storage.read(beatOf(prefix, epoch))).trim();
  } catch {
    return null;
  }
}

function refuse({ name, clock }: LeaseOptions, holder: Holder, beat: string | null): never {
  const age = formatDuration(Math.max(1000, clock.now().getTime() - Date.parse(holder.since)));
  const seen = beat === null ? "" : `; its last sign of life was at ${beat}`;
  return fail({
    code: "lease/held",
    summary: "Another apply is running",
    detail: `${holder.who} on ${holder.host} (process ${holder.pid}, for "${holder.purpose}") has held the lease of "${name}" since ${holder.since}, for ${age}${seen}. Wait for it, for example with "--lease-timeout 10m". If that process has certainly ended, free the lease: mason state unlock ${holder.id}`,
  });
}

/** Frees the lease of a holder that has ended, after `fence` has stopped it. Refuses when `id` is not that of the holder. */
export async function forceUnlock(
  storage: Storage,
  prefix: string,
  id: string,
  at: string,
  fence: (epoch: number) => Promise<void>,
): Promise<Holder> {
  const head = await readLease(storage, prefix);
  if (!head.held)
    return fail({
      code: "lease/free",
      summary: "The lease is free",
      detail: "Nobody holds the lease. There is nothing to do.",
    });
  if (head.holder.id !== id) {
    return fail({
      code: "lease/other-holder",
      summary: "Lease has another holder",
      detail: `The lease is held by ${head.holder.who} on ${head.holder.host} since ${head.holder.since} with the id "${head.holder.id}", not "${id}". Run the command with that id.`,
    });
  }
  await fence(head.epoch);
  // If the number is taken, the holder released the lease itself.
  const released = `${JSON.stringify({ released: id, forced: true, at })}\n`;
  await takeNumber(storage, directoryOf(prefix), head.epoch + 1, released);
  return head.holder;
}
