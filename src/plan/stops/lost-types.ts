/** Stops a plan that deletes a resource only because its document lost its `type` or can no longer be read. */
import type { Address } from "../../address.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import type { Project } from "../../project/project.ts";
import type { Planned } from "../planned.ts";

/** An error for each resource that goes although a file seems to hold it. */
export function lostResources(project: Project, planned: ReadonlyMap<Address, Planned>): readonly Diagnostic[] {
  if (project.lostTypes.length === 0) return [];
  const lost = new Map(project.lostTypes.flatMap((one) => one.addresses.map((address) => [address, one] as const)));
  return [...planned].flatMap(([address, { change }]) => {
    const found = lost.get(address);
    const goes = change.action === "delete" || change.action === "forget";
    if (found === undefined || !goes) return [];
    return [
      error({
        code: "document/lost-resource",
        summary: "Resource would be lost",
        detail: `"${address}" would be deleted, but "${found.file}" seems to hold it and can't be read as a resource: it has no "type" at its top. Add "type: ${change.kind}", or delete the document or list the file in .masonignore if the resource is to go.`,
        address,
        place: found.place,
      }),
    ];
  });
}
