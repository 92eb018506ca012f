/** `table:summarize`: profiles each column: type, nulls, distinct values, minimum, maximum and mean. */
import type { Relation, Sink } from "../../job/job.ts";
import type { Schema } from "../../model/schema.ts";
import { summarySchema } from "../../sql/dialects/duckdb/jobs/summarize.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  type Parameters,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import {
  namedTable,
  rowsOf,
  rowWarnings,
  tableOutputs,
  type WantedOutput,
  wantedOutput,
  writerOutputs,
  writtenOutputs,
  writtenSentence,
} from "../output.ts";
import { onEmpty, outputParameters, outputPath, readHeaders, sourceParameters, text, texts } from "../parameters.ts";
import { chooseColumns, chooseFolders, type Problem, requireNone } from "../source/choose-columns.ts";
import { refuseGone } from "../source/gone-files.ts";
import { withOneSource, writeOneSource } from "../source/one-source.ts";
import { attempt, isUnknown, previewOutput, previewSource, writerPreview } from "../source/preview-source.ts";
import { shownWork } from "../source/shown-work.ts";
import { type ResolvedSource, resolveSource } from "../source/source.ts";
import { unreadableAmong } from "../source/unreadable.ts";

export const summarize: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "summarize",
    description: "Summarizes each column: type, non-null, null and distinct values, minimum, maximum and mean",
    parameters: {
      required: [],
      optional: [
        ...sourceParameters,
        onEmpty,
        { name: "columns", type: "list", chooses: true, description: "Columns to summarize; default: all" },
        readHeaders,
        outputPath,
        ...outputParameters,
      ],
    },
    supportedConfigurations: [],
    needs: ["execution.submit", "execution.getJob", "execution.results", "storage.expand"],
    reads: [{ table: "${database_name}.${table_name}" }, { path: "${input_path}" }],
    writes: [{ path: "${output_path}" }],
    outputs: [...writerOutputs, ...tableOutputs],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run(context: OperatorContext): Promise<OperatorResult> {
  const { parameters } = context;
  const output = text(parameters, "output_path") === undefined ? null : wantedOutput(parameters);
  const source = await resolveSource(context);
  await refuseGone(context, source);
  const { columns, problems } = wantedColumns(parameters, [...source.columns, ...source.partitions], source.label);
  requireNone(problems);
  return output === null ? showSummary(context, source, columns) : writeSummary(context, source, columns, output);
}

const showSummary = (context: OperatorContext, source: ResolvedSource, columns: Schema): Promise<OperatorResult> =>
  withOneSource(context, source, { beside: "" }, async (one) => {
    const job = await context.compute({ kind: "summarize", source: one, columns });
    const data = await rowsOf(context.engines, job);
    return result({
      outputs: { job_id: job.id, ...namedTable(context.parameters) },
      data,
      info: source.notes,
      warnings: rowWarnings(job, data.length, 'Set "output_path" to get all of it.'),
    });
  });

async function writeSummary(
  context: OperatorContext,
  source: ResolvedSource,
  columns: Schema,
  output: WantedOutput,
): Promise<OperatorResult> {
  const folders = chooseFolders("partition_columns", output.partitionBy, summarySchema, "the summary");
  requireNone(folders.problems);
  const options = { ...output, columns: summarySchema, partitionBy: folders.names, inputs: source.inputs };
  const job = (one: Relation, target: Sink) => ({ kind: "summarize", source: one, columns, target }) as const;
  const written = await writeOneSource(context, source, options, job);
  return result({
    outputs: { ...writtenOutputs(written), ...namedTable(context.parameters) },
    info: [writtenSentence(written), ...source.notes],
  });
}

function wantedColumns(
  parameters: Parameters,
  whole: Schema,
  of: string,
): { readonly columns: Schema; readonly problems: readonly Problem[] } {
  const wanted = texts(parameters, "columns");
  if (wanted === undefined) return { columns: whole, problems: [] };
  const { names, problems } = chooseColumns("columns", wanted, whole, of);
  return { columns: names.flatMap((name) => whole.filter((column) => column.name === name)), problems };
}

async function preview(context: PreviewContext): Promise<Preview> {
  const source = await previewSource(context);
  const problems: Problem[] = [];
  const whole = source.columns;
  const isReady = whole !== null && !isUnknown(context, "columns");
  const wanted = isReady
    ? attempt(problems, () => wantedColumns(context.parameters, whole, source.label), "columns")
    : null;
  problems.push(...(wanted?.problems ?? []));
  const reads = (wanted?.columns ?? []).map((column) => column.name);
  const isWritten = text(context.parameters, "output_path") !== undefined || isUnknown(context, "output_path");
  const output = isWritten ? previewOutput(context) : null;
  const shown = shownWork(context, output, { kinds: ["summarize"] }, (sink) =>
    source.relation === undefined || wanted === null
      ? null
      : { kind: "summarize", source: source.relation, columns: wanted.columns, ...sink },
  );
  problems.push(...shown.problems);
  const work = { columns: summarySchema, reads, statements: shown.statements, problems };
  if (output !== null) return writerPreview(source, output, work);
  return {
    summary: `${source.label} -> a summary`,
    columns: summarySchema,
    certainty: "predicted",
    statements: work.statements,
    makes: [],
    notes: source.notes ?? [],
    unreadable: unreadableAmong(source, reads),
    problems: [...source.problems, ...problems],
  };
}
