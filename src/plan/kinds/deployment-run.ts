/** Plans deployments that run at apply. They run again if the definition, an operator, a client or an input changed, or if the last run did not succeed. */
import { type Bundle, bundleDigest } from "../../bundle/bundle.ts";
import { type NamedPlace, withoutKind } from "../../bundle/effects.ts";
import type { InputSource } from "../../bundle/inputs.ts";
import type { Fingerprint } from "../../engine/storage.ts";
import { isObject, type Json, type JsonObject, sameJson } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import { declaredBody, declaredSchedule, lifecycleEntry } from "../../state/declared.ts";
import type { Entry } from "../../state/state.ts";
import type { Reason } from "../action.ts";
import { fieldChanges } from "../compare.ts";
import { type Drift, driftReasons, isPutRight } from "../drift/drift.ts";
import { unknownFilesNote, wouldDeleteForeign } from "../drift/foreign-files.ts";
import { type OutputDrift, outputDrifts } from "../drift/outputs.ts";
import type { FieldChange } from "../field-change.ts";
import { inputsReason, unseenInputs } from "../input-changes.ts";
import { change, impossible, type Planned, unchanged } from "../planned.ts";
import type { EntryDraft } from "../stage.ts";
import { recorded } from "./database.ts";

/** The input for planning a deployment, besides its declaration. */
export interface DeploymentSetting {
  readonly bundle: Bundle;
  readonly entry: Entry | undefined;
  /** The client of its scheduler. */
  readonly client: ClientRecord;
  readonly dependsOn: readonly string[];
  readonly inputs: readonly InputSource[];
  readonly fingerprints: ReadonlyMap<string, Fingerprint | null>;
  /** Steps whose SQL reads files that are known after apply. */
  readonly unwatched: readonly string[];
  readonly writes: readonly NamedPlace[];
  /** Addresses of resources that run in this plan and whose data the deployment reads. */
  readonly upstream: readonly string[];
  /** Tables like `sales.orders` that the deployment reads and this plan redefines: their files will be read differently. */
  readonly redefined: readonly string[];
  /** The drift of its outputs. */
  readonly outputs: OutputDrift;
  readonly askedFor: boolean;
  /** True if an apply was interrupted during its run: it is unknown how far the run got. */
  readonly cutOff: boolean;
  /** True if `--allow-destroy` names it. */
  readonly mayDelete: boolean;
}

/** The draft of a deployment's entry: what it runs, without its schedule. */
export function deploymentDraft(
  resource: DeploymentResource,
  bundle: Bundle,
  client: ClientRecord,
  dependsOn: readonly string[],
): EntryDraft {
  const operators = bundle.steps.map((step): [string, string] => [
    `${step.operator.namespace}:${step.operator.command}`,
    step.operatorDigest,
  ]);
  return {
    client,
    digest: bundleDigest(bundle),
    declared: {
      ...declaredBody(resource),
      ...declaredSchedule(resource),
      operators: Object.fromEntries(operators),
      clients: bundle.clients,
    },
    depends_on: dependsOn,
    ...lifecycleEntry(resource.lifecycle),
  };
}

/** The plan for a deployment. */
export function planDeployment(resource: DeploymentResource, setting: DeploymentSetting): Planned {
  const { bundle, entry, client, inputs } = setting;
  const draft = deploymentDraft(resource, bundle, client, setting.dependsOn);
  const drift = outputDrifts(
    { address: resource.address, kind: "deployment", client: client.provider },
    setting.outputs,
  );
  const reasons = reasonsToRun(setting, draft, drift.filter(isPutRight));
  if (entry !== undefined && reasons.length === 0) {
    return { ...keptEntry(resource, entry, draft, setting), drift };
  }
  const [foreign] = setting.outputs.foreign.values();
  if (foreign !== undefined) return impossible(resource, foreign);
  const { replaced } = setting.outputs;
  // Its steps are looked at all the same: what is wrong with them counts more.
  const { diagnostics } =
    replaced.foreign.size === 0 || setting.mayDelete
      ? { diagnostics: [] }
      : impossible(resource, wouldDeleteForeign(resource.address, replaced.foreign));
  const fields = entry === undefined ? [] : bodyChanges(entry.declared, draft.declared);
  const writes = setting.writes.flatMap((place) => (place.kind === "table" ? [place] : []));
  const paths = setting.writes.flatMap((place) => (place.kind === "path" ? [place] : []));
  return {
    change: change({
      address: resource.address,
      kind: "deployment",
      action: "run",
      client: client.provider,
      summary: resource.description,
      reasons,
      fields,
      notes: [...unwatchedInputs(setting), ...unknownFilesNote(replaced.unknown)],
    }),
    stage: { work: { kind: "run", bundle, inputs, writes, paths, draft }, client },
    drift,
    diagnostics,
  };
}

/** The plan for a deployment that does not run: its record may change all the same. */
function keptEntry(
  resource: DeploymentResource,
  entry: Entry,
  draft: EntryDraft,
  { client, fingerprints }: DeploymentSetting,
): Planned {
  const unseen = unseenInputs(entry, fingerprints);
  const names = Object.keys(unseen).map(withoutKind);
  if (names.length === 0 && sameEntry(entry, draft)) return unchanged(resource);
  const inputs = names.length === 0 ? {} : { inputs: { ...entry.inputs, ...unseen } };
  const planned = recorded(resource, { ...entry, ...inputs }, draft, client);
  const fields = [...bodyChanges(entry.declared, draft.declared), ...planned.change.fields];
  const notes = names.length === 0 ? [] : [`watched from now on, taken as unchanged: ${names.join(", ")}`];
  return { ...planned, change: { ...planned.change, fields, notes } };
}

const sameEntry = (entry: Entry, draft: EntryDraft): boolean =>
  entry.digest === draft.digest &&
  sameJson(entry.declared, draft.declared) &&
  sameJson(entry.lifecycle as Json | undefined, draft.lifecycle as Json | undefined) &&
  sameJson(entry.client as unknown as Json, draft.client as unknown as Json) &&
  entry.depends_on.join(" ") === draft.depends_on.join(" ");

function reasonsToRun(setting: DeploymentSetting, draft: EntryDraft, drift: readonly Drift[]): readonly Reason[] {
  const { entry } = setting;
  const cutOff: readonly Reason[] = setting.cutOff ? [{ code: "cut_off", text: "its run was interrupted" }] : [];
  if (entry === undefined) return [...cutOff, { code: "new", text: "not run yet" }];
  const reasons: Reason[] = [...cutOff];
  if (entry.object?.imported === true) reasons.push({ code: "new", text: "not run yet, its outputs were imported" });
  if (entry.digest !== draft.digest) reasons.push(...definitionReasons(entry.declared, draft.declared));
  if (entry.status === "failed" && !setting.cutOff)
    reasons.push({
      code: "last_run_failed",
      text: entry.interrupted === true ? "the last run was interrupted" : "the last run did not succeed",
    });
  reasons.push(...driftReasons(drift));
  // The inputs of an interrupted run are unknown.
  const isUnknown = entry.status === "failed" && entry.inputs === undefined;
  const inputs = isUnknown ? undefined : inputsReason(entry, setting.fingerprints);
  if (inputs !== undefined) reasons.push(inputs);
  if (setting.redefined.length > 0)
    reasons.push({ code: "inputs_changed", text: `definition of ${setting.redefined.join(", ")} changes` });
  if (setting.upstream.length > 0)
    reasons.push({ code: "upstream_runs", text: `reads what ${setting.upstream.join(", ")} makes` });
  if (setting.askedFor) reasons.push({ code: "asked_for", text: "asked for with --run" });
  return reasons;
}

function definitionReasons(before: JsonObject, after: JsonObject): readonly Reason[] {
  const operators = fieldChanges(object(before.operators), object(after.operators)).filter(
    (field) => field.before !== undefined && field.after !== undefined,
  );
  const reasons: Reason[] = [];
  if (operators.length > 0)
    reasons.push({
      code: "operator_changed",
      text: `operator ${operators.map((field) => field.path).join(", ")} changed`,
    });
  if (!sameJson(before.clients, after.clients)) reasons.push({ code: "config_changed", text: "client changed" });
  if (bodyChanges(before, after).length > 0 || reasons.length === 0)
    reasons.push({ code: "definition_changed", text: "definition changed" });
  return reasons;
}

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** Changes of the written deployment. Operators and clients appear as reasons. */
function bodyChanges(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  return fieldChanges(before, after).filter((field) => !/^(operators|clients)(\.|$)/.test(field.path));
}

function unwatchedInputs({ inputs, fingerprints, unwatched }: DeploymentSetting): readonly string[] {
  const places = inputs.filter((input) => !fingerprints.has(input.name)).map((input) => withoutKind(input.name));
  const names = [...places, ...new Set(unwatched)];
  return names.length === 0 ? [] : [`inputs not watched: ${names.join(", ")}`];
}
