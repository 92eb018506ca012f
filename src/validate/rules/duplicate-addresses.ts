/** No two documents declare the same address. */
import { error } from "../../diagnostic/diagnostic.ts";
import { placeIn, type Resource } from "../../project/resource.ts";
import type { Rule } from "../rule.ts";

export const duplicateAddresses: Rule = ({ project }) =>
  project.declared.flatMap((resource) => {
    const first = project.resources.get(resource.address);
    if (first === undefined || first === resource) return [];
    const place = placeIn(resource, [namingField(resource)]);
    const original = placeIn(first, [namingField(first)]);
    return [
      error({
        code: "resource/duplicate",
        summary: "Duplicate resource",
        detail: `"${resource.address}" is declared twice. Rename or remove one of the two.`,
        address: resource.address,
        ...(place === undefined ? {} : { place }),
        ...(original === undefined ? {} : { related: [{ label: "First declared here", place: original }] }),
      }),
    ];
  });

function namingField(resource: Resource): string {
  if (resource.kind === "config") return "id";
  return resource.kind === "operator" || resource.kind === "workflow" ? "command" : "name";
}
