/** `table:dedupe`: removes duplicate rows, compared as a whole or by keys, and reports how many. */
import type { Relation, Sink } from "../../job/job.ts";
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
import {
  counted,
  namedTable,
  tableOutputs,
  wantedOutput,
  writerOutputs,
  writtenOutputs,
  writtenSentence,
} from "../output.ts";
import { onEmpty, oneOf, outputParameters, outputPath, sourceParameters, texts } from "../parameters.ts";
import { chooseColumns, chooseFolders, type Problem, requireNone } from "../source/choose-columns.ts";
import { refuseGone } from "../source/gone-files.ts";
import { writeOneSource } from "../source/one-source.ts";
import { attempt, isUnknown, previewOutput, previewSource, writerPreview } from "../source/preview-source.ts";
import { shownWork } from "../source/shown-work.ts";
import { resolveSource } from "../source/source.ts";

export const dedupe: BuiltinOperator = {
  definition: {
    namespace: "table",
    command: "dedupe",
    description: "Removes duplicate rows, or all but one row of each key, and reports how many",
    parameters: {
      required: [outputPath],
      optional: [
        ...sourceParameters,
        onEmpty,
        { name: "keys", type: "list", description: "Columns that identify a row; default: all columns" },
        {
          name: "order_by",
          type: "list",
          description:
            'Columns that decide which row of a key comes first, each with an optional " desc"; default: order of the files',
        },
        {
          name: "keep",
          type: "string",
          values: ["first", "last"],
          default: "first",
          description: "Which row of a key is kept",
        },
        ...outputParameters,
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
    outputs: [...writerOutputs, ...tableOutputs, { name: "removed", type: "integer" }],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview,
};

async function run(context: OperatorContext): Promise<OperatorResult> {
  const output = wantedOutput(context.parameters);
  const source = await resolveSource(context);
  await refuseGone(context, source);
  const whole = [...source.columns, ...source.partitions];
  const wanted = wantedRows(context.parameters, whole, source.label);
  const partitions = chooseFolders("partition_columns", output.partitionBy, whole, source.label);
  requireNone([...wanted.problems, ...partitions.problems]);
  const { keys, orderBy, keep } = wanted;
  const options = { ...output, columns: whole, partitionBy: partitions.names, inputs: source.inputs };
  const job = (one: Relation, target: Sink) => ({ kind: "dedupe", source: one, keys, orderBy, keep, target }) as const;
  const written = await writeOneSource(context, source, options, job);
  const removed = written.job.facts?.removed;
  const said = typeof removed === "number" ? [`Removed ${counted(removed, "duplicate row")}.`] : [];
  return result({
    outputs: {
      ...writtenOutputs(written),
      ...namedTable(context.parameters),
      ...(typeof removed === "number" ? { removed } : {}),
    },
    info: [...said, writtenSentence(written), ...source.notes],
  });
}

interface WantedRows {
  readonly keys: readonly string[];
  readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[];
  readonly keep: "first" | "last";
  readonly problems: readonly Problem[];
}

function wantedRows(parameters: Parameters, whole: Schema, of: string): WantedRows {
  const keys = chooseColumns("keys", texts(parameters, "keys") ?? [], whole, of);
  const problems = [...keys.problems];
  const orderBy = (texts(parameters, "order_by") ?? []).flatMap((item) => {
    const order = /^(.*?)(?:\s+(asc|desc))?$/i.exec(item.trim());
    const found = chooseColumns("order_by", [order?.[1] ?? item], whole, of);
    problems.push(...found.problems);
    return found.names.map((column) => ({ column, descending: order?.[2]?.toLowerCase() === "desc" }));
  });
  if (orderBy.length > 0 && keys.names.length === 0 && keys.problems.length === 0) {
    const message =
      '"order_by" says which row of a key is kept, but no keys are given. Set "keys", or remove "order_by".';
    problems.push({ parameter: "order_by", message });
  }
  return { keys: keys.names, orderBy, keep: oneOf(parameters, "keep", ["first", "last"]) ?? "first", problems };
}

async function preview(context: PreviewContext): Promise<Preview> {
  const [source, output] = [await previewSource(context), previewOutput(context)];
  const problems: Problem[] = [];
  const { columns } = source;
  const isReady = columns !== null && !isUnknown(context, "keys", "order_by", "keep");
  const wanted = isReady
    ? attempt(problems, () => wantedRows(context.parameters, columns, source.label), "keep")
    : null;
  problems.push(...(wanted?.problems ?? []));
  const by = wanted === null || wanted.keys.length === 0 ? "" : ` by ${wanted.keys.join(", ")}, keep ${wanted.keep}`;
  const shown = shownWork(context, output, { kinds: [`dedupe${by}`] }, ({ target }) => {
    if (source.relation === undefined || wanted === null || target === undefined) return null;
    const { keys, orderBy, keep } = wanted;
    return { kind: "dedupe", source: source.relation, keys, orderBy, keep, target };
  });
  return writerPreview(source, output, { columns, ...shown, problems: [...problems, ...shown.problems] });
}
