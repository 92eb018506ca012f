/** Moves of resources to another address: `moved_from` keeps their object and their history. */
import { type Address, kindOf, nameOf } from "../address.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Project } from "../project/project.ts";
import type { Resource } from "../project/resource.ts";
import { objectsMadeBy } from "../state/made-objects.ts";
import type { Entry, State } from "../state/state.ts";
import { change, impossible, type Planned } from "./planned.ts";

/** Old addresses by new one for the pending moves, and errors for impossible ones. */
export function movesOf(
  project: Project,
  state: State,
): { readonly moves: ReadonlyMap<Address, Address>; readonly diagnostics: readonly Diagnostic[] } {
  const moves = new Map<Address, Address>();
  const diagnostics: Diagnostic[] = [];
  for (const resource of project.resources.values()) {
    const { movedFrom, address } = resource;
    if (movedFrom === undefined || state.resources.has(address) || !state.resources.has(movedFrom)) continue;
    const problem = problemOf(project, resource, movedFrom);
    if (problem === null) moves.set(address, movedFrom);
    else diagnostics.push(...impossible(resource, problem, ["moved_from"]).diagnostics);
  }
  return { moves, diagnostics };
}

function problemOf(project: Project, resource: Resource, from: Address) {
  const say = (detail: string) => ({ code: "moved/impossible", summary: "Resource can't be moved", detail });
  if (project.resources.has(from))
    return say(
      `"${resource.address}" has "moved_from: ${from}", and "${from}" is still declared. Remove one of the two.`,
    );
  if (kindOf(from) === "database")
    return say(
      `"${resource.address}" can't take over "${from}": no metastore renames a database. Keep its name, or make a new one and move its tables.`,
    );
  if (resource.kind === "table" && nameOf(from).split(".")[0] !== resource.database)
    return say(
      `"${resource.address}" can't take over "${from}": a table is renamed within its database only. Keep the database.`,
    );
  return null;
}

/** A planned resource with its move. It always has a stage, which removes the old entry. */
export function withMove(planned: Planned, from: Address, entry: Entry): Planned {
  const reason = { code: "moved" as const, text: `moved from ${from}` };
  const { change: part, stage } = planned;
  const rehome = objectsMadeBy(entry);
  const rest = { movedFrom: from, ...(rehome.length === 0 ? {} : { rehome }) };
  if (stage !== undefined)
    return { ...planned, change: { ...part, reasons: [reason, ...part.reasons] }, stage: { ...stage, ...rest } };
  return {
    ...planned,
    change: change({
      address: part.address,
      kind: part.kind,
      action: "update",
      summary: "",
      reasons: [reason],
      ...(entry.client === undefined ? {} : { client: entry.client.provider }),
    }),
    stage: {
      work: { kind: "record", entry },
      ...(entry.client === undefined ? {} : { client: entry.client }),
      ...rest,
    },
  };
}
