import { startSeaweedfs } from "../seaweedfs/start.ts";
import { available } from "../support/available.ts";
import { s3StateSuite } from "./state-suite.ts";
import { s3Suite } from "./suite.ts";

// A race takes seconds here.
const server = await available("seaweedfs", startSeaweedfs);
if (server !== null) {
  s3Suite("s3 on SeaweedFS", server, { raceRounds: 2, overlappingKeys: true, atomicParts: false, lenient: true });
  await s3StateSuite("s3 on SeaweedFS", server, { racers: 4, rounds: 2, takers: 32, awake: 2 });
}
