/** What is said when a deployment would not find what it reads: a table that goes, or something that is not there and that nothing makes. */
import { type Address, tableAddress } from "../../address.ts";
import { stepsOfMason } from "../../bundle/bundle.ts";
import { isOwn } from "../../bundle/data-flow.ts";
import { placeKey, roleKey, withoutKind } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import type { Project } from "../../project/project.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import { warningAt } from "../../project/yaml/problem-at.ts";
import type { Stage } from "../stage.ts";

/** What is looked at. */
export interface MissingInputsInput {
  readonly project: Project;
  readonly deployments: ReadonlyMap<string, ResolvedDeployment>;
}

/** Warnings, one for each deployment and table that is dropped and read. */
export function readersOfDropped(
  stages: readonly Stage[],
  { project, deployments }: MissingInputsInput,
): readonly Diagnostic[] {
  const dropped = new Map(
    stages.flatMap(({ address, client, work }) => {
      const gone =
        work.kind === "drop_table"
          ? { database: work.database, table: work.name }
          : work.kind === "table" && work.verb === "rename" && work.from !== undefined
            ? { database: work.table.database, table: work.from }
            : null;
      if (gone === null || client === undefined) return [];
      const place = { kind: "table", ...gone } as const;
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
      return [
        warningAt(resource, ["name"], {
          code: "deployment/would-break",
          summary: "Next run would fail",
          detail: `"${address}" reads "${withoutKind(place.name)}", the name of a table that this plan drops or renames. Declare it again, or change what the deployment reads.`,
        }),
      ];
    });
  });
}

/** Warnings, one for each input of a deployment that is not there and that none of the resources before it makes. */
export function missingInputs(
  { project, deployments }: Pick<MissingInputsInput, "project" | "deployments">,
  resource: DeploymentResource,
  dependsOn: readonly Address[],
): readonly Diagnostic[] {
  const parts = deployments.get(resource.address);
  if (parts === undefined) return [];
  const written = dependsOn.flatMap((address) => deployments.get(address)?.writes ?? []);
  const strict = stepsOfMason(parts.bundle);
  const places = new Map(parts.reads.map((place) => [place.name, place]));
  return parts.inputs.flatMap(({ name }) => {
    const place = places.get(name);
    const found = parts.fingerprints.get(name);
    // Of files that are not there the fingerprint is that of none.
    if (place === undefined || found === undefined || (found !== null && found.files > 0)) return [];
    if (found !== null && place.kind === "table") return [];
    // Code of the project may do without.
    if (place.kind === "path" && !place.steps.some((step) => strict.has(step))) return [];
    const isDeclared = place.kind === "table" && project.resources.has(tableAddress(place.database, place.table));
    if (isDeclared || isOwn(place, written)) return [];
    return [
      warningAt(resource, ["name"], {
        code: "deployment/missing-input",
        summary: "Input is not there",
        detail: `"${resource.address}" reads the ${place.kind} "${withoutKind(name)}", which is not there, and nothing that runs before it makes it. Look whether its name is right, or put it there first.`,
      }),
    ];
  });
}
