/** What the plan says about tables that a step reads and that lack files, which is an error if they had some, or columns of them. */

import type { BundleStep } from "../../bundle/bundle.ts";
import type { Dataflow } from "../../bundle/data-flow.ts";
import { isOwn } from "../../bundle/data-flow.ts";
import type { NamedPlace, Place } from "../../bundle/effects.ts";
import type { Predicted } from "../../bundle/predict-parameters.ts";
import type { Table } from "../../model/table.ts";
import { allParameters, operatorName } from "../../operator/definition.ts";
import type { Preview } from "../../operator/operator.ts";
import { goneFiles, mayBeEmpty } from "../../operator/source/gone-files.ts";
import { lackingNotes } from "../../operator/source/lacking-notes.ts";
import { orNull } from "../../operator/source/preview-source.ts";
import { mergedSettings, readOptions } from "../../operator/source/read-parameters.ts";
import { tableOptions } from "../../operator/source/source.ts";
import { parameterNaming } from "./parameter-naming.ts";
import type { WorldView } from "./world.ts";

/** The tables and paths around a deployment. */
export interface DataAround {
  readonly reads: readonly NamedPlace[];
  /** What the deployment and those before it write: files may come from there. */
  readonly written: Pick<Dataflow, "writes" | "openWrites">;
}

/** How many tables of a step are looked into; the run tells the rest. */
const mostLooked = 100;

/** Problems of tables whose files are gone, and notes about tables that never had any. */
export async function tablesWithoutFiles(
  step: BundleStep,
  { parameters, unknown }: Predicted,
  { reads, written }: DataAround,
  view: WorldView,
): Promise<{ readonly problems: Preview["problems"]; readonly notes: readonly string[] }> {
  const [problems, notes]: [Preview["problems"][number][], string[]] = [[], []];
  let looked = 0;
  if (!readsRows(step, parameters) || unknown.has("on_empty")) return { problems, notes };
  const tables = reads.flatMap((place) => (place.kind === "table" && place.steps.includes(step.id) ? [place] : []));
  for (const { database, table: name, configId } of tables) {
    const table = await orNull(view.table(database, name));
    if (table === null || !table.catalogued) continue;
    const root = view.root === undefined ? {} : { root: view.root };
    const data: Place = { kind: "path", client: view.storage, configId, path: table.location, ...root };
    if (isOwn(data, written, data)) continue;
    if ((await view.hasFiles(table.location)) !== false) {
      if (looked++ < mostLooked) notes.push(...(await lackingIn(table, view)));
      continue;
    }
    const gone = mayBeEmpty(parameters) ? null : await goneFiles(view.declared, table);
    if (gone !== null) problems.push({ ...parameterNaming(step.parameters, name), message: gone });
    else notes.push(`${database}.${name} has no files at ${table.location || "."}: it is read as an empty table`);
  }
  return { problems, notes };
}

/** Notes about columns that the table's text files lack. Only the heads of files are read, once for each content. */
async function lackingIn(table: Table, view: Pick<WorldView, "files">): Promise<readonly string[]> {
  if (!["csv", "json", "jsonl"].includes(table.format)) return [];
  const settings = mergedSettings(table.settings, {});
  const options = { ...readOptions(settings), ...tableOptions(table, settings.csv) };
  const found = await orNull(view.files(table.location, options));
  return found === null ? [] : lackingNotes(table, found.lacking ?? []);
}

/** False for operators that only look at the schema of a table. */
function readsRows({ operator }: BundleStep, parameters: Predicted["parameters"]): boolean {
  if (operator.work.kind === "sql") return true;
  const isReader = operator.work.kind === "builtin" && allParameters(operator).some(({ name }) => name === "on_empty");
  return isReader && (operatorName(operator) !== "table:get" || parameters.output_path !== undefined);
}
