/** No resources need each other by their references. What follows from data that they read and write, the plan checks. */
import type { Address } from "../../address.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { declaredDependencies } from "../../graph/build.ts";
import { cycles } from "../../graph/order.ts";
import type { Project } from "../../project/project.ts";
import { placeIn } from "../../project/resource.ts";
import type { Rule } from "../rule.ts";

export const cyclic: Rule = ({ project }) => {
  const dependencies = new Map(
    [...project.resources.values()].map((resource) => [resource.address, declaredDependencies(project, resource)]),
  );
  // A workflow that calls itself has an error of its own.
  const found = cycles(dependencies).filter((cycle) => cycle.some((address) => !address.startsWith("workflow.")));
  return cyclicResources(project, found);
};

/** Errors for cycles of resources, with the path. */
export function cyclicResources(project: Project, found: readonly (readonly Address[])[]): readonly Diagnostic[] {
  return found.map((cycle) => {
    const resource = project.resources.get(cycle[0] ?? "");
    const place =
      resource === undefined ? undefined : placeIn(resource, [resource.kind === "workflow" ? "command" : "name"]);
    const path =
      cycle.length > 12 ? [...cycle.slice(0, 6), `... ${cycle.length - 12} more ...`, ...cycle.slice(-6)] : cycle;
    return error({
      code: "resource/cycle",
      summary: "Dependency cycle",
      detail: `These resources depend on each other: ${path.join(" -> ")}. Remove one of the dependencies: a reference, or a place that one reads and another writes.`,
      ...(place === undefined ? {} : { place }),
    });
  });
}
