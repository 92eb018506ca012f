/**
 * Text files that SQL reads without their types. DuckDB takes the types from a sample, while Mason's reader looks at all values: where the
 * guess would change values, leave out fields or lines, or name columns otherwise, the query is refused.
 */
import { lossNote } from "../../catalog/schema/infer-scalar.ts";
import type { Layout } from "../../catalog/schema/reading.ts";
import type { SqlFile } from "../../engine/execution.ts";
import type { Storage } from "../../engine/storage.ts";
import type { Schema } from "../../model/schema.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { duckDbType } from "../../sql/dialects/duckdb/types.ts";
import { quoteString } from "../../sql/quote.ts";
import { endOfCall } from "../../sql/scan.ts";
import { type Kinds, type WrongGuess, wrongParts } from "./guess-fits.ts";
import { otherNames } from "./guess-names.ts";
import { pathFromRoot } from "./sql-files.ts";

/** What Mason's reader finds in the files of a path. */
export interface FoundFiles {
  readonly columns: Schema;
  readonly kinds?: Kinds;
  /** Absent in formats without one. */
  readonly hasHeader?: boolean;
  readonly notes?: readonly string[];
  /** Those of the notes that say that files or values were not read. */
  readonly samplingNotes?: readonly string[];
  /** The first file of each set of names of columns, where they differ. */
  readonly layouts?: readonly Layout[];
}

/** How files are looked at. Each answer is `null` if it can't be told. */
export interface Looking {
  readonly storage: Pick<Storage, "uri"> | undefined;
  readonly dialect: Dialect;
  /** What Mason's reader finds. */
  readonly filesAt: (path: string) => Promise<FoundFiles | null>;
  /** The columns that the engine would give. */
  readonly columnsOf: (sql: string) => Promise<Schema | null>;
  /** Whether a file of which a part was read is too large for the run, too. */
  readonly isTooLarge: (path: string) => Promise<boolean>;
}

/** A sentence for each file of which a guess would change values, and what the reader notes about the others. */
export async function wrongGuesses(
  sql: string,
  files: readonly SqlFile[],
  looking: Looking,
): Promise<{ readonly problems: readonly string[]; readonly notes: readonly string[] }> {
  const [problems, notes] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    const guess = await guessOf(sql, file, looking);
    if (guess === null) continue;
    const wrong = wrongOf(guess) ?? (isSampled(guess.own) && (await looking.isTooLarge(guess.path)) ? tooLarge : null);
    if (wrong !== null) problems.add(`The SQL reads "${guess.path}" as DuckDB guesses it from a sample: ${wrong}`);
    else for (const note of notesAbout(guess)) notes.add(note);
  }
  return { problems: [...problems], notes: [...notes] };
}

const wrongOf = (guess: Guess): string | null => (guess.format === "csv" ? wrongCsv(guess) : wrongJson(guess));

const notesAbout = ({ path, own }: Guess): readonly string[] => [
  ...(own.notes ?? []).filter((note) => own.samplingNotes?.includes(note) !== true),
  ...(isSampled(own) ? [`The plan read a part of the values of "${path}"; ${runChecks}`] : []),
  ...[...(own.kinds ?? [])].flatMap(([path, seen]) => lossNote(path, seen)),
];

const runChecks = "the run compares all values with what DuckDB guesses of them, and fails where they differ.";

const isSampled = ({ samplingNotes = [] }: FoundFiles): boolean => samplingNotes.length > 0;

const tooLarge =
  "a file of more than 256 MB (without compression) can be compared with the guess only as JSON lines or as plain delimited text that begins with its header. Declare a table over it, which fails at a value that its columns do not hold, or give the types yourself: read_csv(..., types = ...), read_json(..., columns = ...).";

/** A read without types, as the engine would do it and as Mason's reader sees the files. */
interface Guess {
  readonly format: "csv" | "json";
  readonly path: string;
  readonly options: readonly string[];
  readonly engine: Schema;
  readonly own: FoundFiles;
}

async function guessOf(sql: string, file: SqlFile, looking: Looking): Promise<Guess | null> {
  const format = guessedFormat(file);
  const path = file.path === null ? null : pathFromRoot(looking.storage, file.path);
  if (format === null || path === null || "problem" in path) return null;
  const read = readOf(sql, file, looking.dialect);
  const engine = read === null ? null : await looking.columnsOf(read);
  const own = engine === null ? null : await looking.filesAt(path.path);
  if (engine === null || own === null) return null;
  return { format, path: path.path, options: file.call?.options ?? [], engine, own };
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

/** The parts of columns whose guessed type does not hold all values. */
function wrongTypes({ engine, own }: Guess): readonly WrongGuess[] {
  const guessed = new Map(engine.map(({ name, type }) => [name, type]));
  return own.columns.flatMap(({ name, type }) => {
    const guess = guessed.get(name);
    return guess === undefined ? [] : wrongParts(type, guess, name, own.kinds);
  });
}

function wrongCsv(guess: Guess): string | null {
  const names = otherNames(guess);
  if (names !== null) return names;
  const wrong = wrongTypes(guess);
  if (wrong.length === 0) return null;
  return `${guessedAs(guess, wrong)}. Give the types: read_csv(..., types = ${typesText(guess.own.columns, wrong)}), or declare a table over it.`;
}

function wrongJson(guess: Guess): string | null {
  const { engine, own } = guess;
  const known = new Set(engine.map(({ name }) => name));
  const missing = own.columns.flatMap(({ name }) => (known.has(name) ? [] : [{ path: name, isLost: true as const }]));
  // No name in common: the files are read in another way, as one column of records or of lines.
  if (missing.length === own.columns.length) return null;
  const wrong = wrongTypes(guess);
  const lost = [...missing, ...wrong.filter(({ isLost }) => isLost === true)];
  const advice = `Give all columns: read_json(..., columns = ${typesText(own.columns)}), or declare a table over it.`;
  if (lost.length > 0) return `it would leave out ${listed(lost)}, which few records have. ${advice}`;
  return wrong.length === 0 ? null : `${guessedAs(guess, wrong)}. ${advice}`;
}

function guessedAs({ engine }: Guess, wrong: readonly WrongGuess[]): string {
  const types = new Map(engine.map(({ name, type }) => [name, duckDbType(type)]));
  const guessed = wrong.map(({ path }) => {
    const type = types.get(path);
    return type === undefined ? `"${path}"` : `"${path}" as ${type}`;
  });
  return `it would read ${guessed.join(", ")}, which holds other values too, such as "01234" or 1.7 among integers, that change or do not fit`;
}

const mostTypes = 20;

/** The right types of the columns, or of those that are wrong, as DuckDB's functions take them. */
function typesText(columns: Schema, only?: readonly WrongGuess[]): string {
  const wanted = new Set(only?.map(({ path }) => path));
  const chosen = only === undefined ? columns : columns.filter(({ name }) => wanted.has(name));
  const shown = chosen
    .slice(0, mostTypes)
    .map(({ name, type }) => `'${name.replaceAll("'", "''")}': '${duckDbType(type).replaceAll("'", "''")}'`);
  return `{${[...shown, ...(chosen.length > mostTypes ? ["..."] : [])].join(", ")}}`;
}

const listed = (parts: readonly WrongGuess[]): string => parts.map(({ path }) => `"${path}"`).join(", ");
