/** The client that an object lives in, as the state keeps it. */
import type { JsonObject } from "../json.ts";

/** The client that an object lives in: enough to delete the object after its config is gone. */
export interface ClientRecord {
  readonly provider: string;
  /** Account, endpoint, region or root; never a secret. */
  readonly identity: JsonObject;
  /** As written, `{{NAME}}` not filled in. */
  readonly settings: JsonObject;
}
