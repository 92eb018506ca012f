/** Problems that only the whole plan shows. */
import type { Address } from "../../address.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import type { Project } from "../../project/project.ts";
import { placeIn, type TableResource } from "../../project/resource.ts";

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

/** The error for a table whose database neither exists nor is declared. */
export function databaseMissing(project: Project, table: TableResource, exists: boolean): readonly Diagnostic[] {
  const declared = project.resources.has(`database.${table.database}`);
  if (declared || exists) return [];
  const place = placeIn(table, ["database"]);
  return [
    error({
      code: "table/no-database",
      summary: "Database does not exist",
      detail: `Table "${table.database}.${table.name}" needs the database "${table.database}", which neither exists nor is declared. Declare it: "type: database", "name: ${table.database}".`,
      address: table.address,
      ...(place === undefined ? {} : { place }),
    }),
  ];
}
