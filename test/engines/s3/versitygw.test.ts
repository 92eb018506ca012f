import { available } from "../support/available.ts";
import { startVersitygw } from "../versitygw/start.ts";
import { s3Suite } from "./suite.ts";

const server = await available("versitygw", startVersitygw);
if (server !== null)
  s3Suite("s3 on versitygw", server, { raceRounds: 25, overlappingKeys: false, atomicParts: true, lenient: false });
