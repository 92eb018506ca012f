/** `database:list`: the databases of the metastore. */
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { integer, text } from "../parameters.ts";
import { lineOnly } from "../preview.ts";
import { engineOf } from "../source/source.ts";

export const list: BuiltinOperator = {
  definition: {
    namespace: "database",
    command: "list",
    description: "Lists the databases of the metastore",
    parameters: {
      required: [],
      optional: [
        { name: "limit", type: "integer", least: 1, description: "Maximum number of databases to list" },
        { name: "pattern", type: "string", description: "Only databases whose name matches this glob: sales_*" },
      ],
    },
    supportedConfigurations: [],
    needs: ["metastore.listDatabases"],
    reads: [],
    writes: [],
    outputs: [],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async () => lineOnly("lists databases"),
};

async function run({ parameters, engines }: OperatorContext): Promise<OperatorResult> {
  const [limit, pattern] = [integer(parameters, "limit", 1), text(parameters, "pattern")];
  const query = pattern === undefined ? {} : { pattern };
  const names = (await engineOf(engines, "metastore").listDatabases(query)).map((database) => database.name).sort();
  const shown = limit === undefined ? names : names.slice(0, limit);
  const info =
    shown.length < names.length
      ? [`${shown.length} of ${names.length} databases are shown. Raise "limit" to see more.`]
      : names.length === 0
        ? [pattern === undefined ? "There are no databases." : `No database matches "${pattern}".`]
        : [];
  return result({ data: [{ Databases: shown }], info });
}
