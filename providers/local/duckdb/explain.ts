/** Says more about DuckDB's error than DuckDB does: which value of which file it is about. Asks DuckDB again, after a failure only. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CanonicalJob, DataSource } from "../../../src/job/job.ts";
import { nullPartition } from "../../../src/model/partition-folder.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { localPath } from "../../../src/sql/dialects/duckdb/names.ts";
import { layoutOf, tableFunction } from "../../../src/sql/dialects/duckdb/source.ts";
import { sourcesOf } from "../../../src/sql/dialects/duckdb/sources-of.ts";
import { ambiguousNull, noText } from "../../../src/sql/dialects/duckdb/written.ts";
import { isAftermath, isFatal } from "./error.ts";
import { findMisfit, misfitSentence } from "./find-misfit.ts";

/** The error to report in place of `error`. */
export async function explained(connection: DuckDBConnection, job: CanonicalJob, error: unknown): Promise<unknown> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ProviderError || message.startsWith("INTERRUPT") || isAftermath(message)) return error;
  if (isFatal(message)) return new Error(message.replace(/\n[\s\S]*/, "") + filesOf(job));
  if (message.includes(ambiguousNull)) return new Error(`Invalid Input Error: ${nullSentence}`);
  const [, column] = message.split(noText);
  if (column !== undefined) return new Error(`Invalid Input Error: ${noTextSentence(column.split("\n")[0] ?? "")}`);
  try {
    return (await betterError(connection, job, message)) ?? error;
  } catch {
    return error;
  }
}

/** A second look would break the next instance too, so all that can be said is what was read. */
function filesOf(job: CanonicalJob): string {
  const files = sourcesOf(job).flatMap((source) => source.files.map(localPath));
  const [first] = files;
  if (first === undefined) return "";
  return files.length === 1 ? `\n  file = ${first}` : `. It read ${files.length} files, "${first}" first.`;
}

const nullSentence = `A value of a partition column is the text "${nullPartition}", which stands for a null in the names of folders. Replace the value, or partition by another column.`;

const noTextSentence = (column: string) =>
  `A value of the partition column "${column}" is no valid UTF-8, so no folder can have its name. Write it as text, such as hex("${column}"), or partition by another column.`;

/** Errors about statements name what they are about. */
const aboutData =
  /^(Conversion|Invalid Input|Out of Range|IO|Serialization|Not implemented|Invalid|TProtocolException|Error|INTERNAL)\b/;

async function betterError(connection: DuckDBConnection, job: CanonicalJob, message: string): Promise<Error | null> {
  if (/^(Binder|Catalog|Parser|Permission|Out of Memory) Error/.test(message)) return null;
  const misfit = await findMisfit(connection, sourcesOf(job)).catch(() => null);
  if (misfit !== null) return new Error(`Invalid Input Error: ${misfitSentence(misfit)}`);
  const files = sourcesOf(job).flatMap((source) => source.files);
  if (!aboutData.test(message) && files.length === 0) return null;
  if (files.some((file) => message.includes(localPath(file)))) return null;
  const culprit = await unreadable(connection, sourcesOf(job));
  if (culprit === null) return null;
  const reason = culprit.message.replace(/^[A-Z][A-Za-z ]*Error: /, "").replace(/[.]?\n[\s\S]*/, "");
  return new Error(
    `Invalid Input Error: DuckDB can't read "${culprit.file}": ${reason}. Check the file, or write it again.`,
  );
}

/** The first file that DuckDB can't read on its own, and what it says of it. */
async function unreadable(
  connection: DuckDBConnection,
  sources: readonly DataSource[],
): Promise<{ readonly file: string; readonly message: string } | null> {
  for (const read of sources) {
    // Without columns to show, DuckDB's own reader is asked, which says most about the file.
    const source = { ...read, layout: layoutOf(read), columns: [], partitions: [] };
    for (const file of source.files) {
      try {
        await connection.run(`SELECT max(hash(whole)) FROM ${tableFunction(source, [file])} AS whole`);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message.startsWith("INTERRUPT") || isFatal(message)) throw error;
        return { file: localPath(file), message };
      }
    }
  }
  return null;
}
