/** The JSON Schemas of all kinds as one schema: what a YAML file of a project may hold, and each kind under `$defs`. */
import type { JsonObject } from "../../json.ts";
import { schemas } from "../../project/schemas/index.ts";
import { lockfileSchema } from "../../state/lockfile-schema.ts";
import { eventSchema } from "../apply/events-json.ts";
import { planSchema } from "../plan/plan-schema.ts";

/** Schemas of what Mason writes: `plan --json`, the events of `apply --json`, the lockfile. */
export const outputSchemas: Readonly<Record<"plan" | "event" | "state", JsonObject>> = {
  plan: planSchema,
  event: eventSchema,
  state: lockfileSchema,
};

/** One schema for editors; `$defs.project` is that of mason.yaml, which has no `type`. */
export function allSchemas(): JsonObject {
  const kinds = Object.keys(schemas).filter((kind) => kind !== "project");
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://mason.dev/schemas/all.json",
    title: "Mason",
    description: "A document of a Mason project.",
    oneOf: kinds.map((kind) => ({ $ref: `#/$defs/${kind}` })),
    $defs: { ...schemas },
  };
}
