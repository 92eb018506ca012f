/** `table:query`: runs one SELECT over tables of the metastore; `$table` is the named table. It returns the rows, or writes them. */
import type { Schema } from "../../model/schema.ts";
import type { Table } from "../../model/table.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import {
  namedTable,
  rowsOf,
  rowWarnings,
  tableOutputs,
  wantedOutput,
  writeOutput,
  writerOutputs,
  writtenOutputs,
  writtenSentence,
} from "../output.ts";
import { databaseName, integer, onEmpty, outputParameters, outputPath, tableName, text } from "../parameters.ts";
import { chooseFolders, type Problem, requireNone } from "../source/choose-columns.ts";
import {
  attempt,
  isUnknown,
  noteFailure,
  orNull,
  previewOutput,
  type SourcePreview,
  writerPreview,
} from "../source/preview-source.ts";
import { shownWork } from "../source/shown-work.ts";
import { dialectOf, inputOf } from "../source/source.ts";
import { unreadableInQuery } from "../source/unreadable.ts";
import {
  boundSql,
  type NamedTable,
  placeOf,
  type QueryReads,
  type QuerySources,
  querySources,
  readsOf,
} from "./query-sources.ts";
import { guessesInPlan, refuseGuesses } from "./refuse-guesses.ts";
import { filePaths, filesBelowRoot, rootFor } from "./sql-files.ts";
import { unreadableReads } from "./unreadable-reads.ts";

const defaultLimit = 1000;

export const query: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "query",
    description: "Runs one SELECT over tables; $table is the named table. Shows the rows, or writes them",
    parameters: {
      required: [
        { name: "query_string", type: "sql", description: "One SELECT; tables are database.table, or $table" },
      ],
      optional: [
        databaseName,
        tableName,
        onEmpty,
        outputPath,
        {
          name: "limit",
          type: "integer",
          least: 1,
          description: "Maximum number of rows; default: 1000 when they are shown, all when they are written",
        },
        ...outputParameters,
      ],
    },
    supportedConfigurations: [],
    needs: ["execution.submit", "execution.getJob", "execution.results", "metastore.getTable", "storage.expand"],
    reads: [{ table: "${database_name}.${table_name}" }],
    writes: [{ path: "${output_path}" }],
    outputs: [...writerOutputs, ...tableOutputs],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run(context: OperatorContext): Promise<OperatorResult> {
  const { parameters, engines } = context;
  const isWritten = text(parameters, "output_path") !== undefined;
  // Wrong parameters are reported before anything is read.
  if (isWritten) wantedOutput(parameters);
  const limit = integer(parameters, "limit", 1);
  const sql = boundSql(parameters, dialectOf(engines));
  const reads = await readsOf(engines, parameters, sql);
  const files = await filesBelowRoot(engines, reads.files);
  const guessed = await refuseGuesses(context, sql, reads.files);
  const found = await querySources(context, reads.tables);
  const [inputs, notes] = [
    [...found.inputs, ...files],
    [...found.notes, ...guessed],
  ];
  const asked: Asked = { sql, ...rootFor(engines, reads.files), found: { ...found, inputs, notes } };
  return isWritten ? write(context, asked, limit) : show(context, asked, limit ?? defaultLimit);
}

/** What a run asks of the engine. */
interface Asked {
  readonly sql: string;
  readonly root?: string;
  readonly found: QuerySources;
}

/** The job without its target. */
const jobOf = ({ found, ...asked }: Asked) => ({ kind: "query", ...asked, sources: found.sources }) as const;

async function show(context: OperatorContext, asked: Asked, limit: number): Promise<OperatorResult> {
  const job = await context.compute({ ...jobOf(asked), limit });
  const data = await rowsOf(context.engines, job, limit);
  return result({
    outputs: { job_id: job.id, ...namedTable(context.parameters) },
    data,
    info: asked.found.notes,
    warnings: rowWarnings(job, data.length, cutAdvice(data.length, limit)),
  });
}

/** The engine keeps a bounded number of rows, whatever the limit. */
const cutAdvice = (rows: number, limit: number) =>
  rows < limit
    ? 'Set "output_path" to get all of them.'
    : 'Raise "limit" to see more, or set "output_path" to get all of them.';

async function write(context: OperatorContext, asked: Asked, limit: number | undefined): Promise<OperatorResult> {
  const { found } = asked;
  const output = wantedOutput(context.parameters);
  const isChecked = output.partitionBy.length > 0 || context.declared.at(output.path).length > 0;
  const columns = isChecked ? await columnsOf(context, asked) : null;
  if (columns !== null)
    requireNone(chooseFolders("partition_columns", output.partitionBy, columns, "the result").problems);
  const written = await writeOutput(context, { ...output, columns, inputs: found.inputs }, (target) => ({
    ...jobOf(asked),
    ...(limit === undefined ? {} : { limit }),
    target,
  }));
  return result({
    outputs: { ...writtenOutputs(written), ...namedTable(context.parameters) },
    info: [writtenSentence(written), ...found.notes],
  });
}

/** The columns of the query, before anything is computed; `null` when the engine can't tell them. */
async function columnsOf({ engines }: OperatorContext, { sql, found, ...asked }: Asked): Promise<Schema | null> {
  // The first of several sources of one name has all columns.
  const byName = new Map([...found.sources].reverse().map((source) => [JSON.stringify(source.name), source]));
  const tables = [...byName.values()].map((source) => ({ name: source.name, table: source }));
  const described = await engines.execution?.describe?.(sql, tables, asked);
  return described?.ok === true ? described.columns : null;
}

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters } = context;
  const problems: Problem[] = [];
  const isReady = !isUnknown(context, "query_string", "database_name", "table_name");
  const sql = isReady
    ? attempt(problems, () => boundSql(parameters, dialectOf(context.engines)), "query_string")
    : null;
  const reads = sql === null ? null : await readsNamed(context, sql, problems);
  const tables = reads?.tables ?? null;
  const files = reads?.files ?? [];
  const described = sql === null || reads === null ? null : await typesOf(context, sql, reads, problems);
  const typed = described?.columns ?? null;
  const certainty = described?.isPredicted === true ? ("predicted" as const) : ("checked" as const);
  const paths = filePaths(context.engines, files, problems);
  const guessed = typed === null || sql === null ? [] : await guessesInPlan(context, sql, files, problems);
  const inputs = [...(await locations(context, tables ?? [])), ...paths];
  const labels = [
    ...(tables ?? []).map(({ database, table }) => `${database}.${table}`),
    ...(reads?.elsewhere ?? []),
    ...paths,
    ...(files.some(({ path }) => path === null) ? ["files known after apply"] : []),
  ];
  const label = tables === null ? "SQL" : labels.length === 0 ? "constants" : [...new Set(labels)].join(", ");
  const { certain: unreadable, notes: unread } = described?.unreadable ?? { certain: [], notes: [] };
  const notes = [...unread, ...guessed];
  const source: SourcePreview = {
    label,
    columns: typed,
    partitions: [],
    format: "unknown",
    problems: [],
    unreadable,
    notes,
    inputs,
  };
  const work = {
    columns: typed,
    reads: unreadable.flatMap(({ column }) => column ?? []),
    statements: sql === null ? [] : [sql],
    problems,
    certainty,
  };
  if (text(parameters, "output_path") !== undefined || isUnknown(context, "output_path")) {
    const output = previewOutput(context);
    const limit = isUnknown(context, "limit") ? undefined : integer(parameters, "limit");
    const shown = shownWork(context, output, { kinds: work.statements, columns: typed }, (sink) =>
      sql === null ? null : { kind: "query", sql, sources: [], ...(limit === undefined ? {} : { limit }), ...sink },
    );
    return writerPreview(source, output, { ...work, ...shown, problems: [...problems, ...shown.problems] });
  }
  return {
    summary: `${label} -> rows`,
    ...(typed === null ? {} : { columns: typed }),
    certainty: typed === null ? "unknown" : certainty,
    statements: work.statements,
    makes: [],
    unreadable,
    notes,
    problems,
  };
}

async function readsNamed(context: PreviewContext, sql: string, problems: Problem[]): Promise<QueryReads | null> {
  try {
    return await readsOf(context.engines, context.parameters, sql);
  } catch (error) {
    noteFailure(problems, error, "query_string");
    return null;
  }
}

/** The columns of the result, or `null` unless all tables are known. */
async function typesOf(
  context: PreviewContext,
  sql: string,
  { tables, files }: QueryReads,
  problems: Problem[],
): Promise<{
  readonly columns: Schema;
  readonly isPredicted?: boolean;
  readonly unreadable: Awaited<ReturnType<typeof unreadableInQuery>>;
} | null> {
  const extra: { readonly name: string; readonly table: Table }[] = [];
  const all: Table[] = [];
  for (const { name, database, table } of tables) {
    const known = await orNull(context.table(database, table));
    if (known === null) return null;
    all.push(known);
    if (name.length === 1) extra.push({ name: table, table: known });
  }
  const described = await orNull(context.describe(sql, extra));
  if (described === null || "undecided" in described) return null;
  if (described.ok) {
    const ofTables = await unreadableInQuery(context, sql, all, extra);
    const ofFiles = await unreadableReads(context, { sql, extra }, files);
    const unreadable = {
      certain: [...ofTables.certain, ...ofFiles.certain],
      notes: [...ofTables.notes, ...ofFiles.notes],
    };
    return { ...described, unreadable };
  }
  problems.push({ parameter: "query_string", message: `${described.message}${placeOf(sql, described.offset)}` });
  return null;
}

async function locations(context: PreviewContext, tables: readonly NamedTable[]): Promise<readonly string[]> {
  const found = await Promise.all(tables.map(({ database, table }) => orNull(context.table(database, table))));
  return found.flatMap((table) => (table === null ? [] : [inputOf(context.engines, table)]));
}
