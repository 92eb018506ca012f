/** Plans a refresh: it changes no object and only records the real ones, so manual changes no longer count as drift. */
import { type Address, kindOf } from "../address.ts";
import type { ResolvedDeployment } from "../bundle/resolve-deployments.ts";
import type { Facts } from "../facts/refresh.ts";
import { isObject, sameJson } from "../json.ts";
import type { OutputLists } from "../model/run.ts";
import type { Project } from "../project/project.ts";
import { tableContent } from "../state/declared.ts";
import { outputsOf } from "../state/outputs.ts";
import type { Entry, State } from "../state/state.ts";
import type { Reason } from "./action.ts";
import { fieldChanges } from "./compare.ts";
import { driftReasons, droppedText, type Subject } from "./drift/drift.ts";
import { outputDrift, outputDrifts } from "./drift/outputs.ts";
import type { FieldChange } from "./field-change.ts";
import { change, type Planned, unchanged } from "./planned.ts";

/** The input for a refresh. */
export interface RefreshInput {
  readonly project: Project;
  readonly state: State;
  readonly facts: Facts;
  readonly deployments: ReadonlyMap<Address, Pick<ResolvedDeployment, "writes" | "bundle">>;
  readonly lists: Pick<OutputLists, "get">;
}

/** The plan for every resource of the state. */
export function planRefresh(input: RefreshInput): ReadonlyMap<Address, Planned> {
  return new Map([...input.state.resources].map(([address, entry]) => [address, refreshed(address, entry, input)]));
}

function refreshed(address: Address, entry: Entry, input: RefreshInput): Planned {
  const { facts } = input;
  const kind = kindOf(address) ?? "config";
  const base = { address, kind, summary: "", ...(entry.client === undefined ? {} : { client: entry.client.provider }) };
  if (kind === "deployment") return refreshedDeployment({ address, kind }, entry, input);
  const found =
    kind === "table" ? facts.tables.get(address) : kind === "database" ? facts.databases.get(address) : undefined;
  if (found === undefined) return unchanged({ address, kind });
  if (found === null) {
    const reasons = [{ code: "missing" as const, text: droppedText }];
    return {
      change: change({ ...base, action: "forget", reasons }),
      stage: { work: { kind: "forget" } },
      diagnostics: [],
    };
  }
  const object = "columns" in found ? tableContent(found) : entry.object;
  if (object === undefined || sameJson(object, entry.object)) return unchanged({ address, kind });
  const fields = fieldChanges(isObject(entry.object) ? entry.object : {}, object).map((field) => ({
    ...field,
    drift: true as const,
  }));
  const reasons = [
    {
      code: "changed_outside" as const,
      text: `changed outside of Mason: ${fields.map((field) => field.path).join(", ")}`,
    },
  ];
  return recordOnly(base, { ...entry, object }, reasons, fields);
}

/** The plan that records real outputs. Missing outputs are no longer drift. */
function refreshedDeployment(subject: Subject, entry: Entry, input: RefreshInput): Planned {
  const { address } = subject;
  const [resource, parts] = [input.project.resources.get(address), input.deployments.get(address)];
  if (resource?.kind !== "deployment" || parts === undefined) return unchanged(subject);
  const { state, lists } = input;
  const known = { known: { address, entry }, state, lists, isCutOff: false };
  const found = outputDrift(input.facts, { resource, ...parts, ...known });
  // The catalogue, not the state, keeps the owner of a table.
  if (!found.isCompared || sameJson(found.now, outputsOf(entry))) return unchanged(subject);
  const drift = outputDrifts(subject, { ...found, foreign: new Map() });
  const object = { ...entry.object, outputs: found.now };
  return recordOnly({ ...subject, summary: "" }, { ...entry, object }, driftReasons(drift), []);
}

function recordOnly(
  subject: Subject & { readonly summary: string },
  entry: Entry,
  reasons: readonly Reason[],
  fields: readonly FieldChange[],
): Planned {
  return {
    change: change({ ...subject, action: "update", reasons, fields, notes: ["only the record changes"] }),
    stage: { work: { kind: "record", entry } },
    diagnostics: [],
  };
}
