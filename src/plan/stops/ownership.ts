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
      summary: "Object already exists",
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
  const problem = { code: "ownership/other-project", summary: "Object of another project" };
  if (owner.address !== address) return { ...problem, detail: ofAnotherProject(owner, address) };
  const detail = ofAnotherState([address], { theirs: owner.lineage, ours: lineage });
  return { ...problem, detail, inTheWay: { lineage: owner.lineage } };
}

const ofAnotherProject = (owner: Owner, address: Address): string =>
  `"${address}" already exists and belongs to another project (lineage ${owner.lineage}, "${owner.address}"), so Mason never changes it. Choose another name, or delete the object in that project first.`;

/** The names in quotes; of many, the first ten. */
const named = (names: readonly string[]): string => {
  const rest = names.length - mostNamed;
  const first = names.slice(0, mostNamed).map((name) => `"${name}"`);
  return `${first.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};
const mostNamed = 10;

/**
 * What to do about objects with the same addresses, which this project probably made: from another environment, or before its lockfile
 * was lost. `outputs`: deployments whose outputs are there too.
 */
export function ofAnotherState(
  addresses: readonly string[],
  { theirs, ours }: { readonly theirs: string; readonly ours: string },
  outputs: readonly string[] = [],
): string {
  const isOne = addresses.length === 1;
  const empty = { format: 1, mason: "0.1.0", lineage: theirs, serial: 0, last_plan: null, resources: {} };
  const imports =
    outputs.length === 0
      ? ""
      : ` The outputs of ${named(outputs)} are there too: then take them over, each with "mason state import ADDRESS".`;
  return [
    `${named(addresses)} already ${isOne ? "exists and belongs" : "exist and belong"} to another state (lineage ${theirs}; this state has ${ours}), so Mason never changes ${isOne ? "it" : "them"}.`,
    'If another environment of this project made it, give each environment a root or a name prefix of its own: set "root" of the client, or the "name", to a value with a variable that differs by environment.',
    `If this project made it and its lockfile was lost, restore the lockfile from version control or a backup. Without a backup, write ${JSON.stringify(empty)} into a new lockfile: the next apply then finds its objects again.${imports}`,
    "Otherwise, choose another name.",
  ].join(" ");
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
