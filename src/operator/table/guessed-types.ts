/**
 * Text files that SQL reads without their types. DuckDB takes the types from a sample, while Mason's reader looks at all values: where a text
 * would become a number, or a field would be left out, the query would change or lose data, so it is refused.
 */
import type { SqlFile } from "../../engine/execution.ts";
import type { Storage } from "../../engine/storage.ts";
import type { Schema } from "../../model/schema.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { quoteString } from "../../sql/quote.ts";
import { endOfCall } from "../../sql/scan.ts";
import { pathFromRoot } from "./sql-files.ts";

/** How files are looked at. Each answer is `null` if it can't be told. */
export interface Looking {
  readonly storage: Pick<Storage, "uri"> | undefined;
  readonly dialect: Dialect;
  /** The columns that Mason's reader finds. */
  readonly columnsAt: (path: string) => Promise<Schema | null>;
  /** The columns that the engine would give. */
  readonly columnsOf: (sql: string) => Promise<Schema | null>;
}

/** A sentence for each file of which a guess would change values. */
export async function wrongGuesses(
  sql: string,
  files: readonly SqlFile[],
  looking: Looking,
): Promise<readonly string[]> {
  const problems = new Set<string>();
  for (const file of files) {
    const format = guessedFormat(file);
    const path = file.path === null ? null : pathFromRoot(looking.storage, file.path);
    if (format === null || path === null || "problem" in path) continue;
    const read = readOf(sql, file, looking.dialect);
    const [engine, mason] = [read === null ? null : await looking.columnsOf(read), await looking.columnsAt(path.path)];
    if (engine === null || mason === null) continue;
    const wrong = { csv: numbersOfTexts, json: lostFields }[format](engine, mason);
    if (wrong !== null)
      problems.add(`The SQL reads "${path.path}" with types that DuckDB guesses from a sample: ${wrong}`);
  }
  return [...problems];
}

/** Options that change neither how a value is written nor its type. With any other one, somebody has looked at the values. */
const neutral = new Set([
  ...["header", "delim", "sep", "union_by_name", "filename", "hive_partitioning", "hive_types", "hive_types_autocast"],
  ...["sample_size", "compression", "parallel", "buffer_size", "max_line_size", "maximum_object_size"],
]);

function guessedFormat({ path, call }: SqlFile): "csv" | "json" | null {
  if (call?.options.some((option) => !neutral.has(option)) === true) return null;
  const named = call?.name ?? /\.(csv|tsv|json|jsonl|ndjson)\b/i.exec(path ?? "")?.[1]?.toLowerCase();
  if (named === undefined) return null;
  if (/^(read_csv(_auto)?|csv|tsv)$/.test(named)) return "csv";
  return /^(read_(nd)?json(_auto)?|json|jsonl|ndjson)$/.test(named) ? "json" : null;
}

/** A query of what one read gives. */
function readOf(sql: string, { path, call }: SqlFile, dialect: Dialect): string | null {
  if (call === undefined) return `SELECT * FROM ${quoteString(path ?? "", dialect)}`;
  const end = endOfCall(sql, call.offset, dialect);
  return end === null ? null : `SELECT * FROM ${sql.slice(call.offset, end)}`;
}

const numbers = new Set(["int", "float", "decimal"]);

function numbersOfTexts(engine: Schema, mason: Schema): string | null {
  const texts = new Set(mason.flatMap(({ name, type }) => (type.kind === "string" ? [name] : [])));
  const wrong = engine.filter(({ name, type }) => texts.has(name) && numbers.has(type.kind)).map(({ name }) => name);
  if (wrong.length === 0) return null;
  const types = wrong.map((name) => `'${name.replaceAll("'", "''")}': 'VARCHAR'`).join(", ");
  return `it would make numbers of ${listed(wrong)}, which holds other texts too, such as "01234", that change or do not fit. Give the types: read_csv(..., types = {${types}}), or declare a table over it.`;
}

function lostFields(engine: Schema, mason: Schema): string | null {
  const known = new Set(engine.map(({ name }) => name));
  const lost = mason.flatMap(({ name }) => (known.has(name) ? [] : [name]));
  // No name in common: the files are read in another way, as one column of records or of lines.
  if (lost.length === 0 || lost.length === mason.length) return null;
  return `it would leave out ${listed(lost)}, which few records have. Give "sample_size = -1" or the columns to read_json, or declare a table over it.`;
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
