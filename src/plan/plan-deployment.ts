/** Deployments of schedulers that run at apply: run again when the definition, an operator, a client or an input changed, or the last run failed. */
import type { Fingerprint } from "../engine/storage.ts";
import { isObject, type Json, type JsonObject, sameJson } from "../json.ts";
import type { DeploymentResource } from "../project/resource.ts";
import type { ClientRecord, Entry } from "../state/state.ts";
import type { Reason } from "./action.ts";
import { type Bundle, bundleDigest } from "./bundle.ts";
import { fieldChanges } from "./compare.ts";
import { declaredBody, declaredSchedule, lifecycleEntry } from "./declared.ts";
import { type Drift, driftReasons } from "./drift.ts";
import { inputsReason } from "./inputs.ts";
import { type OutputDrift, outputDrifts } from "./outputs.ts";
import type { Place } from "./places.ts";
import type { FieldChange } from "./plan.ts";
import { recorded } from "./plan-database.ts";
import { change, type Planned, unchanged } from "./planned.ts";
import type { EntryDraft, InputSource } from "./stage.ts";

/** What planning a deployment needs to know besides its declaration. */
export interface DeploymentSetting {
  readonly bundle: Bundle;
  readonly entry: Entry | undefined;
  /** The client of its scheduler. */
  readonly client: ClientRecord;
  readonly dependsOn: readonly string[];
  readonly inputs: readonly InputSource[];
  readonly fingerprints: ReadonlyMap<string, Fingerprint | null>;
  readonly writes: readonly Place[];
  /** Addresses that run in this plan and whose data it reads. */
  readonly upstream: readonly string[];
  /** What became of what its last run left. */
  readonly outputs: OutputDrift;
  readonly askedFor: boolean;
}

/** The draft of a deployment's entry: what it runs apart from how it is scheduled. */
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

/** The part of a deployment in the plan. */
export function planDeployment(resource: DeploymentResource, setting: DeploymentSetting): Planned {
  const { bundle, entry, client, inputs } = setting;
  const draft = deploymentDraft(resource, bundle, client, setting.dependsOn);
  const drift = outputDrifts(
    { address: resource.address, kind: "deployment", client: client.provider },
    setting.outputs,
  );
  const reasons = reasonsToRun(setting, draft, drift);
  if (reasons.length === 0) {
    if (entry !== undefined && sameEntry(entry, draft)) return unchanged(resource);
    return recorded(resource, entry ?? ({ status: "applied", ...draft } as Entry), draft, client);
  }
  const fields = entry === undefined ? [] : bodyChanges(entry.declared, draft.declared);
  const writes = setting.writes.flatMap((place) =>
    place.kind === "table" ? [{ configId: place.configId, database: place.database, table: place.table }] : [],
  );
  const paths = setting.writes.flatMap((place) =>
    place.kind === "path" ? [{ configId: place.configId, path: place.path }] : [],
  );
  return {
    change: change({
      address: resource.address,
      kind: "deployment",
      action: "run",
      client: client.provider,
      summary: resource.description,
      reasons,
      fields,
      notes: unwatched(setting),
    }),
    stage: { work: { kind: "run", bundle, inputs, writes, paths, draft }, client },
    drift,
    diagnostics: [],
  };
}

const sameEntry = (entry: Entry, draft: EntryDraft): boolean =>
  entry.digest === draft.digest &&
  sameJson(entry.declared, draft.declared) &&
  sameJson(entry.lifecycle as Json | undefined, draft.lifecycle as Json | undefined) &&
  sameJson(entry.client as unknown as Json, draft.client as unknown as Json) &&
  entry.depends_on.join(" ") === draft.depends_on.join(" ");

function reasonsToRun(setting: DeploymentSetting, draft: EntryDraft, drift: readonly Drift[]): readonly Reason[] {
  const { entry } = setting;
  if (entry === undefined) return [{ code: "new", text: "not run yet" }];
  const reasons: Reason[] = [];
  if (entry.digest !== draft.digest) reasons.push(...definitionReasons(entry.declared, draft.declared));
  if (entry.status === "failed") reasons.push({ code: "last_run_failed", text: "the last run failed" });
  reasons.push(...driftReasons(drift));
  // Of a run that was cut off nobody knows what its inputs were.
  const isCutOff = entry.status === "failed" && entry.inputs === undefined;
  const inputs = isCutOff ? undefined : inputsReason(entry.inputs ?? {}, setting.fingerprints);
  if (inputs !== undefined) reasons.push(inputs);
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

/** What changed in a deployment as it is written; operators and clients are told as reasons. */
function bodyChanges(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  return fieldChanges(before, after).filter((field) => !/^(operators|clients)(\.|$)/.test(field.path));
}

function unwatched({ inputs, fingerprints }: DeploymentSetting): readonly string[] {
  const names = inputs
    .filter((input) => !fingerprints.has(input.name))
    .map((input) => input.name.slice(input.name.indexOf(" ") + 1));
  return names.length === 0 ? [] : [`inputs not watched: ${names.join(", ")}`];
}
