/** Plans one deployment: compares it by its scheduler's mode, previews it if it would run, and adds its fire times. */
import { type Address, kindOf, tableAddress } from "../../address.ts";
import { withoutKind } from "../../bundle/effects.ts";
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { type Json, sameJson } from "../../json.ts";
import { findConfig } from "../../project/project.ts";
import { type DeploymentResource, placeIn } from "../../project/resource.ts";
import { nextFireTimes } from "../../schedule/calendar.ts";
import { parseCron } from "../../schedule/cron.ts";
import { isSameStorage, pathsWrittenBy } from "../../state/made-objects.ts";
import type { Entry } from "../../state/state.ts";
import { settingsPath } from "../../validate/body.ts";
import { chooseConfig } from "../../validate/engines.ts";
import { outputDrift } from "../drift/outputs.ts";
import type { FieldChange } from "../field-change.ts";
import type { Change } from "../plan.ts";
import type { PlanInput } from "../plan-input.ts";
import { impossible, type Planned, unchanged } from "../planned.ts";
import { type PreviewSetting, previewSteps } from "../preview/preview-steps.ts";
import { stagedNotes } from "../preview/staged-notes.ts";
import { missingInputs, type ReadsInput } from "../stops/missing-inputs.ts";
import { clientMoved } from "../stops/ownership.ts";
import type { Writers } from "../stops/writers.ts";
import { isNamedBy } from "../targets.ts";
import { planDeployment } from "./deployment-run.ts";
import { lastRegistration, planRegistration, registrationOf } from "./registration.ts";

/** The input for planning a deployment after the resources before it. */
export interface DeploymentsPlace {
  readonly dependsOn: readonly Address[];
  /** Its entry of the state, with its address there. */
  readonly known: { readonly address: Address; readonly entry: Entry } | undefined;
  readonly before: ReadonlyMap<Address, Planned>;
  /** Who writes what, over all deployments. */
  readonly writers: Writers;
}

/** The plan for a deployment. */
export async function planDeploymentResource(
  input: PlanInput,
  resource: DeploymentResource,
  { dependsOn, known, before, writers }: DeploymentsPlace,
): Promise<Planned> {
  const entry = known?.entry;
  const parts = input.deployments.get(resource.address);
  const chosen = chooseConfig(input.project, resource.configId);
  const scheduler = "problem" in chosen ? null : input.engines.recordOf(chosen.config, "scheduler");
  if (parts === undefined || "problem" in chosen || scheduler === null) return unchanged(resource);
  const base = { bundle: parts.bundle, entry, client: scheduler.record, dependsOn, lineage: input.state.lineage };
  if (scheduler.manifest.scheduler?.mode === "registers") {
    const real = input.offline
      ? lastRegistration(entry, registrationOf(resource, parts.bundle, input.state.lineage))
      : await (await input.engines.ofConfig(chosen.config)).scheduler?.getRegistration?.(resource.scheduleName);
    const planned = planRegistration(resource, real ?? null, base);
    const active = ["create", "update", "adopt"].includes(planned.change.action);
    return active
      ? withFireTimes(input, resource, entry, await withSteps(input, resource, planned))
      : withBroken(input, resource, planned, { dependsOn, before });
  }
  // Otherwise the state would forget a registration that the scheduler still has.
  const moved =
    entry?.object?.bundle === undefined ? null : clientMoved(resource.address, entry.client, scheduler.record);
  if (moved !== null) return impossible(resource, moved);
  const upstream = dependsOn.filter((address) => before.get(address)?.change.action === "run");
  const addresses = [resource.address, known?.address ?? ""];
  const isCutOff = addresses.some((address) => input.cutOff.has(address));
  const planned = planDeployment(resource, {
    ...base,
    inputs: parts.inputs,
    fingerprints: parts.fingerprints,
    writes: parts.writes,
    unwatched: parts.unwatched,
    upstream,
    redefined: redefinedInputs(parts, before),
    outputs: outputDrift(input.facts, {
      resource,
      known,
      ...parts,
      state: input.state,
      lists: input.lists,
      isCutOff,
    }),
    mayDelete: isNamedBy(input.allowDestroy, resource.address),
    // Its name may have changed since.
    askedFor: addresses.some((address) => input.run.has(address)),
    cutOff: isCutOff,
  });
  return planned.change.action === "run"
    ? withMissing(
        { ...input, writers },
        resource,
        await withSteps(input, resource, planned, {
          ...ownPaths(input, parts, known),
          around: { reads: parts.reads, written: writtenBefore(input, parts, dependsOn) },
        }),
        dependsOn,
      )
    : withBroken(input, resource, planned, { dependsOn, before });
}

/** Paths that a run may write again, as in src/apply/run-deployment.ts; absent after an interrupted run, which may have left more. */
function ownPaths(
  { cutOff }: PlanInput,
  { bundle }: ResolvedDeployment,
  known: DeploymentsPlace["known"],
): { readonly ownPaths?: ReadonlySet<string> } {
  const address = bundle.address;
  if (cutOff.has(address) || (known !== undefined && cutOff.has(known.address))) return {};
  const entry = known?.entry;
  return {
    ownPaths: new Set(entry !== undefined && isSameStorage(entry, bundle.clients) ? pathsWrittenBy(entry) : []),
  };
}

async function withSteps(
  input: PlanInput,
  resource: DeploymentResource,
  planned: Planned,
  run: Pick<PreviewSetting, "ownPaths" | "around"> = {},
): Promise<Planned> {
  const parts = input.deployments.get(resource.address);
  if (parts === undefined || input.offline) return planned;
  const body = { target: resource.target, parameters: resource.parameters, steps: resource.steps };
  const { steps, diagnostics, notes } = await previewSteps(parts.bundle, {
    world: input.world,
    predicted: parts.predicted,
    effects: parts.effects,
    configs: new Map([...parts.configs].map(([id, config]) => [id, findConfig(input.project, id) ?? config])),
    builtin: input.builtin,
    ...run,
    placeOf: (step, parameter) =>
      placeIn(resource, [
        ...(settingsPath(body, step) ?? []),
        "parameters",
        ...(parameter === undefined ? [] : [parameter]),
      ]),
  });
  const staged = await stagedNotes(parts, input);
  return {
    ...planned,
    change: { ...planned.change, steps, notes: [...planned.change.notes, ...notes, ...staged] },
    diagnostics: [...planned.diagnostics, ...diagnostics],
  };
}

/** What the deployment and those that it depends on write. */
function writtenBefore(
  { deployments }: PlanInput,
  own: ResolvedDeployment,
  dependsOn: readonly Address[],
): Pick<ResolvedDeployment, "writes" | "openWrites"> {
  const all = [own, ...dependsOn.flatMap((address) => deployments.get(address) ?? [])];
  return { writes: all.flatMap(({ writes }) => writes), openWrites: all.flatMap(({ openWrites }) => openWrites) };
}

/** Adds problems of missing inputs, unless a step already reports its own. */
const withMissing = (
  input: ReadsInput,
  resource: DeploymentResource,
  planned: Planned,
  dependsOn: readonly Address[],
): Planned =>
  planned.diagnostics.length > 0 ? planned : { ...planned, diagnostics: missingInputs(input, resource, dependsOn) };

/** Declared tables among its inputs whose YAML changes. Changes made in the catalogue are reverted, so they don't count. */
const redefinedInputs = ({ inputs }: ResolvedDeployment, before: ReadonlyMap<Address, Planned>): readonly string[] =>
  inputs.flatMap(({ name, place }) => {
    const planned = place.kind === "table" ? before.get(tableAddress(place.database, place.table)) : undefined;
    return planned?.change.fields.some(isReadOtherwise) === true ? [withoutKind(name)] : [];
  });

const isReadOtherwise = ({ path, before, after, drift }: FieldChange): boolean => {
  const type = (value: Json | undefined) => (typeof value === "string" ? value.replace(/ \(.*\)$/s, "") : value);
  return (
    drift !== true &&
    /^(columns\.|format$|location$|partitions\.|(csv|files|on_mismatch)(\.|$))/.test(path) &&
    !sameJson(type(before), type(after))
  );
};

/** Warnings for an unchanged deployment: the plan may change tables that it reads and so break its next run. */
async function withBroken(
  input: PlanInput,
  resource: DeploymentResource,
  planned: Planned,
  { dependsOn, before }: Pick<DeploymentsPlace, "dependsOn" | "before">,
): Promise<Planned> {
  const changed = dependsOn.filter((address) => {
    const action = before.get(address)?.change.action;
    return kindOf(address) === "table" && (action === "update" || action === "replace");
  });
  if (changed.length === 0) return planned;
  const { diagnostics } = await withSteps(input, resource, { ...planned, diagnostics: [] });
  const broken = diagnostics.map((problem): Diagnostic => {
    const detail = `${problem.detail} This plan does not run it, but changes ${changed.join(", ")}.`;
    return { ...problem, severity: "warning", code: "deployment/would-break", summary: "Next run would fail", detail };
  });
  return { ...planned, diagnostics: [...planned.diagnostics, ...broken] };
}

/** The next three fire times; also those of the old schedule if it changed. */
function withFireTimes(
  input: PlanInput,
  resource: DeploymentResource,
  entry: Entry | undefined,
  planned: Planned,
): Planned {
  if (resource.schedule === undefined) return planned;
  const after = fireTimes(resource.schedule, resource.timezone, input.now, resource.start);
  const { schedule, timezone, start } = entry?.declared ?? {};
  const changed = typeof schedule === "string" && (schedule !== resource.schedule || timezone !== resource.timezone);
  const before = changed
    ? fireTimes(schedule, String(timezone ?? "UTC"), input.now, typeof start === "string" ? start : undefined)
    : [];
  const times: NonNullable<Change["fireTimes"]> = { before, after, timezone: resource.timezone };
  return { ...planned, change: { ...planned.change, fireTimes: times } };
}

function fireTimes(cron: string, timezone: string, now: Date, start: string | undefined): readonly string[] {
  const parsed = parseCron(cron);
  return parsed.ok ? nextFireTimes(parsed.cron, timezone, now, 3, start).map((date) => date.toISOString()) : [];
}
