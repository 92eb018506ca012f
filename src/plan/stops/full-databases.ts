/** Stops the drop of a database that keeps a table. No metastore does that, and the apply would fail halfway. */
import { type Address, kindOf } from "../../address.ts";
import { recordKey } from "../../bundle/effects.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import type { Facts } from "../../facts/refresh.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { tablesMadeBy } from "../../state/made-objects.ts";
import type { State } from "../../state/state.ts";
import { chooseConfig } from "../../validate/engines.ts";
import type { Stage } from "../stage.ts";

/** The input for the check. */
export interface FullInput {
  readonly project: Project;
  readonly state: State;
  readonly facts: Pick<Facts, "tables">;
  readonly engines: EngineSource;
  readonly destroy: boolean;
}

/** An error for each dropped database that keeps a known table. */
export function fullDatabases(stages: readonly Stage[], input: FullInput): readonly Diagnostic[] {
  const dropped = stages.filter(({ work }) => work.kind === "drop_database");
  if (dropped.length === 0) return [];
  // A destroy forgets what now belongs to others, and the drop reports it. Only excluded tables count here.
  const goes = ({ work }: Stage) => work.kind.startsWith("drop_") || (input.destroy && work.kind === "forget");
  const gone = new Set(stages.filter(goes).map(({ address }) => address));
  const declared = input.destroy ? [] : declaredTables(input);
  const kept = [...declared, ...appliedTables(input)].filter(({ address }) => !gone.has(address));
  const holders = new Map(kept.map(({ address, key }) => [key, address]));
  return dropped.flatMap(({ address, client, work }) => {
    const name = work.kind === "drop_database" ? work.name : "";
    const holder = client === undefined ? undefined : holders.get(`${recordKey(client)} ${name}`);
    if (holder === undefined) return [];
    return [
      error({
        code: "database/not-empty",
        summary: "Database is not empty",
        detail: `"${address}" would be dropped, but a table of "${holder}" stays in it. Remove that too, or keep the database: declare it, ${input.destroy ? "or leave it out with --exclude" : `or write "removed: [{ from: ${address}, destroy: false }]" in mason.yaml`}.`,
        address,
      }),
    ];
  });
}

/** A table with the key of its client and database. */
interface Kept {
  readonly address: Address;
  readonly key: string;
}

const declaredTables = ({ project, engines }: FullInput): readonly Kept[] =>
  resourcesOf(project, "table").flatMap(({ address, configId, database }) => {
    const chosen = chooseConfig(project, configId);
    const record = "problem" in chosen ? undefined : engines.recordOf(chosen.config, "metastore")?.record;
    return record === undefined ? [] : [{ address, key: `${recordKey(record)} ${database}` }];
  });

/** Existing tables of the state, including those that deployments made. */
const appliedTables = ({ state, facts }: FullInput): readonly Kept[] =>
  [...state.resources].flatMap(([address, entry]): readonly Kept[] => {
    const { client, declared } = entry;
    if (kindOf(address) === "table" && client !== undefined && facts.tables.get(address) !== null)
      return [{ address, key: `${recordKey(client)} ${String(declared.database)}` }];
    if (kindOf(address) !== "deployment") return [];
    return tablesMadeBy(address, entry).flatMap(({ fact, client: own, database }) =>
      facts.tables.get(fact) === null ? [] : [{ address, key: `${recordKey(own)} ${database}` }],
    );
  });

const mostNamed = 3;

/** An error for each database that would be dropped while tables are in it that only the metastore knows. */
export function strangersInDatabases(found: ReadonlyMap<Address, readonly string[]>): readonly Diagnostic[] {
  return [...found].map(([address, others]) => {
    const more = others.length > mostNamed ? ` and ${others.length - mostNamed} more` : "";
    return error({
      code: "database/not-empty",
      summary: "Database is not empty",
      detail: `"${address}" would be dropped, but it holds tables that Mason did not make: ${others.slice(0, mostNamed).join(", ")}${more}. Move or drop them, or keep the database: leave it out with --exclude ${address}, or take it out of the state with "mason state rm ${address}".`,
      address,
    });
  });
}
