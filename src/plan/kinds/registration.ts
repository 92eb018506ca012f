/** Plans deployments of schedulers that keep registrations. They are created, or updated if the bundle or the schedule differs; an apply never runs them. */
import { type Bundle, bundleDigest } from "../../bundle/bundle.ts";
import { isObject, type JsonObject, sameJson } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import type { Registration } from "../../model/schedule.ts";
import type { DeploymentResource } from "../../project/resource.ts";
import type { Entry } from "../../state/state.ts";
import { fieldChanges, threeWay, withoutIgnored } from "../compare.ts";
import { driftReasons, missing, outsideDrift } from "../drift/drift.ts";
import { change, impossible, type Planned, unchanged } from "../planned.ts";
import { belongsToOthers, clientMoved, mayTake } from "../stops/ownership.ts";
import { recorded, sameRecord } from "./database.ts";
import { deploymentDraft } from "./deployment-run.ts";

/** The compared part of a registration. */
export const registrationContent = (registration: Registration): JsonObject => ({
  schedule: registration.schedule.cron ?? null,
  timezone: registration.schedule.timezone,
  start: registration.schedule.start ?? null,
  catchup: registration.schedule.catchup,
  max_active_runs: registration.schedule.maxActiveRuns,
  paused: registration.schedule.paused,
  bundle: registration.bundle ?? null,
});

/** The registration that a deployment declares. */
export function registrationOf(resource: DeploymentResource, bundle: Bundle, lineage: string) {
  return {
    name: resource.scheduleName,
    schedule: {
      ...(resource.schedule === undefined ? {} : { cron: resource.schedule }),
      timezone: resource.timezone,
      ...(resource.start === undefined ? {} : { start: resource.start }),
      catchup: resource.catchup,
      maxActiveRuns: resource.maxActiveRuns,
      paused: resource.paused,
    },
    bundle: bundleDigest(bundle),
    owner: { lineage, address: resource.address },
  };
}

/** The registration as last seen, which an offline plan takes for the real one; `null` if the state has none. */
export function lastRegistration(entry: Entry | undefined, declared: Registration): Registration | null {
  const { object: seen } = entry ?? {};
  if (seen?.bundle === undefined) return null;
  const { schedule: cron, timezone, start, catchup, max_active_runs: maxActiveRuns, paused, bundle } = seen;
  return {
    ...declared,
    schedule: {
      ...(typeof cron === "string" ? { cron } : {}),
      timezone: String(timezone),
      ...(typeof start === "string" ? { start } : {}),
      catchup: catchup as Registration["schedule"]["catchup"],
      maxActiveRuns: Number(maxActiveRuns),
      paused: paused === true,
    },
    ...(typeof bundle === "string" ? { bundle } : {}),
  };
}

/** The plan for a deployment; `real` is `null` if the scheduler does not know its name. */
export function planRegistration(
  resource: DeploymentResource,
  real: Registration | null,
  setting: {
    readonly bundle: Bundle;
    readonly entry: Entry | undefined;
    readonly client: ClientRecord;
    readonly dependsOn: readonly string[];
    readonly lineage: string;
  },
): Planned {
  const { bundle, entry, client } = setting;
  const draft = deploymentDraft(resource, bundle, client, setting.dependsOn);
  const registration = registrationOf(resource, bundle, setting.lineage);
  const declared = registrationContent(registration);
  const subject = { address: resource.address, kind: "deployment" as const, client: client.provider };
  const base = { ...subject, summary: resource.description };
  const moved = clientMoved(resource.address, entry?.client, client);
  if (moved !== null) return impossible(resource, moved);
  if (real === null) {
    const reason =
      entry === undefined
        ? ({ code: "new", text: "new" } as const)
        : ({ code: "missing", text: "deleted outside of Mason" } as const);
    return {
      change: change({ ...base, action: "create", reasons: [reason] }),
      stage: { work: { kind: "register", verb: "create", registration, draft }, client },
      drift: entry === undefined ? [] : [missing(subject, reason.text)],
      diagnostics: [],
    };
  }
  if (entry === undefined) {
    const taken = mayTake(real, resource.address, setting.lineage, resource.onExisting);
    if ("problem" in taken) return impossible(resource, taken.problem, ["schedule_name"]);
    return {
      change: change({ ...base, action: "adopt", reasons: [taken.reason] }),
      stage: { work: { kind: "register", verb: "update", registration, draft }, client },
      diagnostics: [],
    };
  }
  const foreign = belongsToOthers(real, resource.address, setting.lineage);
  if (foreign !== null) return impossible(resource, foreign, ["schedule_name"]);
  const last = isObject(entry.object) ? entry.object : undefined;
  const object = registrationContent(real);
  const ignored = resource.lifecycle.ignoreChanges;
  const fields = withoutIgnored(threeWay(declared, last, object), ignored);
  if (fields.length === 0) {
    // An interrupted apply may have changed the registration without recording it.
    const seen = withoutIgnored(fieldChanges(last, object), ignored);
    return sameRecord(entry, draft) && sameJson(entry.declared, draft.declared) && seen.length === 0
      ? unchanged(resource)
      : recorded(resource, { ...entry, object }, draft, client);
  }
  const drift = outsideDrift(subject, fields);
  const changed = fields.filter((field) => field.drift !== true).map((field) => field.path);
  const reasons = [
    ...(changed.length === 0 ? [] : [{ code: "definition_changed" as const, text: `${changed.join(", ")} changed` }]),
    ...driftReasons(drift),
  ];
  const written = fieldChanges(entry.declared, draft.declared).filter((field) =>
    /^(parameters|steps|operator|workflow)(\.|$)/.test(field.path),
  );
  return {
    change: change({ ...base, action: "update", reasons, fields: [...fields, ...written] }),
    stage: { work: { kind: "register", verb: "update", registration, draft }, client },
    drift,
    diagnostics: [],
  };
}
