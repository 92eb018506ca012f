/** The part of the suite of state backends about the history: nothing added is lost, even when several clients add at once. */
import { expect, test } from "vitest";
import { addHistory, readHistory } from "../../src/io/state/history.ts";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import type { HistoryEntry } from "../../src/state/history.ts";
import { figures } from "../reliability/support/figures.ts";
import { clientsOf, type StateBackendHarness } from "./state-place.ts";

const applied = (serial: number, plan: string): HistoryEntry => ({
  serial,
  plan_id: plan,
  who: "tester",
  host: "here",
  at: "2026-03-01T12:00:00.000Z",
  destroy: false,
  done: 1,
  failed: 0,
  skipped: 0,
  cancelled: 0,
});
const add = ({ storage, prefix }: StateBackend, entry: HistoryEntry) => addHistory(storage, prefix, entry);
const plansIn = async ({ storage, prefix }: StateBackend, limit = 1000) =>
  (await readHistory(storage, prefix, limit)).map((entry) => entry.plan_id);

/** The tests of the history. */
export function histories(name: string, { place: newPlace, racers, rounds }: StateBackendHarness): void {
  test("clients that add at once lose nothing, whether their serials differ or are the same", async () => {
    const place = await newPlace();
    const clients = await clientsOf(place, Math.min(racers, 4));
    const plans: string[] = [];
    const work = async (client: StateBackend, index: number) => {
      for (let turn = 0; turn < rounds; turn++) {
        const plan = `${index}-${turn}`;
        // Every other client uses the same serial as another one.
        const serial = turn % 2 === 0 ? turn + 1 : turn * clients.length + index;
        await add(client, applied(serial, plan));
        plans.push(plan);
      }
    };
    await Promise.all(clients.map(work));
    const found = await plansIn(await place.client());
    expect([...found].sort()).toEqual([...plans].sort());
    figures(`${name}, history`, { clients: clients.length, added: plans.length, found: found.length });
    await place.close?.();
  });

  test("after the lockfile went back to an older serial, later applies are still added as the newest", async () => {
    const place = await newPlace();
    const client = await place.client();
    for (const serial of [1, 2, 3]) await add(client, applied(serial, `one branch, ${serial}`));
    await add(client, applied(2, "another branch, 2"));
    expect(await plansIn(client, 2)).toEqual(["another branch, 2", "one branch, 3"]);
    expect(await plansIn(client)).toHaveLength(4);
    await place.close?.();
  });
}
