/** How many files a table had when a deployment last read it, by the state. */
import type { State } from "./state.ts";

/** 0 for a table that no run read, or that had no files. Where two configs have tables of one name, the config tells them apart. */
export function filesBefore(state: State, configId: string, database: string, table: string): number {
  const name = `table ${database}.${table}`;
  const names = new Set([name, `${name} (config ${configId})`]);
  let most = 0;
  for (const { inputs = {} } of state.resources.values())
    for (const [input, { files }] of Object.entries(inputs)) if (names.has(input)) most = Math.max(most, files);
  return most;
}
