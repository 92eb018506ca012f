/** Finds tables that only the metastore knows in a database that the plan drops. No metastore drops it, and the apply would fail halfway. */

import { recordKey } from "../bundle/effects.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import type { EngineSource } from "../engine/engine-source.ts";
import type { Stage } from "../plan/stage.ts";
import { isProviderError } from "../provider/error.ts";
import { objectsMadeBy } from "../state/made-objects.ts";
import type { ClientRecord, State } from "../state/state.ts";

const mostNamed = 3;

/** An error for each such database. src/plan/stops covers the tables that the state knows. */
export async function unknownTables(
  stages: readonly Stage[],
  state: State,
  engines: EngineSource,
): Promise<readonly Diagnostic[]> {
  const dropped = stages.filter(({ work }) => work.kind === "drop_database");
  if (dropped.length === 0) return [];
  const known = knownTables(state);
  const problems: Diagnostic[] = [];
  for (const { address, client, work } of dropped) {
    if (client === undefined || work.kind !== "drop_database") continue;
    const names = await cataloguedTables(engines, client, work.name);
    const others = names.filter((name) => !known.has(tableKey(client, work.name, name)));
    if (others.length === 0) continue;
    const more = others.length > mostNamed ? ` and ${others.length - mostNamed} more` : "";
    problems.push(
      error({
        code: "database/not-empty",
        summary: "Database is not empty",
        detail: `"${address}" would be dropped, but it holds tables that Mason did not make: ${others.slice(0, mostNamed).join(", ")}${more}. Move or drop them, or keep the database: leave it out with --exclude ${address}, or take it out of the state with "mason state rm ${address}".`,
        address,
      }),
    );
  }
  return problems;
}

async function cataloguedTables(
  engines: EngineSource,
  client: ClientRecord,
  database: string,
): Promise<readonly string[]> {
  try {
    const metastore = await engines.ofClient(client, "metastore");
    const tables = await metastore.listTables(database);
    return tables.flatMap(({ name, catalogued }) => (catalogued ? [name] : []));
  } catch (thrown) {
    // The drop itself reports a denied read or a missing database.
    if (isProviderError(thrown, "denied") || isProviderError(thrown, "not_found")) return [];
    throw thrown;
  }
}

const tableKey = (client: ClientRecord, database: string, table: string): string =>
  `${recordKey(client)} ${database} ${table}`;

function knownTables({ resources }: State): ReadonlySet<string> {
  const known = new Set<string>();
  for (const entry of resources.values()) {
    const { client, declared } = entry;
    if (client !== undefined && declared.database !== undefined && declared.name !== undefined)
      known.add(tableKey(client, String(declared.database), String(declared.name)));
    for (const { client: own, database, table } of objectsMadeBy(entry))
      if (table !== undefined) known.add(tableKey(own, database, table));
  }
  return known;
}
