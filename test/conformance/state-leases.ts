/** The part of the suite of state backends about the lease: one holder at any moment, no waiter lost, nothing stale left. */
import { expect, test, vi } from "vitest";
import { forceUnlock, type Lease, readLease } from "../../src/io/state/lease.ts";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import { baseName, joinPath } from "../../src/model/path.ts";
import { figures } from "../reliability/support/figures.ts";
import { fenceOff, holderNow, take } from "./lease-clients.ts";
import { clientsOf, refusalOf, refused, type StateBackendHarness } from "./state-place.ts";
import { pauseBefore } from "./storage-pauses.ts";
import { hurriedClock, waitingRoom } from "./waiting-room.ts";

/** The leases that clients got, and the refusals of the others. */
async function outcomes(takers: readonly Promise<Lease>[]) {
  const results = await Promise.allSettled(takers);
  return {
    got: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
    refusals: results.flatMap((result) => (result.status === "rejected" ? [refusalOf(result.reason)] : [])),
  };
}

/** The refusal of a lease that another client holds: by whom, since when, and what to do. */
const tells = (text: string, id: string): boolean =>
  text.startsWith("lease/held: ") &&
  text.includes(`user of ${id} on host of ${id} (process 4321, for "apply") has held the lease of `) &&
  text.includes(" since 2026-03-01T11:00:00.000Z, for ") &&
  text.endsWith(
    `Wait for it, for example with "--lease-timeout 10m". If that process has certainly ended, free the lease: mason state unlock ${id}`,
  );

/** What lies in the lease's directory. */
const filesOf = async ({ storage, prefix }: StateBackend) =>
  (await storage.list(joinPath(prefix, "lease"))).map((file) => baseName(file.path));

/** Expects that nobody holds the lease, and that only its last numbers are left. */
async function expectFree(client: StateBackend): Promise<void> {
  expect(await holderNow(client)).toBeNull();
  const files = await filesOf(client);
  expect(files.filter((file) => !/^\d{10}\.json$/.test(file))).toEqual([]);
  expect(files.length).toBeLessThanOrEqual(4);
}

/** The tests of the lease. */
export function leases(name: string, harness: StateBackendHarness): void {
  taking(name, harness);
  waiting(name, harness);
  endings(harness);
}

function taking(name: string, { place: newPlace, racers, rounds }: StateBackendHarness): void {
  test(`one of ${racers} clients gets it when all take it at once, ${rounds} times; the refusals of the others name it`, async () => {
    const place = await newPlace();
    const clients = await clientsOf(place, racers);
    for (let round = 0; round < rounds; round++) {
      place.together(racers, "lease");
      const { got, refusals } = await outcomes(clients.map((client, index) => take(client, `r${round}c${index}`)));
      expect(
        got.map(({ epoch }) => epoch),
        `round ${round}`,
      ).toEqual([2 * round + 1]);
      const [lease] = got;
      if (lease === undefined) throw new Error("unreachable");
      expect(refusals.filter((text) => !tells(text, lease.holder.id))).toEqual([]);
      expect(await holderNow(await place.client())).toBe(lease.holder.id);
      expect(await lease.isHeld()).toBe(true);
      await lease.release();
      expect(await lease.isHeld()).toBe(false);
      await expectFree(clients[0] as StateBackend);
    }
    figures(`${name}, lease taken at once`, { clients: racers, races: rounds, "with one holder": rounds });
    await place.close?.();
  });

  test(`of two clients that take over from a dead holder at once, one succeeds, ${rounds} times; the journal is fenced off`, async () => {
    const place = await newPlace();
    const clients = await clientsOf(place, 2);
    for (let round = 0; round < rounds; round++) {
      const dead = await take(await place.client(), `dead${round}`);
      const isDead = ({ id }: { readonly id: string }) => id === `dead${round}`;
      place.together(2, "lease");
      const { got, refusals } = await outcomes(
        clients.map((client, index) => take(client, `r${round}c${index}`, { isDead })),
      );
      expect(
        got.map(({ epoch }) => epoch),
        `round ${round}`,
      ).toEqual([dead.epoch + 1]);
      expect(refusals.map((text) => tells(text, got[0]?.holder.id ?? ""))).toEqual([true]);
      // It wakes up: it holds nothing, and its release takes nothing from the other one.
      expect(await dead.isHeld()).toBe(false);
      await dead.release();
      expect(await holderNow(clients[0] as StateBackend)).toBe(got[0]?.holder.id);
      await got[0]?.release();
      await expectFree(clients[1] as StateBackend);
    }
    figures(`${name}, take-overs`, { clients: 2, "dead holders": rounds, "with one taker": rounds });
    await place.close?.();
  });
}

function waiting(name: string, { place: newPlace, takers, awake }: StateBackendHarness): void {
  test(`${takers} waiting clients all get it, one at a time; none waits for ever and no lease is left over`, async () => {
    const place = await newPlace();
    const room = waitingRoom(awake);
    const epochs: number[] = [];
    let [holders, most, looks] = [0, 0, 0];
    const work = async (client: StateBackend, index: number) => {
      const clock = room.clock();
      const sleep = (ms: number) => {
        looks++;
        return clock.sleep(ms);
      };
      const lease = await take(client, `t${index}`, { clock: { ...clock, sleep }, timeoutMs: Number.MAX_SAFE_INTEGER });
      holders++;
      most = Math.max(most, holders);
      expect([await holderNow(client), await lease.isHeld()]).toEqual([`t${index}`, true]);
      epochs.push(lease.epoch);
      holders--;
      await lease.release();
      room.released();
    };
    await Promise.all((await clientsOf(place, takers)).map(work));
    expect(most).toBe(1);
    // Each in turn: taken, released, taken, released.
    expect(epochs).toEqual(Array.from({ length: takers }, (_, index) => 2 * index + 1));
    await expectFree(await place.client());
    figures(`${name}, lease waited for`, {
      clients: takers,
      "at once": most,
      "times waited": looks,
      lost: 0,
      stale: 0,
    });
    await place.close?.();
  });

  test("a client that waits in vain is told who has it; the holder keeps it", async () => {
    const place = await newPlace();
    const [one, two] = [await place.client(), await place.client()];
    const lease = await take(one, "holder");
    const clock = hurriedClock();
    const begin = clock.now().getTime();
    expect(tells(await refused(take(two, "waiter", { clock, timeoutMs: 600_000 })), "holder")).toBe(true);
    expect(clock.now().getTime() - begin).toBeGreaterThanOrEqual(600_000);
    expect(await lease.isHeld()).toBe(true);
    await lease.release();
    const next = await take(two, "waiter");
    expect(next.epoch).toBe(lease.epoch + 2);
    await next.release();
    await expectFree(one);
    await place.close?.();
  });
}

function endings({ place: newPlace }: StateBackendHarness): void {
  test("a client that paused before taking it does not get one that others had since then", async () => {
    const place = await newPlace();
    const pause = pauseBefore((verb, path) => verb === "write" && path.includes("lease/"));
    const [still, other] = [await place.client(pause.wrap), await place.client()];
    const taking = refused(take(still, "still"));
    await pause.reached;
    // More than the kept numbers, so the number that it wants is free again.
    for (let turn = 0; turn < 3; turn++) await (await take(other, `turn${turn}`)).release();
    const lease = await take(other, "other");
    pause.goOn();
    expect(tells(await taking, "other")).toBe(true);
    expect([await lease.isHeld(), await holderNow(still)]).toEqual([true, "other"]);
    await lease.release();
    await expectFree(still);
    await place.close?.();
  });

  test("a holder that lost it long ago holds nothing, and frees nothing", async () => {
    const place = await newPlace();
    const [old, other] = [await place.client(), await place.client()];
    const lost = await take(old, "old");
    const taken = await take(other, "taker", { isDead: ({ id }) => id === "old" });
    await taken.release();
    for (let turn = 0; turn < 3; turn++) await (await take(other, `turn${turn}`)).release();
    const now = await take(other, "now");
    expect(await lost.isHeld()).toBe(false);
    await lost.release();
    expect([await now.isHeld(), await holderNow(old)]).toEqual([true, "now"]);
    await now.release();
    await expectFree(old);
    await place.close?.();
  });

  test("a late heartbeat of an old holder does not bring its lease back", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const place = await newPlace();
      const pause = pauseBefore((verb, path) => verb === "write" && path.includes("/beat-"));
      const [old, other] = [await place.client(pause.wrap), await place.client()];
      const lost = await take(old, "old");
      vi.advanceTimersByTime(10_000);
      await pause.reached;
      const now = await take(other, "taker", { isDead: ({ id }) => id === "old" });
      pause.goOn();
      vi.advanceTimersByTime(60_000);
      expect([await lost.isHeld(), await now.isHeld(), await holderNow(old)]).toEqual([false, true, "taker"]);
      await Promise.all([lost.release(), now.release()]);
      expect(await holderNow(old)).toBeNull();
      await place.close?.();
    } finally {
      vi.useRealTimers();
    }
  });

  test("unlocking with the wrong id does nothing; with the right one the lease is free, and its holder has lost it", async () => {
    const place = await newPlace();
    const [one, two] = [await place.client(), await place.client()];
    const lease = await take(one, "holder");
    const unlock = (id: string) =>
      forceUnlock(two.storage, two.prefix, id, "2026-03-01T12:00:00.000Z", (epoch) => fenceOff(two, epoch, "unlock"));
    const before = await filesOf(two);
    expect(await refused(unlock("somebody"))).toMatch(/^lease\/other-holder: .*with the id "holder", not "somebody"/);
    expect([await filesOf(two), await lease.isHeld()]).toEqual([before, true]);
    expect((await unlock("holder")).id).toBe("holder");
    expect([await lease.isHeld(), await holderNow(one)]).toEqual([false, null]);
    expect(await refused(unlock("holder"))).toMatch(/^lease\/free: /);
    const next = await take(two, "next");
    await lease.release();
    expect([await next.isHeld(), (await readLease(two.storage, two.prefix)).epoch]).toEqual([true, next.epoch]);
    await next.release();
    await expectFree(one);
    await place.close?.();
  });
}
