/**
 * Sinks: how the output of a job takes its place, so that nobody reads half of one and a failed job leaves the old one unchanged. A storage
 * that renames gets the complete result under its name; others get it by one conditional write, of a manifest or of the only file. Without a
 * storage the engine writes a table, which is renamed.
 */
import type { Sink } from "../../job/job.ts";
import type { Job } from "../../model/job.ts";
import type { Schema } from "../../model/schema.ts";
import type { FileFormat } from "../../model/table.ts";
import { heldAt } from "../declared/held.ts";
import { declaredMisfits } from "../declared/misfits.ts";
import type { OperatorContext } from "../operator.ts";
import { ownInputOnDisk } from "../own-input.ts";
import { invalid } from "../parameters.ts";
import { readingOf } from "../source/read-parameters.ts";
import { engineOf } from "../source/source.ts";
import { prepareParts } from "./by-manifest.ts";
import { prepareRename } from "./by-rename.ts";
import { prepareFile } from "./one-file.ts";
import type { PreparedSink, SinkWork } from "./output-work.ts";
import { outputPlace, shapeOf } from "./place.ts";
import { prepareTable, writesTables } from "./table.ts";

/** An output in progress; it ends with `commit` or `abandon`. */
export interface Publication extends Pick<PreparedSink, "abandon"> {
  readonly target: Sink;
  /** Makes what the job wrote the output. */
  commit(done: Job): Promise<{ readonly path: string }>;
}

export interface OutputOptions {
  readonly path: string;
  readonly format: FileFormat;
  /** The format that somebody asked for; absent: the default. */
  readonly askedFormat?: FileFormat;
  /** Default: by the path's extension. */
  readonly shape?: "file" | "directory";
  readonly partitionBy?: readonly string[];
  readonly overwrite: boolean;
  /** All columns of the output, including those that become folders; `null` when they are not known before it is written. */
  readonly columns: Schema | null;
  /** Paths and globs that are read; writing onto them is refused. */
  readonly inputs: readonly string[];
  /** Another job ran under this token before, so what the engine knows about the token is not about this output. */
  readonly isLaterJob?: boolean;
}

/** Checks the output's path and returns a target for a job. What an interrupted try left there is cleaned up. */
export async function prepareOutput(context: OperatorContext, options: OutputOptions): Promise<Publication> {
  const path = outputPlace(options.path);
  if (writesTables(context.engines)) return published(path, await prepareTable(context, { ...options, path }));
  const storage = engineOf(context.engines, "storage");
  const own = await ownInputOnDisk(storage, path, { ...options, files: readingOf(context.parameters).files ?? {} });
  if (own !== null) throw invalid(own);
  refuseMisfit(context, path, options);
  if (options.overwrite) await context.mayReplace?.(path);
  await context.willWrite?.(path);
  const { overwrite, isLaterJob = false, shape = shapeOf(path), format, partitionBy = [] } = options;
  const { place, ...ending } = await prepare({ context, storage, path, shape, overwrite, isLaterJob });
  const into = heldAt(context.declared, path);
  const target = { ...place, shape, format, partitionBy, ...(into === undefined ? {} : { into }) };
  return published(path, { target, ...ending });
}

const published = (
  path: string,
  { target, commit, abandon }: Omit<PreparedSink, "place"> & { readonly target: Sink },
): Publication => ({
  target,
  commit: async (done) => {
    await commit(done);
    return { path };
  },
  abandon,
});

function prepare(work: SinkWork): Promise<PreparedSink> {
  const { move } = work.storage;
  if (move !== undefined) return prepareRename({ ...work, move: move.bind(work.storage) });
  return work.shape === "file" ? prepareFile(work) : prepareParts(work);
}

function refuseMisfit({ declared }: OperatorContext, path: string, options: OutputOptions): void {
  const { format, columns, partitionBy = [] } = options;
  const misfits = declaredMisfits(declared, { path, format, columns, partitionBy });
  if (misfits.length > 0) throw invalid(misfits.join(" "));
}
