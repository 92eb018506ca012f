/** `table:list`: the tables of a database, by name. */
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { databaseName, requiredText, text } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { engineOf } from "../source/source.ts";

export const list: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "list",
    description: "Lists the tables of a database",
    parameters: {
      required: [databaseName],
      optional: [{ name: "prefix", type: "string", description: "Only tables whose name starts with this" }],
    },
    supportedConfigurations: [],
    needs: ["metastore.listTables"],
    reads: [],
    writes: [],
    outputs: [{ name: "database_name", type: "string" }],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async (context) => lineOnly(`lists the tables of ${shown(context, "database_name")}`),
};

async function run({ parameters, engines }: OperatorContext): Promise<OperatorResult> {
  const database = requiredText(parameters, "database_name");
  const prefix = text(parameters, "prefix");
  const tables = await engineOf(engines, "metastore").listTables(database, prefix === undefined ? {} : { prefix });
  const names = tables.map((table) => table.name);
  const which = prefix === undefined ? "" : ` whose name starts with "${prefix}"`;
  return result({
    outputs: { database_name: database },
    data: [{ Tables: names }],
    info: names.length === 0 ? [`Database "${database}" has no tables${which}.`] : [],
  });
}
