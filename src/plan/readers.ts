/** What is said when a table goes that a deployment reads and nothing makes again: its next run would fail. */
import { type Diagnostic, warning } from "../diagnostic/diagnostic.ts";
import type { Project } from "../project/project.ts";
import { placeIn } from "../project/resource.ts";
import type { DeploymentParts } from "./deployment-parts.ts";
import { placeKey, roleKey } from "./places.ts";
import type { Stage } from "./stage.ts";

/** Warnings, one for each deployment and table that is dropped and read. */
export function readersOfDropped(
  stages: readonly Stage[],
  {
    project,
    deployments,
  }: {
    readonly project: Project;
    readonly deployments: ReadonlyMap<string, Pick<DeploymentParts, "inputs" | "reads">>;
  },
): readonly Diagnostic[] {
  const dropped = new Map(
    stages.flatMap(({ address, client, work }) => {
      if (work.kind !== "drop_table" || client === undefined) return [];
      const place = { kind: "table", database: work.database, table: work.name } as const;
      return [[placeKey({ ...place, client: roleKey("metastore", client) }), address] as const];
    }),
  );
  if (dropped.size === 0) return [];
  return [...deployments].flatMap(([address, { inputs, reads }]) => {
    const outside = new Set(inputs.map(({ name }) => name));
    const resource = project.resources.get(address);
    return reads.flatMap((place) => {
      const table = outside.has(place.name) ? dropped.get(placeKey(place)) : undefined;
      if (table === undefined || resource === undefined) return [];
      const spot = placeIn(resource, ["name"]);
      return [
        warning({
          code: "deployment/would-break",
          summary: "Next run would fail",
          detail: `"${address}" reads "${table}", which this plan drops. Declare the table again, or change what the deployment reads.`,
          address,
          ...(spot === undefined ? {} : { place: spot }),
        }),
      ];
    });
  });
}
