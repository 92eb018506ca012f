/** The JSON Schemas of Mason's output. Those of documents are in editor-schema.ts. */
import type { JsonObject } from "../../json.ts";
import { lockfileSchema } from "../../state/lockfile-schema.ts";
import { eventSchema } from "../apply/events-json.ts";
import { planSchema } from "../plan/plan-schema.ts";

/** The schemas of Mason's output: `plan --json`, the events of `apply --json`, and the lockfile. */
export const outputSchemas: Readonly<Record<"plan" | "event" | "state", JsonObject>> = {
  plan: planSchema,
  event: eventSchema,
  state: lockfileSchema,
};
