/** Warns about deployments that would not find an input: a table that the plan drops, or a place that does not exist and that nothing makes. */

import { type Address, tableAddress } from "../../address.ts";
import { type Bundle, stepsOfMason } from "../../bundle/bundle.ts";
import { isOwn, mayMeet } from "../../bundle/data-flow.ts";
import { type NamedPlace, type Place, placeKey, roleKey, withoutKind } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import { isGlob } from "../../model/path.ts";
import type { Project } from "../../project/project.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import { problemAt, warningAt } from "../../project/yaml/problem-at.ts";
import type { Stage } from "../stage.ts";
import type { Writers } from "./writers.ts";

/** The input for the checks. */
export interface MissingInputsInput {
  readonly project: Project;
  readonly deployments: ReadonlyMap<string, ResolvedDeployment>;
}

/** The input for the check of one deployment's inputs. */
export interface ReadsInput extends MissingInputsInput {
  readonly writers: Writers;
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

/**
 * An error for each input of a deployment that does not exist and that no earlier resource makes. It is a warning where that is not certain:
 * a module of the project may make a table, and a path with a hole may exist when the run fills it.
 */
export function missingInputs(
  input: ReadsInput,
  resource: DeploymentResource,
  dependsOn: readonly Address[],
): readonly Diagnostic[] {
  const { deployments } = input;
  const parts = deployments.get(resource.address);
  if (parts === undefined) return [];
  const before = dependsOn.flatMap((address) => deployments.get(address) ?? []);
  const strict = stepsOfMason(parts.bundle);
  const places = new Map(parts.reads.map((place) => [place.name, place]));
  return parts.inputs.flatMap(({ name }) => {
    const place = places.get(name);
    const found = parts.fingerprints.get(name);
    if (place === undefined || found === undefined) return [];
    if (place.kind === "table") return missingTable(input, resource, place, found !== null);
    // The fingerprint of missing files has no files.
    if (found !== null && found.files > 0) return [];
    // A module of the project may work without its input.
    if (!place.steps.some((step) => strict.has(step))) return [];
    if ([parts, ...before].some((other) => makesPartOf(place, other))) return [];
    const isOpen = isGlob(place.path) && place.steps.some((step) => (parts.predicted.get(step)?.unknown.size ?? 0) > 0);
    return [
      (isOpen ? warningAt : problemAt)(resource, ["name"], {
        code: "deployment/missing-input",
        summary: "Missing input",
        detail: `"${resource.address}" reads the path "${withoutKind(name)}", which does not exist, and nothing that runs before makes it. Check its name, or create it first.`,
      }),
    ];
  });
}

/** The problem of a table that is read, and neither declared nor made by a deployment; `isThere`: it exists, perhaps as mere files. */
function missingTable(
  { project, deployments, writers }: ReadsInput,
  resource: DeploymentResource,
  place: NamedPlace & { readonly kind: "table" },
  isThere: boolean,
): readonly Diagnostic[] {
  if (project.resources.has(tableAddress(place.database, place.table)) || writers.makes(place)) return [];
  const label = withoutKind(place.name);
  const files = `${place.database}/${place.table}`;
  const writer = writers.writerBelow({ client: place.client, path: files });
  const found = { code: "deployment/missing-input", summary: "Missing input" };
  if (writer !== undefined) {
    const detail = `"${resource.address}" reads the table "${label}", which is not declared, while "${writer}" writes files at "${files}". Declare a table over them: "type: table", "database: ${place.database}", "name: ${place.table}", "location: ${files}".`;
    return [problemAt(resource, ["name"], { ...found, detail })];
  }
  if (isThere) return [];
  const advice = didYouMean(label, writers.tables()) || " Check its name, declare it, or create it first.";
  const detail = `"${resource.address}" reads the table "${label}", which does not exist, and nothing in this project makes it.${advice}`;
  const own = deployments.get(resource.address)?.bundle;
  const isCertain = own !== undefined && readsSurely(own, place.steps) && !writers.mayMakeOthers();
  return [(isCertain ? problemAt : warningAt)(resource, ["name"], { ...found, detail })];
}

/** True if one of the steps needs its input whenever the deployment runs: a module may do without, and a handler may never run. */
function readsSurely(bundle: Bundle, ids: readonly string[]): boolean {
  const strict = stepsOfMason(bundle);
  return bundle.steps.some(({ id, when }) => ids.includes(id) && strict.has(id) && when !== "failed");
}

/** True if an earlier deployment writes the place, or something in it. */
const makesPartOf = (place: Place, other: Pick<ResolvedDeployment, "writes" | "openWrites">): boolean =>
  isOwn(place, other) ||
  (place.kind === "path" &&
    [...other.writes, ...other.openWrites].some((written) => written.kind === "path" && mayMeet(written, place)));
