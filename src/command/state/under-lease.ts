/** Runs work under the lease of a state: takes it before, releases it after, also on Ctrl-C. A dead holder is fenced off first. */
import { writeFence } from "../../io/state/journal.ts";
import { type Lease, takeLease } from "../../io/state/lease.ts";
import type { StateBackend } from "../../io/state/state-backend.ts";
import { isGone, thisProcess } from "../../io/this-process.ts";
import type { CommandWorld } from "../command-world.ts";

/** Holds the lease while `work` runs. */
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
    // The user must see why the work failed, not that the release failed too.
    await lease.release().catch(() => undefined);
    throw thrown;
  }
  await lease.release();
  return result;
}
