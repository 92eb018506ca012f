/** The results of operators that compute: a published output, or rows. */
import type { Engines } from "../engine/engines.ts";
import type { AnyJob, Sink } from "../job/job.ts";
import type { Json, JsonObject } from "../json.ts";
import { handleOf, type Job } from "../model/job.ts";
import type { FileFormat } from "../model/table.ts";
import type { OutputSpec } from "./definition.ts";
import type { OperatorContext, Parameters } from "./operator.ts";
import { fileFormat, flag, invalid, requiredText, text, texts } from "./parameters.ts";
import { formatOfPath, outputPlace } from "./sink/place.ts";
import { type OutputOptions, prepareOutput } from "./sink/sink.ts";
import { engineOf } from "./source/source.ts";

/** A published output and the job that wrote it. */
export interface Written {
  readonly job: Job;
  readonly path: string;
}

/** The output that the parameters ask for, without its inputs. */
export type WantedOutput = Omit<OutputOptions, "columns" | "inputs" | "shape"> & {
  readonly partitionBy: readonly string[];
};

/** Reads `output_path`, `output_format`, `partition_columns` and `overwrite`; `given` wins over the parameters. */
export function wantedOutput(
  parameters: Parameters,
  given: { readonly format?: FileFormat; readonly partitionBy?: readonly string[] } = {},
): WantedOutput {
  const path = outputPlace(requiredText(parameters, "output_path"));
  const named = formatOfPath(path);
  const asked = given.format ?? fileFormat(parameters, "output_format");
  const format = asked ?? named ?? "parquet";
  const partitionBy = given.partitionBy ?? texts(parameters, "partition_columns") ?? [];
  if (named !== undefined && named !== format) {
    throw invalid(`The output "${path}" ends in ".${named}", but its format is "${format}". Make them agree.`);
  }
  if (named !== undefined && partitionBy.length > 0) {
    throw invalid(
      `The output "${path}" is a single file, so it can't be partitioned. Name a directory, without ".${named}".`,
    );
  }
  const isAsked = asked === undefined ? {} : { askedFormat: asked };
  return { path, format, ...isAsked, partitionBy, overwrite: flag(parameters, "overwrite", false) };
}

/** Runs a job that writes, then publishes its output. On any failure it removes what was written and leaves the old output unchanged. */
export async function writeOutput(
  context: OperatorContext,
  options: OutputOptions,
  job: (target: Sink) => AnyJob | Promise<AnyJob>,
): Promise<Written> {
  const publication = await prepareOutput(context, options);
  try {
    const done = await context.compute(await job(publication.target));
    const { path } = await publication.commit(done);
    return { job: done, path };
  } catch (error) {
    await publication.abandon();
    throw error;
  }
}

/** Output values of an operator that wrote: the path, the job, and the number of rows. */
export const writtenOutputs = ({ job, path }: Written): Readonly<Record<string, Json>> => ({
  output_path: path,
  job_id: job.id,
  ...(typeof job.facts?.rows === "number" ? { rows: job.facts.rows } : {}),
});

/** Declared outputs of an operator that writes: the path and the job. */
export const writerOutputs: readonly OutputSpec[] = [
  { name: "output_path", type: "path" },
  { name: "job_id", type: "string" },
];

/** Declared outputs of an operator that can name a table: that table. */
export const tableOutputs: readonly OutputSpec[] = [
  { name: "database_name", type: "string" },
  { name: "table_name", type: "string" },
];

/** Values of {@link tableOutputs}. */
export function namedTable(parameters: Parameters): Readonly<Record<string, Json>> {
  const names = tableOutputs.map(({ name }): [string, string | undefined] => [name, text(parameters, name)]);
  return Object.fromEntries(names.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** `Wrote 1,234 rows to "out/orders" (3 files, 14 kB).` */
export function writtenSentence({ job, path }: Written): string {
  const { rows, files, bytes } = job.facts ?? {};
  const what = typeof rows === "number" ? counted(rows, "row") : "the result";
  const size =
    typeof files === "number" && typeof bytes === "number" ? ` (${counted(files, "file")}, ${bytesText(bytes)})` : "";
  return `Wrote ${what} to "${path}"${size}.`;
}

/** `1 row`, `1,234 rows`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;

/** `14 kB`, in steps of 1,000. */
export function bytesText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = Math.min(bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** step;
  return `${value >= 10 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

/** Rows of a succeeded job, at most `limit`. */
export async function rowsOf(
  engines: Engines,
  job: Job,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly JsonObject[]> {
  const execution = engineOf(engines, "execution");
  const rows: JsonObject[] = [];
  let next: string | undefined;
  do {
    const page = await execution.results(handleOf(job), next);
    for (const row of page.rows) if (rows.length < limit) rows.push(row);
    next = page.next;
  } while (next !== undefined && rows.length < limit);
  return rows;
}

/** A warning that the rows of a job were cut. */
export function rowWarnings(job: Job, rows: number, advice: string): readonly string[] {
  return job.facts?.cut === true ? [`The result was cut after ${counted(rows, "row")}. ${advice}`] : [];
}
