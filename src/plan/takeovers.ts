/** Finds objects that pass from one resource to another within a plan: of a renamed deployment, of a table that is now declared. */
import type { Address } from "../address.ts";
import type { Planned } from "./planned.ts";
import type { StageWork } from "./stage.ts";

/** Pairs of addresses. The first one's stage runs before the second's, so no stage drops what an earlier one made. */
export function takeovers(planned: ReadonlyMap<Address, Planned>): readonly (readonly [Address, Address])[] {
  const leavers = new Map<string, Address[]>();
  for (const [address, { stage }] of planned) {
    if (stage !== undefined)
      for (const object of objectsDropped(stage.work)) leavers.set(object, [...(leavers.get(object) ?? []), address]);
  }
  if (leavers.size === 0) return [];
  return [...planned].flatMap(([address, { stage }]) => {
    if (stage === undefined) return [];
    // An adopted object must still exist, and no longer belongs to the leaver afterwards.
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
