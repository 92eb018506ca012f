/** The part of the suite of state backends about the state itself: of clients that save at once from one serial, exactly one succeeds. */
import { expect, test } from "vitest";
import type { StateBackend } from "../../src/io/state/state-backend.ts";
import type { State } from "../../src/state/state.ts";
import { figures } from "../reliability/support/figures.ts";
import {
  clientsOf,
  readWhole,
  refusalOf,
  refused,
  type StateBackendHarness,
  type StatePlace,
  savesIn,
  stateBy,
  writerOf,
} from "./state-place.ts";
import { pauseBefore } from "./storage-pauses.ts";

/** The outcome of clients that saved at once. */
export interface SaveRace {
  /** The clients whose save succeeded. */
  readonly won: readonly string[];
  /** The refusals of the others. */
  readonly refusals: readonly string[];
  /** The state read afterwards. */
  readonly now: State;
}

/** Lets all clients save at once, each its own state, from the serial `expected` to the next one. */
export async function raceOfSaves(
  place: Pick<StatePlace, "together">,
  clients: readonly StateBackend[],
  expected: number,
): Promise<SaveRace> {
  const names = clients.map((_, index) => `client ${index} of ${expected}`);
  place.together(clients.length, "state");
  const results = await Promise.allSettled(
    clients.map((client, index) => client.save(stateBy(names[index] ?? "", expected + 1), expected)),
  );
  const [reader] = clients;
  if (reader === undefined) throw new Error("A race needs clients.");
  return {
    won: names.filter((_, index) => results[index]?.status === "fulfilled"),
    refusals: results.flatMap((result) => (result.status === "rejected" ? [refusalOf(result.reason)] : [])),
    now: await readWhole(reader),
  };
}

/** The faults in the outcome of a race; none if one client saved, its state is there, and the others know why theirs is not. */
export function faultsOf({ won, refusals, now }: SaveRace, expected: number): readonly string[] {
  const isMoved = (text: string) =>
    text.startsWith("state/moved: ") &&
    text.includes(`has serial ${expected + 1}, but this apply started from serial ${expected}: another apply ran`) &&
    text.endsWith('Run "mason plan", then apply again.');
  return [
    ...(won.length === 1 ? [] : [`${won.length} clients were told that they saved`]),
    ...refusals.filter((text) => !isMoved(text)).map((text) => `a refusal says ${text}`),
    ...(now.serial === expected + 1 ? [] : [`the serial is ${now.serial}, not ${expected + 1}`]),
    ...(won.includes(writerOf(now)) ? [] : [`what is read is of ${writerOf(now)}`]),
  ];
}

/** The tests of the state. */
export function saves(name: string, { place: newPlace, numbered, racers, rounds }: StateBackendHarness): void {
  test(`of ${racers} clients that save the same next serial, one succeeds, ${rounds} times`, async () => {
    const place = await newPlace();
    const clients = await clientsOf(place, racers);
    for (let serial = 0; serial < rounds; serial++)
      expect(faultsOf(await raceOfSaves(place, clients, serial), serial), `from serial ${serial}`).toEqual([]);
    figures(`${name}, saves of one serial`, { clients: racers, races: rounds, "with one winner": rounds });
    await place.close?.();
  });

  test("no acknowledged save is lost, and a reader sees whole states whose serial never falls", async () => {
    const place = await newPlace();
    const clients = await clientsOf(place, Math.min(racers, 4));
    const acknowledged: string[] = [];
    let refusals = 0;
    const work = async (client: StateBackend, writer: string) => {
      for (let turn = 0; turn < rounds; ) {
        const { serial, ...before } = await readWhole(client);
        const save = `${writer}_${turn}`;
        const next = stateBy(writer, serial + 1, [...savesIn({ serial, ...before }), save]);
        const said = await client.save(next, serial).then(() => null, refusalOf);
        if (said === null) {
          acknowledged.push(save);
          turn++;
        } else {
          expect(said).toMatch(/^state\/moved: /);
          refusals++;
        }
      }
    };
    const reader = await place.client();
    let isOver = false;
    let [reads, last] = [0, 0];
    const look = async () => {
      for (; !isOver; reads++) {
        const state = await readWhole(reader);
        expect(state.serial).toBeGreaterThanOrEqual(last);
        expect(savesIn(state)).toHaveLength(state.serial);
        if (state.serial > 0) expect(writerOf(state)).toMatch(/^w\d$/);
        last = state.serial;
      }
    };
    const writing = Promise.all(clients.map((client, index) => work(client, `w${index}`))).finally(() => {
      isOver = true;
    });
    await Promise.all([writing, look()]);
    const end = await readWhole(reader);
    expect([...savesIn(end)].sort()).toEqual([...acknowledged].sort());
    expect(end.serial).toBe(clients.length * rounds);
    figures(`${name}, saves in turn`, { clients: clients.length, saves: end.serial, refusals, reads, lost: 0 });
    await place.close?.();
  });

  test("of two clients that save different next serials from the same one, one succeeds", async () => {
    const place = await newPlace();
    const [one, two] = [await place.client(), await place.client()];
    await one.save(stateBy("first", 1), 0);
    place.together(2, "state");
    const said = await Promise.all([
      refused(one.save(stateBy("apply", 2), 1)),
      refused(two.save(stateBy("push", 71), 1)),
    ]);
    const [winner, serial] = said[0] === "it was not refused" ? ["apply", 2] : ["push", 71];
    expect(said.filter((text) => text === "it was not refused")).toHaveLength(1);
    expect(said.join()).toContain(
      `state/moved: "${one.name}" has serial ${serial}, but this apply started from serial 1`,
    );
    const now = await readWhole(two);
    expect([writerOf(now), now.serial]).toEqual([winner, serial]);
    expect(await refused(one.save(stateBy("late", 2), 1))).toMatch(/^state\/moved: /);
    await one.save(stateBy("next", serial + 1), serial);
    expect(writerOf(await readWhole(two))).toBe("next");
    await place.close?.();
  });

  if (numbered) standingStill(newPlace);
}

const isState = (path: string) => `/${path}`.includes("/state");

/** Saves several states, one after the other. */
async function saveMany(client: StateBackend, from: number, count: number): Promise<void> {
  for (let serial = from; serial < from + count; serial++) await client.save(stateBy("other", serial + 1), serial);
}

/** Tests of a client that pauses within a call while others save more states than are kept. */
function standingStill(newPlace: StateBackendHarness["place"]): void {
  const many = 22;

  test("a save that paused until its number was pruned is refused", async () => {
    const place = await newPlace();
    const pause = pauseBefore((verb, path) => verb === "write" && isState(path));
    const [still, other] = [await place.client(pause.wrap), await place.client()];
    const saving = refused(still.save(stateBy("still", 1), 0));
    await pause.reached;
    await saveMany(other, 0, many);
    pause.goOn();
    expect(await saving).toContain(`has serial ${many}, but this apply started from serial 0`);
    expect(writerOf(await readWhole(other))).toBe("other");
    await saveMany(other, many, 1);
    await place.close?.();
  });

  test("a save that others built on before it looked again counts as saved", async () => {
    const place = await newPlace();
    let hasWritten = false;
    const pause = pauseBefore((verb, path) => {
      if (verb === "write" && isState(path)) hasWritten = true;
      return verb === "list" && hasWritten;
    });
    const [still, other] = [await place.client(pause.wrap), await place.client()];
    const saving = refused(still.save(stateBy("still", 1, ["kept"]), 0));
    await pause.reached;
    const before = await readWhole(other);
    await other.save(stateBy("other", 2, savesIn(before)), 1);
    pause.goOn();
    expect(await saving).toBe("it was not refused");
    expect(savesIn(await readWhole(still))).toEqual(["kept"]);
    await place.close?.();
  });

  test("a read that paused until its number was pruned gives a later state, never an empty one", async () => {
    const place = await newPlace();
    const pause = pauseBefore((verb, path) => verb === "read" && isState(path));
    const [still, other] = [await place.client(pause.wrap), await place.client()];
    await saveMany(other, 0, 1);
    const reading = readWhole(still);
    await pause.reached;
    await saveMany(other, 1, many);
    pause.goOn();
    const state = await reading;
    expect([state.serial, writerOf(state)]).toEqual([many + 1, "other"]);
    await place.close?.();
  });
}
