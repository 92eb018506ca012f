/** Clients of a lease for the suite of state backends: who they are, and how they take it. */
import { writeFence } from "../../src/io/state/journal.ts";
import { type Holder, type Lease, type LeaseOptions, readLease, takeLease } from "../../src/io/state/lease.ts";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import { hurriedClock } from "./waiting-room.ts";

/** The holder that a name stands for, on a machine of its own. */
export const holderNamed = (id: string): Holder => ({
  id,
  who: `user of ${id}`,
  host: `host of ${id}`,
  pid: 4321,
  since: "2026-03-01T11:00:00.000Z",
  purpose: "apply",
});

/** Takes the lease of a backend under a name. Without more it does not wait, and takes nobody for dead. */
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

/** Fences off the holder of an epoch, as a taker does. */
export const fenceOff = (
  { storage, prefix }: Pick<StateBackend, "storage" | "prefix">,
  epoch: number,
  by: string,
): Promise<void> => writeFence(storage, prefix, epoch, by, "2026-03-01T12:00:00.000Z");

/** The id of who holds the lease now, `null` when nobody does. */
export async function holderNow({ storage, prefix }: StateBackend): Promise<string | null> {
  const head = await readLease(storage, prefix);
  return head.held ? head.holder.id : null;
}
