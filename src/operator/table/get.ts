/** `table:get`: shows what is known about a table; with `output_path` it also writes a few of its rows to a file. */
import { plainTable } from "../../catalog/file-metastore/uncatalogued.ts";
import { readSchema } from "../../catalog/schema/reader.ts";
import type { AnyJob, Sink } from "../../job/job.ts";
import type { Table } from "../../model/table.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import { tableOutputs, wantedOutput, writeOutput, writerOutputs, writtenSentence } from "../output.ts";
import {
  csvParameter,
  databaseName,
  filesParameter,
  integer,
  onEmpty,
  outputFormat,
  outputPath,
  overwrite,
  readHeaders,
  requiredText,
  sampleSizeParameter,
  tableName,
  text,
} from "../parameters.ts";
import { shown } from "../preview.ts";
import { refuseGone } from "../source/gone-files.ts";
import { asRelation, isUniform } from "../source/one-source.ts";
import { attempt, orNull, previewOutput, previewSource, writerPreview } from "../source/preview-source.ts";
import { readingOf, readOptions } from "../source/read-parameters.ts";
import { shownWork } from "../source/shown-work.ts";
import { engineOf, noTable, type ResolvedSource, resolveTable } from "../source/source.ts";
import { unreadableAmong } from "../source/unreadable.ts";
import { notesOf, summaryOf, tableData } from "./table-data.ts";

const defaultLimit = 10;

export const get: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "get",
    description: "Shows a table: columns and types, format, partitions, location, who created it and when",
    parameters: {
      required: [databaseName, tableName],
      optional: [
        csvParameter,
        filesParameter,
        readHeaders,
        sampleSizeParameter,
        { ...outputPath, description: "Where to write the first rows of the table; without it no data is read" },
        {
          name: "limit",
          type: "integer",
          least: 1,
          default: defaultLimit,
          description: "How many rows to write to output_path",
        },
        outputFormat,
        overwrite,
        onEmpty,
      ],
    },
    supportedConfigurations: [],
    // Storage and execution are needed only with output_path, and are requested then.
    needs: ["metastore.getTable"],
    reads: [{ table: "${database_name}.${table_name}" }],
    writes: [{ path: "${output_path}" }],
    outputs: [...tableOutputs, ...writerOutputs],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run(context: OperatorContext): Promise<OperatorResult> {
  const { parameters, engines } = context;
  const [database, name] = [requiredText(parameters, "database_name"), requiredText(parameters, "table_name")];
  const found = await engineOf(engines, "metastore").getTable(database, name);
  if (found === null) throw await noTable(engines, database, name);
  const table = await asAsked(context, found);
  const { notes, conflicts } = notesOf(table);
  const written = text(parameters, "output_path") === undefined ? null : await writeRows(context, database, name);
  return result({
    outputs: {
      database_name: database,
      table_name: name,
      ...(written === null ? {} : { output_path: written.path, job_id: written.job.id }),
    },
    data: [tableData(table)],
    info: [
      ...(table.catalogued ? [] : [`"${name}" is not in the catalog; it was read from "${table.location}".`]),
      ...notes,
      ...(written === null ? [] : [writtenSentence(written)]),
    ],
    warnings: conflicts,
  });
}

/** Reads a table that is only files again when the parameters ask for another way than the metastore's. */
async function asAsked({ parameters, engines, signal }: OperatorContext, table: Table): Promise<Table> {
  const asked = readingOf(parameters);
  if (table.catalogued || Object.keys(asked).length === 0) return table;
  const reading = await readSchema(engineOf(engines, "storage"), table.location, { ...readOptions(asked), signal });
  return plainTable(table.database, table.name, table.location, reading);
}

async function writeRows(context: OperatorContext, database: string, name: string) {
  const { parameters, engines, signal } = context;
  engineOf(engines, "execution");
  const output = wantedOutput(parameters);
  const source = await resolveTable(engines, database, name, { ...readingOf(parameters), name: ["source"], signal });
  await refuseGone(context, source);
  const limit = integer(parameters, "limit", 1) ?? defaultLimit;
  const options = { ...output, columns: [...source.columns, ...source.partitions], inputs: source.inputs };
  return writeOutput(context, options, (target) => firstRows(source, limit, target));
}

function firstRows(resolved: ResolvedSource, limit: number, target: Sink): AnyJob {
  const [source] = resolved.sources;
  if (source !== undefined && isUniform(resolved)) return { kind: "preview", source, limit, target };
  return { kind: "query", sql: "select * from source", sources: asRelation(resolved), limit, target };
}

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters, unknown } = context;
  const label = `${shown(context, "database_name")}.${shown(context, "table_name")}`;
  const isKnown = !unknown.has("database_name") && !unknown.has("table_name");
  const table = isKnown
    ? await orNull(context.table(String(parameters.database_name), String(parameters.table_name)))
    : null;
  const path = unknown.has("output_path") ? undefined : text(parameters, "output_path");
  const to = path === undefined ? "" : ` -> ${path}, ${String(parameters.limit ?? defaultLimit)} rows`;
  if (table === null) {
    const what = isKnown ? " (not there yet)" : "";
    return { summary: `${label}${what}${to}`, certainty: "unknown", statements: [], makes: [], problems: [] };
  }
  const source = await previewSource(context);
  const columns = source.columns ?? [...table.columns, ...table.partitions];
  if (path !== undefined) {
    const output = previewOutput(context);
    const limit = attempt([], () => integer(parameters, "limit", 1)) ?? defaultLimit;
    const shown = shownWork(context, output, { kinds: ["preview"] }, (sink) =>
      source.relation === undefined ? null : { kind: "preview", source: source.relation, limit, ...sink },
    );
    const written = writerPreview(source, output, { columns, ...shown });
    return { ...written, summary: `${label}${to}` };
  }
  const asRead = {
    format: source.format,
    partitions: source.partitions,
    columns: columns.filter((column) => !source.partitions.includes(column)),
  };
  return {
    summary: `${label}: ${summaryOf(asRead)}`,
    columns,
    certainty: "predicted",
    statements: [],
    makes: [],
    notes: source.notes ?? [],
    unreadable: unreadableAmong(source, []),
    problems: source.problems,
  };
}
