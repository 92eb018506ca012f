/** `table:format`: rewrites a table or files in another format, with fewer columns, or with other partitions. */
import type { Relation, Sink } from "../../job/job.ts";
import type { Json } from "../../json.ts";
import { nullPartition } from "../../model/partition-folder.ts";
import type { Schema } from "../../model/schema.ts";
import { fileFormats } from "../../model/table.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  type Parameters,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import { namedTable, tableOutputs, wantedOutput, writerOutputs, writtenOutputs, writtenSentence } from "../output.ts";
import {
  fileFormat,
  invalid,
  list,
  onEmpty,
  outputPath,
  overwrite,
  partitionColumns,
  plainMap,
  sampleSizeParameter,
  sourceParameters,
  texts,
} from "../parameters.ts";
import { type PartitionValues, refuseAbsent } from "../source/absent-partitions.ts";
import { type Chosen, chooseColumns, chooseFolders, type Problem, requireNone } from "../source/choose-columns.ts";
import { mayBeEmpty, refuseGone } from "../source/gone-files.ts";
import { writeOneSource } from "../source/one-source.ts";
import { attempt, isUnknown, previewOutput, previewSource, writerPreview } from "../source/preview-source.ts";
import { shownWork } from "../source/shown-work.ts";
import { resolveSource } from "../source/source.ts";

export const format: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "format",
    description: "Rewrites a table in another format, with a subset of its columns, or with other partitions",
    parameters: {
      required: [
        { name: "format", type: "string", values: fileFormats, description: "Format of the output" },
        outputPath,
      ],
      optional: [
        ...sourceParameters,
        onEmpty,
        partitionColumns,
        {
          name: "filter_columns",
          type: "list",
          chooses: true,
          description: "Columns to keep, in this order; default: all",
        },
        {
          name: "partitions",
          type: "list",
          chooses: true,
          description:
            'Partitions to keep, as maps of column and value or as strings like "year=2026/month=1"; default: all',
        },
        sampleSizeParameter,
        overwrite,
      ],
    },
    supportedConfigurations: [],
    needs: [
      "execution.submit",
      "execution.getJob",
      "storage.expand",
      "storage.stat",
      "storage.write",
      "storage.delete",
    ],
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
  const output = wantedOutput(parameters, givenFormat(parameters));
  const source = await resolveSource(context);
  await refuseGone(context, source);
  const whole = [...source.columns, ...source.partitions];
  const kept = keptColumns(parameters, output.partitionBy, whole, source.label);
  const partitions = wantedPartitions(parameters);
  requireNone([...kept.problems, ...partitionProblems(partitions, source.partitions, source.label)]);
  const partitionBy = chooseColumns("partition_columns", output.partitionBy, whole, source.label).names;
  const options = { ...output, columns: columnsNamed(kept.names, whole), partitionBy, inputs: source.inputs };
  const spelt = partitions?.map((values) => spelled(values, whole));
  if (spelt !== undefined && !mayBeEmpty(parameters)) refuseAbsent(source, spelt);
  const chosen = spelt === undefined ? {} : { partitions: spelt };
  const job = (one: Relation, target: Sink) =>
    ({ kind: "format", source: one, columns: kept.names, ...chosen, target }) as const;
  const written = await writeOneSource(context, source, options, job, partitions !== undefined);
  return result({
    outputs: { ...writtenOutputs(written), ...namedTable(context.parameters) },
    info: [writtenSentence(written), ...source.notes],
  });
}

function givenFormat(parameters: Parameters) {
  const wanted = fileFormat(parameters, "format");
  return wanted === undefined ? {} : { format: wanted };
}

/** The columns of the output. Columns that become folders are always kept. */
function keptColumns(parameters: Parameters, partitionBy: readonly string[], whole: Schema, of: string): Chosen {
  const folders = chooseColumns("partition_columns", partitionBy, whole, of);
  const filter = texts(parameters, "filter_columns");
  const listed = chooseColumns("filter_columns", filter ?? whole.map((column) => column.name), whole, of);
  const names = [...new Set([...listed.names, ...folders.names])];
  const kept = whole.filter((column) => names.includes(column.name));
  const left =
    folders.problems.length > 0 ? folders : chooseFolders("partition_columns", folders.names, kept, "the output");
  return { names, problems: [...listed.problems, ...left.problems] };
}

const columnsNamed = (names: readonly string[], whole: Schema): Schema =>
  names.flatMap((name) => whole.filter((column) => column.name === name));

function wantedPartitions(parameters: Parameters): readonly PartitionValues[] | undefined {
  return list(parameters, "partitions")?.map((item) => {
    const values = typeof item === "string" ? fromFolders(item) : plainMap(item);
    if (values === null || Object.keys(values).length === 0) throw noPartition(item);
    return Object.fromEntries(
      Object.entries(values).map(([column, value]) => [column, value === nullPartition ? null : value]),
    );
  });
}

/** `year=2026/month=1`. */
function fromFolders(path: string): PartitionValues | null {
  const pairs = path.split("/").map((part) => /^([^=]+)=(.*)$/.exec(part));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1]?.trim() ?? "", pair?.[2]?.trim() ?? ""]));
}

const noPartition = (item: Json) =>
  invalid(
    `${JSON.stringify(item)} in "partitions" is not a partition. Write it as a map of column and value, or as "column=value".`,
  );

/** Only partition columns can select; anything else is a query. */
const partitionProblems = (
  wanted: readonly PartitionValues[] | undefined,
  partitions: Schema,
  of: string,
): readonly Problem[] =>
  chooseColumns("partitions", [...new Set((wanted ?? []).flatMap(Object.keys))], partitions, `the partitions of ${of}`)
    .problems;

const spelled = (values: PartitionValues, whole: Schema): PartitionValues =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      chooseColumns("partitions", [name], whole, "").names[0] ?? name,
      value,
    ]),
  );

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters } = context;
  const problems: Problem[] = [];
  const given = isUnknown(context, "format") ? {} : (attempt(problems, () => givenFormat(parameters), "format") ?? {});
  const [source, output] = [await previewSource(context), previewOutput(context, given)];
  const whole = source.columns;
  const partitions = isUnknown(context, "partitions")
    ? undefined
    : attempt(problems, () => wantedPartitions(parameters), "partitions");
  if (whole === null || isUnknown(context, "filter_columns", "partition_columns")) {
    return writerPreview(source, output, { columns: null, statements: ["format"], problems });
  }
  const kept = attempt(problems, () => keptColumns(parameters, output.partitionBy, whole, source.label));
  problems.push(
    ...(kept?.problems ?? []),
    ...partitionProblems(partitions ?? undefined, source.partitions, source.label),
  );
  const columns = kept === null ? null : columnsNamed(kept.names, whole);
  // Unknown partition columns were reported above.
  const known = output.partitionBy.filter((name) => chooseColumns("", [name], whole, "").names.length > 0);
  const chosen = partitions === undefined || partitions === null ? {} : { partitions };
  const to = { ...output, partitionBy: known };
  const shown = shownWork(context, to, { kinds: ["format"] }, ({ target }) =>
    source.relation === undefined || kept === null || target === undefined
      ? null
      : { kind: "format", source: source.relation, columns: kept.names, ...chosen, target },
  );
  return writerPreview(source, to, { columns, ...shown, problems: [...problems, ...shown.problems] });
}
