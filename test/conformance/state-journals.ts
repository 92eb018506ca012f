/** The part of the suite of state backends about the journal: no acknowledged entry is lost, and a client that was fenced off adds nothing. */
import { expect, test } from "vitest";
import { applyName, deleteJournals, type Journal, openJournal, readUnfinished } from "../../src/io/state/journal.ts";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import { joinPath } from "../../src/model/path.ts";
import type { JournalEntry } from "../../src/state/journal-entry.ts";
import { figures } from "../reliability/support/figures.ts";
import { startEntry } from "../support/journal.ts";
import { fenceOff, take } from "./lease-clients.ts";
import { clientsOf, refusalOf, refused, type StateBackendHarness } from "./state-place.ts";
import { pauseBefore } from "./storage-pauses.ts";

const begin = (address: string): JournalEntry => ({ kind: "begin", address, token: address });

const open = ({ storage, prefix }: StateBackend, epoch: number, plan: string, isHeld = async () => true) =>
  openJournal(storage, prefix, applyName(0, epoch), [startEntry({ plan_id: plan })], isHeld);
const unfinished = ({ storage, prefix }: StateBackend) => readUnfinished(storage, prefix);
const begunIn = async (client: StateBackend) => [...((await unfinished(client))?.begun.keys() ?? [])];
const isLost = (text: string) => text.startsWith("lease/lost: ");
const inJournal = (path: string) => path.includes("journal/");

/** Appends entries until it is refused, with other calls between them as in an apply, and notes the acknowledged ones. */
async function appendAll(journal: Journal, count: number, noted: string[]): Promise<string> {
  for (let at = 0; at < count; at++) {
    const address = `table.a.t${at}`;
    const said = await journal.append(begin(address)).then(() => null, refusalOf);
    if (said !== null) return said;
    noted.push(address);
    await new Promise(setImmediate);
  }
  return "not fenced off";
}

/** The tests of the journal. */
export function journals(name: string, harness: StateBackendHarness): void {
  writers(name, harness);
  takeOvers(harness);
}

function writers(name: string, { place: newPlace, racers, rounds }: StateBackendHarness): void {
  test(`one of ${racers} writers that open the same journal succeeds, and its entries are there`, async () => {
    const place = await newPlace();
    const clients = await clientsOf(place, racers);
    place.together(racers, "journal");
    const results = await Promise.allSettled(clients.map((client, index) => open(client, 1, `plan${index}`)));
    const opened = results.flatMap((result, index) =>
      result.status === "fulfilled" ? [{ index, ...result.value }] : [],
    );
    const refusals = results.flatMap((result) => (result.status === "rejected" ? [refusalOf(result.reason)] : []));
    expect([opened.length, refusals.filter((text) => !isLost(text))]).toEqual([1, []]);
    await opened[0]?.append(begin("table.a.one"));
    expect((await unfinished(await place.client()))?.start).toMatchObject({ plan_id: `plan${opened[0]?.index}` });
    expect(await begunIn(await place.client())).toEqual(["table.a.one"]);
    await place.close?.();
  });

  test("a reader finds every entry acknowledged before, in order and without a gap", async () => {
    const place = await newPlace();
    const [writer, reader] = [await place.client(), await place.client()];
    const journal = await open(writer, 1, "plan");
    const noted: string[] = [];
    const add = async (at: number) => {
      await journal.append(begin(`table.a.t${at}`));
      noted.push(`table.a.t${at}`);
    };
    let isOver = false;
    let reads = 0;
    const write = async () => {
      // Of five at once, four wait for the first and go out together.
      for (let at = 0; at < 5 * rounds; at += 5) await Promise.all([0, 1, 2, 3, 4].map((more) => add(at + more)));
      isOver = true;
    };
    const look = async () => {
      for (; !isOver; reads++) {
        const before = noted.length;
        const found = await begunIn(reader);
        expect(found.length).toBeGreaterThanOrEqual(before);
        expect(found).toEqual(Array.from({ length: found.length }, (_, at) => `table.a.t${at}`));
      }
    };
    await Promise.all([write(), look()]);
    expect(await begunIn(reader)).toEqual(noted);
    figures(`${name}, journal read while written`, { entries: noted.length, reads, lost: 0 });
    await place.close?.();
  });

  test(`after a fence an old holder's next entry fails, and no acknowledged entry is lost, ${rounds} times`, async () => {
    const place = await newPlace();
    const [old, taker, other] = await clientsOf(place, 3);
    if (old === undefined || taker === undefined || other === undefined) throw new Error("unreachable");
    let acknowledged = 0;
    // Like every holder it looks at its lease after each entry, and believes that it still has it.
    const isHeld = async () => (await old.storage.list(joinPath(old.prefix, "lease"))).length >= 0;
    for (let round = 1; round <= rounds; round++) {
      const journal = await open(old, round, `plan${round}`, isHeld);
      const noted: string[] = [];
      const appending = appendAll(journal, 1000, noted);
      // Two that take over write a fence each while it writes: every one has a number of its own, and the chain stays whole.
      await Promise.all([fenceOff(taker, round, "taker"), fenceOff(other, round, "other")]);
      expect(isLost(await appending), `round ${round}`).toBe(true);
      expect(isLost(await refused(journal.append(begin("table.a.late"))))).toBe(true);
      expect(await begunIn(taker)).toEqual(noted);
      acknowledged += noted.length;
      await deleteJournals(taker.storage, taker.prefix);
    }
    figures(`${name}, fences`, {
      "holders fenced off": rounds,
      "acknowledged before": acknowledged,
      "lost or added": 0,
    });
    await place.close?.();
  });
}

/** Everything below the journals' directory: nothing once all applies have finished. */
const filesOf = async ({ storage, prefix }: StateBackend) =>
  (await storage.list(joinPath(prefix, "journal"), { recursive: true })).filter((file) => file.kind === "file");

function takeOvers({ place: newPlace }: StateBackendHarness): void {
  test("a client that takes over from a dead holder finds its journal with the fence in it", async () => {
    const place = await newPlace();
    const [old, taker] = [await place.client(), await place.client()];
    const dead = await take(old, "dead");
    const journal = await open(old, dead.epoch, "plan", dead.isHeld);
    await journal.append(begin("table.a.one"));
    const lease = await take(taker, "taker", { isDead: ({ id }) => id === "dead" });
    expect(await begunIn(taker)).toEqual(["table.a.one"]);
    expect(isLost(await refused(journal.append(begin("table.a.two"))))).toBe(true);
    expect(await begunIn(taker)).toEqual(["table.a.one"]);
    await lease.release();
    await place.close?.();
  });

  test("the fence of a slower taker leaves nothing once the faster one has finished", async () => {
    const place = await newPlace();
    const pause = pauseBefore((verb, path) => verb === "write" && inJournal(path));
    const [old, slow, fast] = [await place.client(), await place.client(pause.wrap), await place.client()];
    const dead = await take(old, "dead");
    await (await open(old, dead.epoch, "plan")).append(begin("table.a.one"));
    const isDead = ({ id }: { readonly id: string }) => id === "dead";
    const slowly = refused(take(slow, "slow", { isDead }));
    await pause.reached;
    const lease = await take(fast, "fast", { isDead });
    await deleteJournals(fast.storage, fast.prefix);
    pause.goOn();
    expect(await slowly).toMatch(/^lease\/held: user of fast on host of fast /);
    expect([await unfinished(fast), await filesOf(fast)]).toEqual([null, []]);
    await lease.release();
    await place.close?.();
  });

  test("an old holder that was stopped before its first entry leaves no journal", async () => {
    const place = await newPlace();
    const pause = pauseBefore((verb, path) => verb === "write" && inJournal(path));
    const [old, taker] = [await place.client(pause.wrap), await place.client()];
    const dead = await take(old, "dead");
    const opening = refused(open(old, dead.epoch, "plan", dead.isHeld));
    await pause.reached;
    const lease = await take(taker, "taker", { isDead: ({ id }) => id === "dead" });
    pause.goOn();
    expect(isLost(await opening)).toBe(true);
    expect([await unfinished(taker), await filesOf(taker)]).toEqual([null, []]);
    await lease.release();
    await place.close?.();
  });

  test("an old holder that wakes up while its journal is being deleted leaves nothing", async () => {
    for (const moment of ["list", "read"] as const) {
      const place = await newPlace();
      const waking = pauseBefore((verb, path) => verb === "write" && /journal\/.*0002\.json$/.test(path));
      // Stands still between the mark that a journal is over and its deletion.
      const deleting = pauseBefore((verb, path) => verb === "delete" && /journal\/[-\d]+$/.test(path));
      const [old, taker] = [await place.client(waking.wrap), await place.client(deleting.wrap)];
      const dead = await take(old, "dead");
      const journal = await open(old, dead.epoch, "plan", dead.isHeld);
      const appending = refused(journal.append(begin("table.a.one")));
      await waking.reached;
      const lease = await take(taker, "taker", {
        isDead: ({ id }) => id === "dead",
        fence: async () => undefined,
      });
      const over = deleteJournals(taker.storage, taker.prefix);
      await deleting.reached;
      if (moment === "list") deleting.goOn();
      waking.goOn();
      expect(isLost(await appending)).toBe(true);
      if (moment === "read") deleting.goOn();
      await over;
      expect([await unfinished(taker), await filesOf(taker)]).toEqual([null, []]);
      await lease.release();
      await place.close?.();
    }
  });
}
