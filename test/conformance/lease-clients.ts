/** Clients of a lease for the suite of state backends. */
import { writeFence } from "../../src/io/state/journal.ts";
import { type Holder, type Lease, type LeaseOptions, readLease, takeLease } from "../../src/io/state/lease.ts";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import { hurriedClock } from "./waiting-room.ts";

/** The holder with a name, on a machine of its own. */
export const holderNamed = (id: string): Holder => ({
  id,
  who: `user of ${id}`,
  host: `host of ${id}`,
  pid: 4321,
  since: "2026-03-01T11:00:00.000Z",
  purpose: "apply",
});

/** Takes the lease of a backend under a name. By default it does not wait, and regards nobody as dead. */
export function take(
  { storage, prefix, name }: StateBackend,
  id: string,
  options: Partial<LeaseOptions> = {},
): Promise<Lease> {
  return takeLease({
    storage,
    prefix,
    name,
    holder: holderNamed(id),
    clock: hurriedClock(),
    timeoutMs: 0,
    isDead: () => false,
    fence: (epoch) => fenceOff({ storage, prefix }, epoch, id),
    signal: new AbortController().signal,
    ...options,
  });
}

/** Fences off the holder of an epoch, as a client that takes over does. */
export const fenceOff = (
  { storage, prefix }: Pick<StateBackend, "storage" | "prefix">,
  epoch: number,
  by: string,
): Promise<void> => writeFence(storage, prefix, epoch, by, "2026-03-01T12:00:00.000Z");

/** The id of the current holder of the lease, or `null`. */
export async function holderNow({ storage, prefix }: StateBackend): Promise<string | null> {
  const head = await readLease(storage, prefix);
  return head.held ? head.holder.id : null;
}
