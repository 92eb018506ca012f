/** `table:fake`: plausible typed rows, the same for the same seed. */
import type { FakeColumn } from "../../job/job.ts";
import { column, type Schema } from "../../model/schema.ts";
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
  counted,
  rowsOf,
  rowWarnings,
  wantedOutput,
  writeOutput,
  writerOutputs,
  writtenOutputs,
  writtenSentence,
} from "../output.ts";
import { integer, invalid, list, outputParameters, outputPath, sourceParameters, text } from "../parameters.ts";
import { chooseFolders, type Problem, requireNone } from "../source/choose-columns.ts";
import {
  attempt,
  isUnknown,
  previewOutput,
  previewSource,
  type SourcePreview,
  writerPreview,
} from "../source/preview-source.ts";
import { shownWork } from "../source/shown-work.ts";
import { type ResolvedSource, resolveSource } from "../source/source.ts";
import { unreadableAmong } from "../source/unreadable.ts";
import { fakeColumns } from "./fake-columns.ts";

export const fake: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "fake",
    description: "Makes up plausible typed rows, the same for the same seed",
    parameters: {
      required: [{ name: "size", type: "integer", least: 0, description: "How many rows" }],
      optional: [
        {
          name: "columns",
          type: "list",
          description: 'Columns, as maps of name and type or as strings like "id:bigint"',
        },
        ...sourceParameters,
        { name: "seed", type: "integer", least: 0, default: 0, description: "A different seed gives different rows" },
        outputPath,
        ...outputParameters,
      ],
    },
    supportedConfigurations: [],
    needs: ["execution.submit", "execution.getJob", "execution.results"],
    reads: [{ table: "${database_name}.${table_name}" }, { path: "${input_path}" }],
    writes: [{ path: "${output_path}" }],
    outputs: writerOutputs,
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run(context: OperatorContext): Promise<OperatorResult> {
  const { parameters } = context;
  const { size, seed } = wantedRows(parameters);
  const listed = listedColumns(parameters);
  const output = text(parameters, "output_path") === undefined ? null : wantedOutput(parameters);
  const imitated = listed === null ? await resolveSource(context) : null;
  const columns = listed ?? [...(imitated?.columns ?? []), ...(imitated?.partitions ?? [])];
  const job = { kind: "fake", columns, size, seed } as const;
  if (output === null) return show(context, job);
  const schema = asSchema(columns);
  const folders = chooseFolders("partition_columns", output.partitionBy, schema, "the rows");
  requireNone(folders.problems);
  const options = { ...output, columns: schema, partitionBy: folders.names, inputs: inputsOf(imitated) };
  const written = await writeOutput(context, options, (target) => ({ ...job, target }));
  return result({ outputs: writtenOutputs(written), info: [writtenSentence(written)] });
}

const inputsOf = (imitated: ResolvedSource | null): readonly string[] => imitated?.inputs ?? [];

async function show(
  context: OperatorContext,
  work: {
    readonly kind: "fake";
    readonly columns: readonly FakeColumn[];
    readonly size: number;
    readonly seed: number;
  },
): Promise<OperatorResult> {
  const job = await context.compute(work);
  const data = await rowsOf(context.engines, job);
  return result({
    outputs: { job_id: job.id },
    data,
    warnings: rowWarnings(job, data.length, 'Set "output_path" to get all of them.'),
  });
}

function wantedRows(parameters: Parameters): { readonly size: number; readonly seed: number } {
  const size = integer(parameters, "size");
  if (size === undefined) throw invalid('The parameter "size" has no value. Set it to the number of rows to make up.');
  return { size, seed: integer(parameters, "seed") ?? 0 };
}

/** The listed columns, or `null` when a source is imitated. */
function listedColumns(parameters: Parameters): readonly FakeColumn[] | null {
  const items = list(parameters, "columns");
  const hasSource = ["database_name", "table_name", "input_path"].some((name) => parameters[name] !== undefined);
  if (items !== undefined && hasSource) {
    throw invalid('Both "columns" and a source to imitate are given. Give one of them.');
  }
  if (items === undefined && !hasSource) {
    throw invalid('No columns are given. Give "columns", or a table or path to imitate.');
  }
  return items === undefined ? null : fakeColumns(items);
}

const asSchema = (columns: readonly FakeColumn[]): Schema => columns.map(({ name, type }) => column(name, type));

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters } = context;
  const problems: Problem[] = [];
  const rows = isUnknown(context, "size", "seed") ? null : attempt(problems, () => wantedRows(parameters), "size");
  const source = await previewColumns(context, problems);
  const label = `${rows === null ? "made-up" : counted(rows.size, "made-up row")}${source.label}`;
  const work = {
    columns: source.columns,
    reads: [],
    statements: [rows === null ? "fake" : `fake, seed ${rows.seed}`],
    problems,
  };
  if (text(parameters, "output_path") !== undefined || isUnknown(context, "output_path")) {
    const output = previewOutput(context);
    const { columns } = source;
    const shown = shownWork(context, output, { kinds: work.statements }, (sink) =>
      rows === null || columns === null ? null : { kind: "fake", columns, ...rows, ...sink },
    );
    return writerPreview({ ...source, label }, output, {
      ...work,
      ...shown,
      problems: [...problems, ...shown.problems],
    });
  }
  return {
    summary: label,
    ...(source.columns === null ? {} : { columns: source.columns }),
    certainty: source.columns === null ? "unknown" : "predicted",
    statements: work.statements,
    makes: [],
    unreadable: unreadableAmong(source, []),
    problems: [...problems, ...source.problems],
  };
}

async function previewColumns(context: PreviewContext, problems: Problem[]): Promise<SourcePreview> {
  const none = { label: "", columns: null, partitions: [], format: "unknown", problems: [], inputs: [] } as const;
  if (isUnknown(context, "columns", "database_name", "table_name", "input_path")) return none;
  const before = problems.length;
  const listed = attempt(problems, () => listedColumns(context.parameters));
  if (problems.length > before) return none;
  if (listed !== null) return { ...none, columns: asSchema(listed) };
  const source = await previewSource(context);
  return { ...source, label: ` like ${source.label}` };
}
