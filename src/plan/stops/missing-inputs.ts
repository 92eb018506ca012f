/** Warns about deployments that would not find an input: a table that the plan drops, or a place that does not exist and that nothing makes. */

import { type Address, tableAddress } from "../../address.ts";
import { stepsOfMason } from "../../bundle/bundle.ts";
import { isOwn } from "../../bundle/data-flow.ts";
import { type Place, placeKey, roleKey, withoutKind } from "../../bundle/effects.ts";
import { canMeet } from "../../bundle/path-pattern.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import type { Project } from "../../project/project.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import { problemAt, warningAt } from "../../project/yaml/problem-at.ts";
import type { Stage } from "../stage.ts";

/** The input for the checks. */
export interface MissingInputsInput {
  readonly project: Project;
  readonly deployments: ReadonlyMap<string, ResolvedDeployment>;
}

/** A warning for each deployment and dropped table that it reads. */
export function readersOfDropped(
  stages: readonly Stage[],
  { project, deployments }: MissingInputsInput,
): readonly Diagnostic[] {
  const dropped = new Map(
    stages.flatMap((stage) =>
      tablesGone(stage).map(({ client, ...table }) => {
        const place = { kind: "table", ...table, client: roleKey("metastore", client) } as const;
        return [placeKey(place), stage.address] as const;
      }),
    ),
  );
  for (const { bundle, effects } of deployments.values())
    for (const drop of effects.flatMap((step) => step.drops)) dropped.set(placeKey(drop), bundle.address);
  if (dropped.size === 0) return [];
  return [...deployments].flatMap(([address, { inputs, reads }]) => {
    const outside = new Set(inputs.map(({ name }) => name));
    const resource = project.resources.get(address);
    return reads.flatMap((place) => {
      const table = outside.has(place.name) ? dropped.get(placeKey(place)) : undefined;
      if (table === undefined || table === address || resource === undefined) return [];
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

/** The names of tables that a stage drops or gives up. */
function tablesGone({ client, work }: Stage): readonly { client: ClientRecord; database: string; table: string }[] {
  if (work.kind === "drop_made")
    return work.made.flatMap(({ client: own, database, table }) =>
      table === undefined ? [] : [{ client: own, database, table }],
    );
  if (client === undefined) return [];
  if (work.kind === "drop_table") return [{ client, database: work.database, table: work.name }];
  return work.kind === "table" && work.verb === "rename" && work.from !== undefined
    ? [{ client, database: work.table.database, table: work.from }]
    : [];
}

/** An error for each input of a deployment that does not exist and that no earlier resource makes. */
export function missingInputs(
  { project, deployments }: Pick<MissingInputsInput, "project" | "deployments">,
  resource: DeploymentResource,
  dependsOn: readonly Address[],
): readonly Diagnostic[] {
  const parts = deployments.get(resource.address);
  if (parts === undefined) return [];
  const before = dependsOn.flatMap((address) => deployments.get(address) ?? []);
  const strict = stepsOfMason(parts.bundle);
  const places = new Map(parts.reads.map((place) => [place.name, place]));
  return parts.inputs.flatMap(({ name }) => {
    const place = places.get(name);
    const found = parts.fingerprints.get(name);
    // The fingerprint of missing files has no files.
    if (place === undefined || found === undefined || (found !== null && found.files > 0)) return [];
    if (found !== null && place.kind === "table") return [];
    // A module of the project may work without its input.
    if (place.kind === "path" && !place.steps.some((step) => strict.has(step))) return [];
    const isDeclared = place.kind === "table" && project.resources.has(tableAddress(place.database, place.table));
    if (isDeclared || before.some((other) => makesPartOf(place, other))) return [];
    return [
      problemAt(resource, ["name"], {
        code: "deployment/missing-input",
        summary: "Input is not there",
        detail: `"${resource.address}" reads the ${place.kind} "${withoutKind(name)}", which does not exist, and nothing that runs before makes it. Check its name, or create it first.`,
      }),
    ];
  });
}

/** True if an earlier deployment writes the place, or something in it. */
const makesPartOf = (place: Place, other: Pick<ResolvedDeployment, "writes" | "openWrites">): boolean =>
  isOwn(place, other) ||
  (place.kind === "path" &&
    [...other.writes, ...other.openWrites].some(
      (written) => written.kind === "path" && written.client === place.client && canMeet(written.path, place.path),
    ));
