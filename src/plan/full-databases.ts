/** The stop before a database is dropped in which a table stays: no metastore does that, and an apply would find out halfway. */
import { type Address, kindOf } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import type { State } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import type { EngineSource } from "./engine-source.ts";
import { tablesMade } from "./made.ts";
import { recordKey } from "./places.ts";
import type { Stage } from "./stage.ts";

/** What is looked at for tables that stay. */
export interface FullInput {
  readonly project: Project;
  readonly state: State;
  readonly engines: EngineSource;
  readonly destroy: boolean;
}

/** An error for each database that would be dropped while a declared table, or one that a deployment made, stays in it. */
export function fullDatabases(stages: readonly Stage[], input: FullInput): readonly Diagnostic[] {
  const dropped = stages.filter(({ work }) => work.kind === "drop_database");
  if (dropped.length === 0 || input.destroy) return [];
  const gone = new Set(stages.flatMap(({ address, work }) => (work.kind.startsWith("drop_") ? [address] : [])));
  const kept = [...declaredTables(input), ...madeTables(input.state)].filter(({ address }) => !gone.has(address));
  const holders = new Map(kept.map(({ address, key }) => [key, address]));
  return dropped.flatMap(({ address, client, work }) => {
    const name = work.kind === "drop_database" ? work.name : "";
    const holder = client === undefined ? undefined : holders.get(`${recordKey(client)} ${name}`);
    if (holder === undefined) return [];
    return [
      error({
        code: "database/not-empty",
        summary: "Database is not empty",
        detail: `"${address}" is no longer declared and would be dropped, and "${holder}" keeps a table in it. Declare it again, take "${holder}" out too, or keep the database with "removed: [{ from: ${address}, destroy: false }]" in mason.yaml.`,
        address,
      }),
    ];
  });
}

/** A table, by client and database. */
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

const madeTables = (state: State): readonly Kept[] =>
  [...state.resources].flatMap(([address, entry]) =>
    kindOf(address) !== "deployment"
      ? []
      : tablesMade(address, entry).map(({ client, database }) => ({
          address,
          key: `${recordKey(client)} ${database}`,
        })),
  );
