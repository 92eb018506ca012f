/** Work under the lease of a state: taken before, released after, also on Ctrl-C; a dead holder is fenced off first. */
import { writeFence } from "../../io/state/journal.ts";
import { type Lease, takeLease } from "../../io/state/lease.ts";
import type { StateBackend } from "../../io/state/state-backend.ts";
import { isGone, thisProcess } from "../../io/this-process.ts";
import type { CommandWorld } from "../command-world.ts";

/** Holds the lease while `work` goes on. */
export async function withLease<T>(
  world: CommandWorld,
  backend: StateBackend,
  options: { readonly purpose: string; readonly timeoutMs: number },
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const { storage, prefix, name } = backend;
  const now = () => world.clock.now().toISOString();
  const holder = { id: world.newId(), who: world.user, since: now(), purpose: options.purpose, ...thisProcess() };
  const lease = await takeLease({
    storage,
    prefix,
    name,
    holder,
    clock: world.clock,
    timeoutMs: options.timeoutMs,
    isDead: isGone,
    fence: (epoch) => writeFence(storage, prefix, epoch, holder.id, now()),
    signal: world.signal,
  });
  let result: T;
  try {
    result = await work(lease);
  } catch (thrown) {
    // Why the work failed is what counts.
    await lease.release().catch(() => undefined);
    throw thrown;
  }
  await lease.release();
  return result;
}
