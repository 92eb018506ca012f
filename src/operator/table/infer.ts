/** `table:infer`: creates or updates the table over files, with their real format, types and partitions. */
import { readSchema } from "../../catalog/schema/reader.ts";
import type { SchemaReading } from "../../catalog/schema/reading.ts";
import type { TableInput } from "../../engine/metastore.ts";
import type { Job } from "../../model/job.ts";
import { fileFormats, type Table } from "../../model/table.ts";
import {
  type BuiltinOperator,
  type FileOptions,
  type OperatorContext,
  type OperatorResult,
  type Parameters,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import { tableOutputs } from "../output.ts";
import { declaredBy, refuseForeign } from "../owner.ts";
import {
  csvParameter,
  databaseName,
  fileFormat,
  filesParameter,
  readHeaders,
  requiredText,
  sampleSizeParameter,
  tableName,
  text,
} from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { locationOf, nameFromPath } from "../register/location.ts";
import {
  addPartitions,
  cataloguedTable,
  declaredMismatch,
  declaredTable,
  refuseConflict,
  registerTable,
  wantedTable,
} from "../register/register.ts";
import type { Problem } from "../source/choose-columns.ts";
import { attempt, isUnknown, orNull } from "../source/preview-source.ts";
import { mergedSettings, readingOf, readOptions } from "../source/read-parameters.ts";
import { engineOf } from "../source/source.ts";
import { lookAt, unreadableAmong } from "../source/unreadable.ts";
import { qualified, tableData } from "./table-data.ts";

export const infer: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "infer",
    description: "Reads the schema of files and creates or updates the table over them",
    parameters: {
      required: [
        databaseName,
        { name: "storage_path", type: "path", description: "A file, directory or glob in the storage" },
      ],
      optional: [
        {
          ...tableName,
          description: "The table's name; default: the last part of storage_path",
          namedAfter: "storage_path",
        },
        csvParameter,
        filesParameter,
        readHeaders,
        sampleSizeParameter,
        {
          name: "format",
          type: "string",
          values: fileFormats,
          description: "Read the files as this format; default: detected by content and extension",
        },
      ],
    },
    supportedConfigurations: [],
    needs: [
      "metastore.getDatabase",
      "metastore.createDatabase",
      "metastore.getTable",
      "metastore.createTable",
      "metastore.updateTable",
      "metastore.listPartitions",
      "storage.expand",
      "storage.read",
    ],
    reads: [{ path: "${storage_path}" }],
    writes: [{ table: "${database_name}.${table_name}" }],
    outputs: [
      ...tableOutputs,
      { name: "format", type: "string" },
      { name: "location", type: "path" },
      { name: "job_id", type: "string" },
    ],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run(context: OperatorContext): Promise<OperatorResult> {
  const { parameters, engines, owner } = context;
  const location = locationOf(requiredText(parameters, "storage_path"));
  const name = text(parameters, "table_name") ?? nameFromPath(location);
  const place = { database: requiredText(parameters, "database_name"), name };
  const existing = await cataloguedTable(context, place.database, name);
  refuseForeign(`Table "${qualified(place)}"`, existing?.owner, owner);
  const asked = askedFor(parameters, existing);
  const reading = await read(context, location, asked.options);
  const wanted = wantedTable(place, { ...reading, location, ...asked.stored }, existing, owner);
  const job = await tryTypes(context, wanted);
  const changes = [
    ...(await registerTable(context, existing, wanted)),
    ...(await addPartitions(context, wanted, reading.partitionValues)),
  ];
  const table = await engineOf(engines, "metastore").getTable(place.database, name);
  const none = `Table "${qualified(place)}" already matches its files. Nothing was changed.`;
  return result({
    outputs: {
      database_name: place.database,
      table_name: name,
      format: wanted.format,
      location,
      ...(job === null ? {} : { job_id: job.id }),
    },
    data: table === null ? [] : [tableData(table)],
    info: [...(changes.length === 0 ? [none] : changes), ...reading.notes],
  });
}

/** How the files are read, in the plan and in the run, and the settings that the table keeps. A declared table keeps those of its declaration. */
function askedFor(parameters: Parameters, existing: Table | null) {
  const own = readingOf(parameters);
  const isDeclared = declaredBy(existing?.owner) !== null;
  const settings = mergedSettings(isDeclared ? existing?.settings : undefined, own);
  const kept = isDeclared ? existing?.settings : settings;
  const format = fileFormat(parameters, "format");
  const options: FileOptions = {
    ...readOptions({ ...own, ...settings }),
    ...(format === undefined ? {} : { format }),
  };
  return { options, stored: kept === undefined || Object.keys(kept).length === 0 ? {} : { settings: kept } };
}

async function read(
  { engines, signal }: OperatorContext,
  location: string,
  options: FileOptions,
): Promise<SchemaReading> {
  const reading = await readSchema(engineOf(engines, "storage"), location, { ...options, signal });
  refuseConflict(location, reading);
  return reading;
}

/** Selects nothing from such a table on the execution engine, if there is one, to find types that the engine can't read before the table exists. */
async function tryTypes({ engines, compute }: OperatorContext, table: TableInput): Promise<Job | null> {
  const { database, name, format, columns, partitions } = table;
  if (engines.execution === undefined || format === "mixed" || format === "unknown") return null;
  return compute({
    kind: "preview",
    source: { name: [database, name], files: [], format, columns, partitions },
    limit: 1,
  });
}

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters, unknown } = context;
  const isKnown = ["database_name", "table_name", "storage_path"].every((name) => !unknown.has(name));
  const place = isKnown ? placeOf(parameters) : null;
  const problems: Problem[] = [];
  if (place === null) {
    const [database, path] = [shown(context, "database_name"), shown(context, "storage_path")];
    return lineOnly(`${path} -> ${database}.${shown(context, "table_name") || "(named by its path)"}`);
  }
  const summary = `${place.location} -> ${qualified(place)}`;
  const known = await orNull(context.table(place.database, place.name));
  const existing = known?.catalogued === true ? known : null;
  const isOpen = isUnknown(context, "csv", "files", "read_headers", "sample_size", "format");
  const asked = isOpen ? null : attempt(problems, () => askedFor(parameters, existing));
  const look = asked === null ? null : await lookAt(context, place.location, asked.options);
  const found = look?.files ?? null;
  const unreadable = unreadableAmong(look ?? {}, []);
  problems.push(...(look?.problems ?? []));
  if (found === null || asked === null) return { ...lineOnly(summary), unreadable, problems };
  const wanted = wantedTable(place, { ...found, location: place.location, ...asked.stored }, existing, undefined);
  const declared = declaredTable(context.declared, place, existing);
  const mismatch = declared === null ? null : declaredMismatch(declared, wanted);
  return {
    summary,
    columns: [...found.columns, ...found.partitions],
    certainty: "predicted",
    statements: [],
    makes:
      mismatch === null
        ? [{ table: { ...wanted, catalogued: true }, ...(found.isPredicted === true ? { isPredicted: true } : {}) }]
        : [],
    notes: found.notes ?? [],
    problems: mismatch === null ? [] : [{ parameter: "storage_path", message: mismatch }],
  };
}

/** The location and the name that the table would have; `null` when the path gives none. */
function placeOf(parameters: PreviewContext["parameters"]) {
  try {
    const location = locationOf(requiredText(parameters, "storage_path"));
    const name = text(parameters, "table_name") ?? nameFromPath(location);
    return { location, name, database: requiredText(parameters, "database_name") };
  } catch {
    return null;
  }
}
