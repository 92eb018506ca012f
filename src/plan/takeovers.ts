/** Objects that one resource lets go and another one takes in the same plan: a deployment that got another name, a table that is declared now. */
import type { Address } from "../address.ts";
import type { Planned } from "./planned.ts";
import type { StageWork } from "./stage.ts";

/** Pairs of addresses, the stage of the first one before that of the second: nothing is made that a later stage would drop. */
export function takeovers(planned: ReadonlyMap<Address, Planned>): readonly (readonly [Address, Address])[] {
  const leavers = new Map<string, Address[]>();
  for (const [address, { stage }] of planned) {
    if (stage !== undefined)
      for (const object of objectsDropped(stage.work)) leavers.set(object, [...(leavers.get(object) ?? []), address]);
  }
  if (leavers.size === 0) return [];
  return [...planned].flatMap(([address, { stage }]) => {
    if (stage === undefined) return [];
    // What is adopted must still be there, and is no longer the leaver's afterwards.
    const adopts = "verb" in stage.work && stage.work.verb === "adopt";
    return objectsMade(stage.work).flatMap((object) =>
      (leavers.get(object) ?? []).map((leaver) =>
        adopts ? ([address, leaver] as const) : ([leaver, address] as const),
      ),
    );
  });
}

const databaseKey = (name: string) => `database ${name}`;
const tableKey = (database: string, table: string) => `table ${database}.${table}`;

function objectsDropped(work: StageWork): readonly string[] {
  switch (work.kind) {
    case "drop_database":
      return [databaseKey(work.name)];
    case "drop_table":
      return [tableKey(work.database, work.name)];
    case "drop_made":
      return work.made.map(({ database, table }) =>
        table === undefined ? databaseKey(database) : tableKey(database, table),
      );
    case "unregister":
      return [`schedule ${work.name}`];
    default:
      return [];
  }
}

function objectsMade(work: StageWork): readonly string[] {
  switch (work.kind) {
    case "database":
      return [databaseKey(work.database.name)];
    case "table":
      return [tableKey(work.table.database, work.table.name)];
    case "run":
      return work.writes.flatMap(({ database, table }) => [tableKey(database, table), databaseKey(database)]);
    case "register":
      return [`schedule ${work.registration.name}`];
    default:
      return [];
  }
}
