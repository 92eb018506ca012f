/** Decides who owns an object that exists where a resource would be made. Mason never changes an object of others unless asked to. */
import type { Address } from "../../address.ts";
import { recordKey } from "../../bundle/effects.ts";
import type { Problem } from "../../diagnostic/diagnostic.ts";
import { sameJson } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import type { Owner } from "../../model/table.ts";
import type { Reason } from "../action.ts";

/** The reason to take over an object that the state does not know, or the problem that forbids it. */
export function mayTake(
  object: { readonly owner?: Owner },
  address: Address,
  lineage: string,
  onExisting: "stop" | "adopt",
): { readonly reason: Reason } | { readonly problem: Problem } {
  const { owner } = object;
  if (owner?.lineage === lineage && owner.address === address)
    return { reason: { code: "made_by_this_state", text: "made by this project earlier" } };
  const foreign = belongsToOthers(object, address, lineage);
  if (foreign !== null) return { problem: foreign };
  if (owner !== undefined && onExisting === "stop") {
    return {
      problem: {
        code: "ownership/made-by-run",
        summary: "Object made by another resource",
        detail: `"${address}" already exists: "${owner.address}" made it. Set "on_existing: adopt" to take it over, or choose another name.`,
      },
    };
  }
  if (onExisting === "adopt") return { reason: { code: "adopted", text: "already exists, adopted" } };
  return {
    problem: {
      code: "ownership/exists",
      summary: "Object exists already",
      detail: `"${address}" already exists, but it is not in the state. Take it over with "on_existing: adopt" or "mason state import ${address}", or choose another name.`,
    },
  };
}

/** The problem of an object that another project made; `null` for our own and for unmarked ones. */
export function belongsToOthers(
  { owner }: { readonly owner?: Owner },
  address: Address,
  lineage: string,
): Problem | null {
  if (owner === undefined || owner.lineage === lineage) return null;
  return {
    code: "ownership/other-project",
    summary: "Object of another project",
    detail: `"${address}" already exists and belongs to another project (lineage ${owner.lineage}, "${owner.address}"), so Mason never changes it. Choose another name, or remove it there first.`,
  };
}

/** The problem of a resource whose client now means another system. Mason moves nothing, and would lose the old object. */
export function clientMoved(address: Address, before: ClientRecord | undefined, now: ClientRecord): Problem | null {
  if (before === undefined || (before.provider === now.provider && sameJson(before.identity, now.identity)))
    return null;
  return {
    code: "resource/client-changed",
    summary: "Client changed",
    detail: `"${address}" was made in ${recordKey(before)}, but its config now means ${recordKey(now)}. Mason does not move objects between systems. Undo the change of the config, or take "${address}" out of the project, apply, and declare it again.`,
  };
}
