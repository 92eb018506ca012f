/** `table:refresh`: reads the schema and partitions of the files behind a table again, and reports what changed. */
import { readSchema } from "../../catalog/schema/reader.ts";
import type { ReadSchemaOptions, SchemaReading } from "../../catalog/schema/reading.ts";
import type { Table } from "../../model/table.ts";
import { isProviderError } from "../../provider/error.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import { tableOutputs } from "../output.ts";
import { refuseForeign } from "../owner.ts";
import { databaseName, requiredText, tableName } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { changesBetween } from "../register/differences.ts";
import {
  addPartitions,
  cataloguedTable,
  declaredMismatch,
  declaredTable,
  dropGonePartitions,
  refuseConflict,
  registerTable,
  wantedTable,
} from "../register/register.ts";
import { orNull } from "../source/preview-source.ts";
import { engineOf, noTable } from "../source/source.ts";
import { lookAt, unreadableAmong } from "../source/unreadable.ts";
import { qualified, tableData } from "./table-data.ts";

export const refresh: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "refresh",
    description: "Reads the schema and partitions of the files behind a table again",
    parameters: { required: [databaseName, tableName], optional: [] },
    supportedConfigurations: [],
    needs: [
      "metastore.getTable",
      "metastore.updateTable",
      "metastore.listPartitions",
      "storage.expand",
      "storage.read",
      "storage.stat",
    ],
    reads: [],
    writes: [{ table: "${database_name}.${table_name}" }],
    outputs: tableOutputs,
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run(context: OperatorContext): Promise<OperatorResult> {
  const { parameters, engines, owner } = context;
  const [database, name] = [requiredText(parameters, "database_name"), requiredText(parameters, "table_name")];
  const existing = await cataloguedTable(context, database, name);
  if (existing === null) throw await noTable(engines, database, name);
  refuseForeign(`Table "${qualified(existing)}"`, existing.owner, owner);
  const reading = await read(context, existing);
  const changes = [
    ...(reading === null ? [] : await update(context, existing, reading)),
    ...(await dropGonePartitions(context, existing, reading?.partitionValues ?? [])),
  ];
  const table = await engineOf(engines, "metastore").getTable(database, name);
  const label = qualified(existing);
  const none =
    reading === null
      ? `There are no files at "${existing.location}", so the columns of table "${label}" are left unchanged.`
      : `Table "${label}" already matches its files. Nothing was changed.`;
  return result({
    outputs: { database_name: database, table_name: name },
    data: table === null ? [] : [tableData(table)],
    info: [...(changes.length === 0 || reading === null ? [none] : []), ...changes, ...(reading?.notes ?? [])],
  });
}

async function update(context: OperatorContext, existing: Table, reading: SchemaReading): Promise<readonly string[]> {
  const wanted = wantedTable(
    existing,
    { ...existing, ...reading, location: existing.location },
    existing,
    context.owner,
  );
  return [
    ...(await registerTable(context, existing, wanted)),
    ...(await addPartitions(context, wanted, reading.partitionValues)),
  ];
}

/** The schema of the files, read the way the table reads them; `null` when there are none. */
async function read({ engines, signal }: OperatorContext, table: Table): Promise<SchemaReading | null> {
  try {
    const reading = await readSchema(engineOf(engines, "storage"), table.location, {
      ...asTableReads(table),
      signal,
    });
    refuseConflict(table.location, reading);
    return reading;
  } catch (error) {
    if (isProviderError(error, "not_found")) return null;
    throw error;
  }
}

/** The settings of the table, and the header that its files were found to have. */
function asTableReads({ csv, settings }: Table): Pick<ReadSchemaOptions, "csv" | "files" | "nullPadding"> {
  const header = csv === undefined ? {} : { header: csv.header };
  return {
    ...settings,
    csv: { ...header, ...settings?.csv },
    ...(csv === undefined ? {} : { nullPadding: csv.nullPadding }),
  };
}

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters, unknown } = context;
  const label = `${shown(context, "database_name")}.${shown(context, "table_name")}`;
  if (unknown.has("database_name") || unknown.has("table_name")) return lineOnly(`refreshes ${label}`);
  const known = await orNull(context.table(String(parameters.database_name), String(parameters.table_name)));
  if (known === null || !known.catalogued) return lineOnly(`refreshes ${label} (not there yet)`);
  const look = await lookAt(context, known.location, asTableReads(known));
  const { files: found, problems } = look;
  if (found === null) return { ...lineOnly(`refreshes ${label}`), unreadable: unreadableAmong(look, []), problems };
  // A preview does not tell how files are delimited.
  const csv = known.csv === undefined ? {} : { csv: known.csv };
  const wanted = wantedTable(known, { ...known, ...found, location: known.location, ...csv }, known, undefined);
  const declared = declaredTable(context.declared, known, known);
  const mismatch = declared === null ? null : declaredMismatch(declared, wanted);
  const changes = declared === null ? changesBetween(known, wanted) : [];
  return {
    summary: changes.length === 0 ? `refreshes ${label}` : `refreshes ${label}: ${changes.join(" ")}`,
    columns: [...found.columns, ...found.partitions],
    certainty: "predicted",
    statements: [],
    makes: changes.length === 0 ? [] : [{ table: { ...known, ...wanted } }],
    notes: found.notes ?? [],
    problems: mismatch === null ? [] : [{ parameter: "table_name", message: mismatch }],
  };
}
