import { afterAll, describe, expect, test } from "vitest";
import { clientsOf } from "../../conformance/state-place.ts";
import { faultsOf, raceOfSaves } from "../../conformance/state-saves.ts";
import { available } from "../support/available.ts";
import { startVersitygw } from "../versitygw/start.ts";
import { openRaceGate } from "./race-gate.ts";
import { s3Place, s3StateSuite, withIfMatch } from "./state-suite.ts";
import { makeBucket, s3Suite } from "./suite.ts";

const server = await available("versitygw", startVersitygw);
if (server !== null) {
  s3Suite("s3 on versitygw", server, { raceRounds: 25, overlappingKeys: false, atomicParts: true, lenient: false });
  describe("a state that is replaced with If-Match, on versitygw", async () => {
    const gate = await openRaceGate(server.endpoint);
    afterAll(() => gate.close());

    // The counterpart of the control in s3proxy.test.ts: there the server is at fault, and not the backend.
    test("is saved by one client of each race", async () => {
      const place = s3Place(gate, await makeBucket(server), withIfMatch);
      const clients = await clientsOf(place, 8);
      for (let serial = 0; serial < 30; serial++)
        expect(faultsOf(await raceOfSaves(place, clients, serial), serial), `from serial ${serial}`).toEqual([]);
    });
  });
  await s3StateSuite("s3 on versitygw", server, { racers: 8, rounds: 10, takers: 32, awake: 8 });
}
