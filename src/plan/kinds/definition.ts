/** Plans configs, operators and workflows. They have no objects; the state records their digests. */
import { digest, type JsonObject } from "../../json.ts";
import type { Resource } from "../../project/resource.ts";
import type { Entry } from "../../state/state.ts";
import { fieldChanges } from "../compare.ts";
import { change, type Planned, unchanged } from "../planned.ts";

/** The plan for a definition. */
export function planDefinition(
  resource: Resource,
  declared: JsonObject,
  dependsOn: readonly string[],
  entry: Entry | undefined,
): Planned {
  const next: Entry = { status: "applied", digest: digest(declared), declared, depends_on: dependsOn };
  if (entry !== undefined && entry.digest === next.digest) return unchanged(resource);
  const isNew = entry === undefined;
  return {
    change: change({
      address: resource.address,
      kind: resource.kind,
      action: isNew ? "create" : "update",
      summary: resource.description,
      reasons: [isNew ? { code: "new", text: "new" } : { code: "definition_changed", text: "definition changed" }],
      fields: isNew ? [] : fieldChanges(entry.declared, declared),
    }),
    stage: { work: { kind: "record", entry: next } },
    diagnostics: [],
  };
}
