/** One JSON Schema of everything that a YAML file of a project may hold, with each kind under `$defs`. */
import type { JsonObject } from "../../json.ts";
import { schemas } from "../../project/schemas/index.ts";
import { lockfileSchema } from "../../state/lockfile-schema.ts";
import { eventSchema } from "../apply/events-json.ts";
import { planSchema } from "../plan/plan-schema.ts";

/** The schemas of Mason's output: `plan --json`, the events of `apply --json`, and the lockfile. */
export const outputSchemas: Readonly<Record<"plan" | "event" | "state", JsonObject>> = {
  plan: planSchema,
  event: eventSchema,
  state: lockfileSchema,
};

/** One schema for editors. `$defs.project` describes mason.yaml, which has no `type`. */
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
