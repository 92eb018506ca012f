/** How an operator reads files: the settings in its parameters, on top of those of the table that it reads. */
import type { ReadSchemaOptions } from "../../catalog/schema/reading.ts";
import {
  type Read,
  type Reading,
  type ReadSettings,
  readCsvSettings,
  readFileSettings,
} from "../../model/read-settings.ts";
import type { Parameters } from "../operator.ts";
import { flag, invalid, sampleSize } from "../parameters.ts";

/** The settings in the parameters of an operator. `oldName` is the old name of `csv.header`, whose `true` finds out. */
export function readingOf(parameters: Parameters, oldName = "read_headers"): Reading {
  const csv = parameters.csv === undefined ? undefined : settingOf("csv", readCsvSettings(parameters.csv));
  const files = parameters.files === undefined ? undefined : settingOf("files", readFileSettings(parameters.files));
  const isData = flag(parameters, oldName, true) === false;
  if (isData && csv?.header !== undefined) {
    throw invalid(`Both "csv.header" and its old name "${oldName}" are given. Remove "${oldName}".`);
  }
  const size = sampleSize(parameters);
  return {
    ...(csv === undefined && !isData ? {} : { csv: { ...csv, ...(isData ? { header: false } : {}) } }),
    ...(files === undefined ? {} : { files }),
    ...(size === undefined ? {} : { sampleSize: size }),
  };
}

/** The options of the schema reader. */
export const readOptions = ({ csv, files, sampleSize: size }: Reading): ReadSchemaOptions => ({
  ...(size === undefined ? {} : { sampleSize: size }),
  ...(size === "all" ? { values: "all" } : {}),
  ...(csv === undefined ? {} : { csv }),
  ...(files === undefined ? {} : { files }),
});

/** How the parameters of an operator say that files are read. The plan and the run both ask here. */
export const fileOptions = (parameters: Parameters, oldName?: string): ReadSchemaOptions =>
  readOptions(readingOf(parameters, oldName));

function settingOf<T>(name: string, read: Read<T>): T {
  if (read.ok) return read.value;
  throw invalid(`The parameter "${name}" can't be read: ${read.problems.join("; ")}. Change it.`);
}

/** Settings of an operator on top of those of a table. */
export function mergedSettings(table: ReadSettings | undefined, own: ReadSettings): ReadSettings {
  const csv = { ...table?.csv, ...own.csv };
  const files = { ...table?.files, ...own.files };
  return {
    ...(Object.keys(csv).length === 0 ? {} : { csv }),
    ...(Object.keys(files).length === 0 ? {} : { files }),
    ...(table?.onMismatch === undefined ? {} : { onMismatch: table.onMismatch }),
  };
}
