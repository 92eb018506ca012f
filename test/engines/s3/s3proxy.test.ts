/** The negative control of the races: S3Proxy lets several writers with the same If-Match win, and the race must show it. */
import { afterAll, describe, expect, test } from "vitest";
import { storageOf } from "../../../providers/s3/storage.ts";
import { startS3proxy } from "../s3proxy/start.ts";
import { available } from "../support/available.ts";
import { openRaceGate } from "./race-gate.ts";
import { makeBucket, sharpRace } from "./suite.ts";

const mostRounds = 40;

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

    test("with If-None-Match exactly one wins", async () => {
      const made = await makeBucket(server);
      const direct = await made.bucket();
      const gated = await made.storage({ root: direct.root, endpoint: gate.endpoint });
      const race = await sharpRace(gate, gated, storageOf(direct), "new", "ifAbsent");
      expect(race.won).toEqual([race.now]);
    });
  });
}
