/** Problems that only the whole plan shows. */
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import type { Project } from "../../project/project.ts";
import { placeIn, type TableResource } from "../../project/resource.ts";

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
