/** `table:merge`: merges many files, of equal or reconcilable schemas, into one data set. */
import { formatDataType, unknown } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import {
  type BuiltinOperator,
  type OperatorContext,
  type OperatorResult,
  type Parameters,
  type Preview,
  type PreviewContext,
  result,
} from "../operator.ts";
import { counted, wantedOutput, writeOutput, writerOutputs, writtenOutputs, writtenSentence } from "../output.ts";
import { flag, invalid, onEmpty, outputFormat, outputPath, overwrite, sourceParameters, texts } from "../parameters.ts";
import { chooseFolders, type Problem, requireNone } from "../source/choose-columns.ts";
import { refuseGone } from "../source/gone-files.ts";
import {
  attempt,
  isUnknown,
  previewFiles,
  previewOutput,
  previewSource,
  type SourcePreview,
  writerPreview,
} from "../source/preview-source.ts";
import { fileOptions, readingOf } from "../source/read-parameters.ts";
import { shownWork } from "../source/shown-work.ts";
import { type ResolvedSource, resolvePath, resolveSource } from "../source/source.ts";
import { differentTypes } from "../source/strict-types.ts";
import { type Part, type United, uniteColumns, uniteSources } from "../source/unite.ts";

export const merge: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "merge",
    description: "Merges many files into one data set: columns are united and types widened",
    parameters: {
      required: [outputPath],
      optional: [
        ...sourceParameters,
        onEmpty,
        {
          name: "extract_paths",
          type: "list",
          description: "Files, directories and globs to read, in addition to the source or instead of it",
        },
        { name: "repartition_keys", type: "list", description: "Columns whose values become folders of the output" },
        {
          name: "parse_headers",
          type: "boolean",
          default: true,
          oldNameOf: "header",
          description: "False: the first row of a delimited file is data. Old name of csv.header",
        },
        {
          name: "strict_types",
          type: "boolean",
          default: false,
          description: "Refuse files whose types differ instead of widening the types",
        },
        outputFormat,
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
    reads: [{ table: "${database_name}.${table_name}" }, { path: "${input_path}" }, { path: "${extract_paths}" }],
    writes: [{ path: "${output_path}" }],
    outputs: writerOutputs,
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

const sourceNames = ["database_name", "table_name", "input_path"] as const;

async function run(context: OperatorContext): Promise<OperatorResult> {
  const { parameters } = context;
  const keys = texts(parameters, "repartition_keys") ?? [];
  const output = wantedOutput(parameters, { partitionBy: keys });
  const parts = await resolveParts(context);
  for (const part of parts) await refuseGone(context, part);
  const united = uniteColumns(parts.map(partOf));
  refuseConflicts(united);
  if (flag(parameters, "strict_types", false)) await refuseWidening(context, parts);
  const folders = chooseFolders("repartition_keys", keys, united.columns, "the merged data");
  requireNone(folders.problems);
  const inputs = parts.flatMap((part) => part.inputs);
  const sources = uniteSources(parts, united.columns);
  const written = await writeOutput(
    context,
    { ...output, columns: united.columns, partitionBy: folders.names, inputs },
    (target) => ({
      kind: "merge",
      sources,
      columns: united.columns,
      target,
    }),
  );
  return result({
    outputs: writtenOutputs(written),
    info: [readSentence(parts, united.columns), writtenSentence(written), ...notesOf(parts, united)],
  });
}

async function resolveParts(context: OperatorContext): Promise<readonly ResolvedSource[]> {
  const { parameters, engines, signal } = context;
  const options = { ...readingOf(parameters, "parse_headers"), signal };
  const paths = texts(parameters, "extract_paths") ?? [];
  const parts: ResolvedSource[] = [];
  if (isSourceGiven(parameters) || paths.length === 0) parts.push(await resolveSource(context, options));
  for (const path of paths) parts.push(await resolvePath(engines, path, options));
  return parts;
}

const headerOption = (parameters: Parameters) => fileOptions(parameters, "parse_headers");

const isSourceGiven = (parameters: Parameters) => sourceNames.some((name) => parameters[name] !== undefined);

const partOf = ({ label, columns, partitions, format }: ResolvedSource): Part => ({
  label,
  columns,
  partitions,
  isText: format !== "parquet",
});

function refuseConflicts({ conflicts }: United): void {
  if (conflicts.length === 0) return;
  throw invalid(`The files can't be merged. ${conflicts.join(" ")} Change the files, or merge them separately.`);
}

async function refuseWidening(context: OperatorContext, parts: readonly ResolvedSource[]): Promise<void> {
  const widened = await differentTypes(context, parts, readingOf(context.parameters, "parse_headers"));
  if (widened.length === 0) return;
  throw invalid(
    `The files have different types, which strict_types refuses: ${widened.join("; ")}. Change the files, or set strict_types: false to widen the types.`,
  );
}

function readSentence(parts: readonly ResolvedSource[], columns: Schema): string {
  const files = parts.reduce((sum, part) => sum + (part.files ?? 0), 0);
  const layouts = parts.reduce((sum, part) => sum + part.sources.length, 0);
  const tables = parts.filter((part) => part.files === undefined).length;
  const read = tables > 0 ? counted(tables, "table") : `${counted(files, "file")} of ${counted(layouts, "layout")}`;
  return `Merged ${read} into ${counted(columns.length, "column")}.`;
}

const notesOf = (parts: readonly ResolvedSource[], { widened }: United): readonly string[] => [
  ...new Set(parts.flatMap((part) => part.notes)),
  ...widened.map(({ sentence, type }) => `The column ${sentence}; it is read as ${formatDataType(type ?? unknown)}.`),
];

async function preview(context: PreviewContext): Promise<Preview> {
  const { parameters } = context;
  const problems: Problem[] = [];
  const paths = isUnknown(context, "extract_paths")
    ? null
    : attempt(problems, () => texts(parameters, "extract_paths") ?? [], "extract_paths");
  const keys = isUnknown(context, "repartition_keys")
    ? null
    : attempt(problems, () => texts(parameters, "repartition_keys") ?? [], "repartition_keys");
  const headers = isUnknown(context, "parse_headers", "csv", "files")
    ? null
    : attempt(problems, () => headerOption(parameters), "parse_headers");
  const output = previewOutput(context, { partitionBy: keys ?? [] });
  const hasSource = isSourceGiven(parameters) || isUnknown(context, ...sourceNames) || paths?.length === 0;
  const parts = [
    ...(hasSource ? [await previewSource(context, headers ?? {})] : []),
    ...(await Promise.all((paths ?? []).map((path) => previewFiles(context, path, headers ?? {})))),
  ];
  const columns = paths === null || headers === null ? null : unitedPreview(parts, problems);
  const source: SourcePreview = {
    label: parts.length === 0 ? "(known after apply)" : parts.map((part) => part.label).join(", "),
    columns,
    partitions: [],
    format: "unknown",
    notes: parts.flatMap((part) => part.notes ?? []),
    problems: parts.flatMap((part) => part.problems),
    unreadable: parts.flatMap((part) => part.unreadable ?? []),
    inputs: parts.flatMap((part) => part.inputs),
  };
  const shown = shownWork(context, output, { kinds: ["merge"] }, ({ target }) => {
    const relations = parts.flatMap(({ relation }) => relation ?? []);
    if (columns === null || target === undefined || relations.length < parts.length) return null;
    return { kind: "merge", sources: relations, columns, target };
  });
  return writerPreview(source, output, {
    columns,
    ...shown,
    problems: [...problems, ...shown.problems],
    foldersParameter: "repartition_keys",
  });
}

/** The united columns, or `null` unless all parts are known. */
function unitedPreview(previews: readonly SourcePreview[], problems: Problem[]): Schema | null {
  const parts = previews.flatMap(({ label, columns, partitions, format }): readonly Part[] => {
    const names = new Set(partitions.map((column) => column.name));
    const inFiles = columns?.filter((column) => !names.has(column.name));
    return inFiles === undefined ? [] : [{ label, columns: inFiles, partitions, isText: format !== "parquet" }];
  });
  if (parts.length < previews.length) return null;
  const { columns, conflicts } = uniteColumns(parts);
  problems.push(...conflicts.map((message) => ({ message: `${message} Change the files, or merge them separately.` })));
  return conflicts.length > 0 ? null : columns;
}
