/** Whose object it is that is found where a resource is to be made. What is not ours is never changed without being asked for. */
import type { Address } from "../../address.ts";
import { recordKey } from "../../bundle/effects.ts";
import type { Problem } from "../../diagnostic/diagnostic.ts";
import { sameJson } from "../../json.ts";
import type { ClientRecord } from "../../model/client-record.ts";
import type { Owner } from "../../model/table.ts";
import type { Reason } from "../action.ts";

/** Whether an object that the state does not know may be taken over, and with what reason. */
export function mayTake(
  object: { readonly owner?: Owner },
  address: Address,
  lineage: string,
  onExisting: "stop" | "adopt",
): { readonly reason: Reason } | { readonly problem: Problem } {
  const { owner } = object;
  if (owner?.lineage === lineage && owner.address === address)
    return { reason: { code: "made_by_this_state", text: "made by this project before" } };
  const foreign = belongsToOthers(object, address, lineage);
  if (foreign !== null) return { problem: foreign };
  if (owner !== undefined && onExisting === "stop") {
    return {
      problem: {
        code: "ownership/made-by-run",
        summary: "Object made by another resource",
        detail: `"${address}" is there already: "${owner.address}" made it. Set "on_existing: adopt" to take it over, or choose another name.`,
      },
    };
  }
  if (onExisting === "adopt") return { reason: { code: "adopted", text: "already there, adopted" } };
  return {
    problem: {
      code: "ownership/exists",
      summary: "Object exists already",
      detail: `"${address}" is there already, but it is not in the state. Take it over with "on_existing: adopt" or "mason state import ${address}", or choose another name.`,
    },
  };
}

/** The problem of an object that another project made; `null` for one of ours and for one that nobody marked. */
export function belongsToOthers(
  { owner }: { readonly owner?: Owner },
  address: Address,
  lineage: string,
): Problem | null {
  if (owner === undefined || owner.lineage === lineage) return null;
  return {
    code: "ownership/other-project",
    summary: "Object of another project",
    detail: `"${address}" is there already and belongs to another project (lineage ${owner.lineage}, "${owner.address}"), which Mason never changes. Choose another name, or remove it there first.`,
  };
}

/** The problem of a resource whose client is another system now: Mason moves nothing, and would lose sight of the old object. */
export function clientMoved(address: Address, before: ClientRecord | undefined, now: ClientRecord): Problem | null {
  if (before === undefined || (before.provider === now.provider && sameJson(before.identity, now.identity)))
    return null;
  return {
    code: "resource/client-changed",
    summary: "Client changed",
    detail: `"${address}" was made in ${recordKey(before)}, and its config means ${recordKey(now)} now. Mason moves nothing from one to the other. Undo the change of the config, or take "${address}" out of the project, apply, and declare it again.`,
  };
}
