/**
 * The negative control of the races: S3Proxy lets several writers with the same If-Match win, and the race of storages must show it, and
 * so must the one of the state backend suite, for a backend that replaces its state with If-Match (several winners in a sixth to a
 * half of the races; on versitygw that backend has no fault). Mason's own backend needs If-None-Match alone, of which S3Proxy lets one writer win: it
 * passes here too.
 */
import { afterAll, describe, expect, test } from "vitest";
import { storageOf } from "../../../providers/s3/storage.ts";
import { clientsOf, stateBy } from "../../conformance/state-place.ts";
import { faultsOf, raceOfSaves } from "../../conformance/state-saves.ts";
import { figures } from "../../reliability/support/figures.ts";
import { startS3proxy } from "../s3proxy/start.ts";
import { available } from "../support/available.ts";
import { openRaceGate } from "./race-gate.ts";
import { s3Place, withIfMatch } from "./state-suite.ts";
import { makeBucket, sharpRace } from "./suite.ts";

const mostRounds = 100;

const server = await available("s3proxy", startS3proxy);
if (server !== null) {
  describe("s3 on S3Proxy, whose If-Match is not atomic", async () => {
    const gate = await openRaceGate(server.endpoint);
    afterAll(() => gate.close());

    test("the race finds that several writers win", async () => {
      const made = await makeBucket(server);
      const direct = await made.bucket();
      const gated = await made.storage({ root: direct.root, endpoint: gate.endpoint });
      const winners: number[] = [];
      while (winners.length < mostRounds && !winners.some((won) => won > 1)) {
        const path = `round-${winners.length}`;
        winners.push((await sharpRace(gate, gated, storageOf(direct), path, "ifMatch")).won.length);
      }
      expect(winners.at(-1)).toBeGreaterThan(1);
    }, 300_000);

    test("the suite of state backends finds that several clients save one serial, where they rely on If-Match", async () => {
      const place = s3Place(gate, await makeBucket(server), withIfMatch);
      const clients = await clientsOf(place, 8);
      await clients[0]?.save(stateBy("first", 1), 0);
      let faults: readonly string[] = [];
      let serial = 1;
      while (faults.length === 0 && serial <= mostRounds) {
        faults = faultsOf(await raceOfSaves(place, clients, serial), serial);
        serial++;
      }
      expect(faults.join("\n")).toMatch(/\d clients were told that they saved/);
      figures("S3Proxy, state with If-Match", { races: serial - 1, "races with several winners": 1 });
    }, 300_000);

    test("the suite finds no fault with Mason's backend, which relies on If-None-Match", async () => {
      const place = s3Place(gate, await makeBucket(server));
      const clients = await clientsOf(place, 8);
      for (let serial = 0; serial < 10; serial++)
        expect(faultsOf(await raceOfSaves(place, clients, serial), serial), `from serial ${serial}`).toEqual([]);
    }, 300_000);

    test("with If-None-Match exactly one wins", async () => {
      const made = await makeBucket(server);
      const direct = await made.bucket();
      const gated = await made.storage({ root: direct.root, endpoint: gate.endpoint });
      const race = await sharpRace(gate, gated, storageOf(direct), "new", "ifAbsent");
      expect(race.won).toEqual([race.now]);
    });
  });
}
