/** `partition:list`: lists the partitions of a table with their values and locations. */
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { Json } from "../../json.ts";
import type { Partition, Table } from "../../model/table.ts";
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { counted, tableOutputs } from "../output.ts";
import { databaseName, invalid, plainMap, requiredText, tableName } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { engineOf, noTable } from "../source/source.ts";
import { qualified } from "../table/table-data.ts";

export const list: BuiltinOperator = {
  definition: {
    namespace: "partition",
    command: "list",
    description: "Lists the partitions of a table with their values and locations",
    parameters: {
      required: [databaseName, tableName],
      optional: [{ name: "filter", type: "map", description: "Only partitions with these values: country=FR" }],
    },
    supportedConfigurations: [],
    needs: ["metastore.getTable", "metastore.listPartitions"],
    reads: [{ table: "${database_name}.${table_name}" }],
    writes: [],
    outputs: tableOutputs,
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async (context) =>
    lineOnly(`lists the partitions of ${shown(context, "database_name")}.${shown(context, "table_name")}`),
};

async function run({ parameters, engines }: OperatorContext): Promise<OperatorResult> {
  const [database, name] = [requiredText(parameters, "database_name"), requiredText(parameters, "table_name")];
  const metastore = engineOf(engines, "metastore");
  const table = await metastore.getTable(database, name);
  if (table === null) throw await noTable(engines, database, name);
  const filter = parameters.filter === undefined ? {} : filterOf(parameters.filter, table);
  const all = await metastore.listPartitions(database, name);
  const kept = all.filter((partition) => fits(partition, filter));
  return result({
    outputs: { database_name: database, table_name: name },
    data: kept.map(({ values, location }) => ({ Values: values, Location: location })),
    info: [summary(table, kept.length, all.length)],
  });
}

function summary(table: Table, kept: number, all: number): string {
  if (table.partitions.length === 0) return `Table "${qualified(table)}" is not partitioned.`;
  const of = `Table "${qualified(table)}" has ${counted(all, "partition")}.`;
  return kept === all ? of : `${of} ${kept} of them match${kept === 1 ? "es" : ""} the filter.`;
}

/** The filter's values by column. A text is `country=FR`, with commas between several pairs. */
function filterOf(filter: Json, table: Table): Partition["values"] {
  const values = typeof filter === "string" ? pairsOf(filter) : plainMap(filter);
  if (values === null) {
    throw invalid('The filter can\'t be read. Write it as a mapping of columns to values, or as "column=value".');
  }
  const names = table.partitions.map((column) => column.name);
  const wrong = Object.keys(values).find((column) => !names.includes(column));
  if (wrong === undefined) return values;
  const known = names.length === 0 ? "it has none" : `these are ${names.map((name) => `"${name}"`).join(", ")}`;
  throw invalid(
    `The filter names "${wrong}", which is not a partition column of table "${qualified(table)}": ${known}. Change the filter.${didYouMean(wrong, names)}`,
  );
}

function pairsOf(filter: string): Partition["values"] | null {
  const pairs: [string, string][] = [];
  for (const part of filter.split(",")) {
    const at = part.indexOf("=");
    if (at <= 0) return null;
    pairs.push([part.slice(0, at).trim(), part.slice(at + 1).trim()]);
  }
  return Object.fromEntries(pairs);
}

const fits = (partition: Partition, filter: Partition["values"]): boolean =>
  Object.entries(filter).every(([column, value]) => partition.values[column] === value);
