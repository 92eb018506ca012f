/** Writes raw files: Parquet with DuckDB, text by hand. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Duck, id, lit } from "./duck.ts";
import { idKind, type Kind, kinds, literal } from "./kinds.ts";
import { random } from "./random.ts";
import type { Raw, RawColumn } from "./spec.ts";

type Row = readonly (string | null)[];

/** The kind of a column. */
export function kindOf(column: RawColumn): Kind {
  const found = column.kind === idKind.name ? idKind : kinds.find((kind) => kind.name === column.kind);
  if (found === undefined) throw new Error(`no kind ${column.kind}`);
  return found;
}

/** The rows of raw files, folders last, as texts. */
function rowsOf(raw: Raw): readonly Row[] {
  const chance = random(raw.seed);
  const columns = [...raw.columns, ...raw.folders];
  const rows = Array.from({ length: raw.rows }, (_, at) =>
    columns.map((column, place): string | null => {
      const kind = kindOf(column);
      if (kind === idKind) return String(at + 1);
      const isFolder = place >= raw.columns.length;
      // The first rows have all values, so that each column has a type.
      const value = kind.values[at % kind.values.length] ?? null;
      if (at < kind.values.length) return value;
      return !isFolder && chance.chance(0.25) ? null : chance.pick(kind.values);
    }),
  );
  return [...rows, ...rows.slice(0, raw.repeats)];
}

/** The files of a raw, each with its rows and the columns that it has, by number. */
export interface RawFile {
  readonly path: string;
  readonly rows: readonly Row[];
  readonly columns: readonly number[];
}

const endingOf = (raw: Raw): string => `.${raw.format}${raw.gzip ? ".gz" : ""}`;

/** Which files there are. */
export function filesOf(raw: Raw): readonly RawFile[] {
  const rows = rowsOf(raw);
  const all = raw.columns.map((_, at) => at);
  if (raw.layout === "file") return [{ path: raw.path, rows, columns: all }];
  if (raw.layout === "folders") return foldersOf(raw, rows, all);
  const size = Math.ceil(rows.length / raw.files);
  return Array.from({ length: raw.files }, (_, at) => {
    const isLast = at === raw.files - 1 && at > 0;
    const columns =
      raw.layout === "subset" && isLast ? all.slice(0, -1) : isLast ? [all[0] ?? 0, ...all.slice(1).reverse()] : all;
    return { path: `${raw.path}/part ${at}${endingOf(raw)}`, rows: rows.slice(at * size, (at + 1) * size), columns };
  });
}

function foldersOf(raw: Raw, rows: readonly Row[], columns: readonly number[]): readonly RawFile[] {
  const byFolder = new Map<string, Row[]>();
  for (const row of rows) {
    const parts = raw.folders.map(
      (folder, at) =>
        `${encodeURIComponent(folder.name)}=${encodeURIComponent(row[raw.columns.length + at] ?? "__HIVE_DEFAULT_PARTITION__")}`,
    );
    const key = parts.join("/");
    byFolder.set(key, [...(byFolder.get(key) ?? []), row]);
  }
  return [...byFolder].map(([folder, own]) => ({
    path: `${raw.path}/${folder}/a${endingOf(raw)}`,
    rows: own,
    columns,
  }));
}

/** The SELECT of rows with these columns. */
function selectOf(raw: Raw, rows: readonly Row[], places: readonly number[]): string {
  const columns = [...raw.columns, ...raw.folders];
  const values = rows.map(
    (row) => `(${places.map((at) => literal(kindOf(columns[at] as RawColumn), row[at] ?? null)).join(", ")})`,
  );
  const names = places.map((at) => id((columns[at] as RawColumn).name));
  return `SELECT * FROM (VALUES ${values.join(", ")}) AS _(${names.join(", ")})`;
}

/** Writes the files below a root, in place of those that were there. */
export async function writeRaw(duck: Duck, root: string, raw: Raw): Promise<void> {
  await rm(join(root, raw.path), { recursive: true, force: true });
  for (const file of filesOf(raw)) {
    const path = join(root, file.path);
    await mkdir(dirname(path), { recursive: true });
    if (raw.format === "parquet") {
      await duck.run(`COPY (${selectOf(raw, file.rows, file.columns)}) TO ${lit(path)} (FORMAT parquet)`);
    } else {
      const text = raw.format === "csv" ? csvText(raw, file) : jsonTextOf(raw, file);
      await writeFile(path, raw.gzip ? gzipSync(text) : text);
    }
  }
}

/** Makes a table of what is in the files below a root: absent columns are null, folders come last. */
export async function loadRaw(duck: Duck, root: string, table: string, raw: Raw): Promise<void> {
  const everything = [...raw.columns, ...raw.folders].map((_, at) => at);
  const lacks = (file: RawFile) => raw.columns.length > file.columns.length;
  const rows = filesOf(raw).flatMap((file) =>
    lacks(file)
      ? file.rows.map((row) =>
          row.map((value, at) => (at < raw.columns.length && !file.columns.includes(at) ? null : value)),
        )
      : file.rows,
  );
  const types = await storedTypes(duck, root, raw);
  const casts = [...raw.columns, ...raw.folders].map(({ name }) => {
    const type = types.get(name);
    return type === undefined ? id(name) : `CAST(${id(name)} AS ${type}) AS ${id(name)}`;
  });
  await duck.run(
    `CREATE OR REPLACE TABLE ${id(table)} AS SELECT ${casts.join(", ")} FROM (${selectOf(raw, rows, everything)})`,
  );
}

/** Parquet lacks some types: what it has in their place is what there is. */
async function storedTypes(duck: Duck, root: string, raw: Raw): Promise<ReadonlyMap<string, string>> {
  const [file] = raw.format === "parquet" ? filesOf(raw) : [];
  if (file === undefined) return new Map();
  const read = `read_parquet(${lit(join(root, file.path))}, hive_partitioning = false)`;
  return new Map((await duck.columns(`SELECT * FROM ${read}`)).map(({ name, type }) => [name, type]));
}

function csvText(raw: Raw, file: RawFile): string {
  const field = (text: string | null) => {
    if (text === null) return "";
    return /["\n,;|\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [
    ...(raw.header ? [file.columns.map((at) => raw.columns[at]?.name ?? "")] : []),
    ...file.rows.map((row) => file.columns.map((at) => row[at] ?? null)),
  ];
  return `${lines.map((line) => line.map(field).join(raw.delimiter)).join("\n")}\n`;
}

function jsonTextOf(raw: Raw, file: RawFile): string {
  const records = file.rows.map((row) => {
    const fields = file.columns.flatMap((at) => {
      const column = raw.columns[at] as RawColumn;
      const text = row[at] ?? null;
      if (text === null && raw.sparse) return [];
      const value = text === null ? "null" : kindOf(column).json === "plain" ? text : JSON.stringify(text);
      return [`${JSON.stringify(column.name)}: ${value}`];
    });
    return `{${fields.join(", ")}}`;
  });
  return raw.format === "jsonl" ? `${records.join("\n")}\n` : `[\n${records.join(",\n")}\n]\n`;
}
