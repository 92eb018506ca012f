/** Asks, in the plan and in the run, whether what DuckDB guesses of files in SQL would change values. */
import { isTooLarge } from "../../catalog/schema/content.ts";
import { readSchema } from "../../catalog/schema/reader.ts";
import type { SqlFile } from "../../engine/execution.ts";
import type { OperatorContext, PreviewContext } from "../operator.ts";
import { invalid } from "../parameters.ts";
import type { Problem } from "../source/choose-columns.ts";
import { orNull } from "../source/preview-source.ts";
import { dialectOf } from "../source/source.ts";
import { wrongGuesses } from "./guessed-types.ts";

/** The notes about files that are read without types; throws `invalid` if a guess would change values. */
export async function refuseGuesses(
  { engines, signal }: OperatorContext,
  sql: string,
  files: readonly SqlFile[],
): Promise<readonly string[]> {
  const { storage, execution } = engines;
  if (storage === undefined) return [];
  const { problems, notes } = await wrongGuesses(sql, files, {
    storage,
    dialect: dialectOf(engines),
    filesAt: async (path) => {
      const reading = await orNull(readSchema(storage, path, { sampleSize: "all", values: "all", signal }));
      if (reading === null || reading.conflict !== undefined) return null;
      const { columns, kinds, csv, layouts, fileNotes: notes, samplingNotes } = reading;
      return { columns, kinds, notes, samplingNotes, layouts, ...(csv === undefined ? {} : { hasHeader: csv.header }) };
    },
    columnsOf: async (text) => {
      const described = await execution?.describe?.(text, [], { root: storage.uri("") });
      return described?.ok === true ? described.columns : null;
    },
    // All values were asked for.
    isTooLarge: async () => true,
  });
  const [wrong] = problems;
  if (wrong !== undefined) throw invalid(wrong);
  return notes;
}

const none = Promise.resolve(null);

/** The notes about files that are read without types; adds a problem for each whose guess would change values. */
export async function guessesInPlan(
  context: PreviewContext,
  sql: string,
  files: readonly SqlFile[],
  into: Problem[],
): Promise<readonly string[]> {
  const { problems, notes } = await wrongGuesses(sql, files, {
    storage: context.engines.storage,
    dialect: dialectOf(context.engines),
    filesAt: (path) => orNull(context.files(path)),
    columnsOf: async (text) => {
      const described = await orNull(context.describe(text, []));
      return described?.ok === true ? described.columns : null;
    },
    // Other files are read in pieces, if the run finds where to cut them.
    isTooLarge: async (path) =>
      (await orNull(context.files(path)))?.format === "json" &&
      (await orNull(context.engines.storage?.expand(path) ?? none))?.some(isTooLarge) === true,
  });
  into.push(...problems.map((message) => ({ parameter: "query_string", message })));
  return notes;
}
