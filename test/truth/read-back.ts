/** Reads what Mason wrote, by hand: the files, the names of their folders, and DuckDB told everything. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FileFormat } from "../../src/model/table.ts";
import { type Duck, type DuckColumn, id, lit } from "./duck.ts";
import { recordsOf } from "./json-records.ts";

/** What is at a place. */
export interface Written {
  /** A view of the rows; columns of text formats and of folders are texts. */
  readonly table: string;
  /** Columns in the files, with DuckDB's types for Parquet. */
  readonly columns: readonly DuckColumn[];
  /** Names of folders. */
  readonly partitions: readonly string[];
  readonly rows: number;
}

/** Reads the files at a path below a root; `null` when there is none. */
export async function readBack(
  duck: Duck,
  root: string,
  path: string,
  format: FileFormat,
  table: string,
): Promise<Written | null> {
  const files = await filesBelow(join(root, path));
  if (files.length === 0) return null;
  const parts: {
    readonly select: string;
    readonly columns: readonly DuckColumn[];
    readonly folders: readonly string[];
  }[] = [];
  for (const file of files) {
    const { from, columns } = await relationOf(duck, file, format);
    const folders = foldersOf(file.slice(join(root, path).length));
    const own = new Map(folders);
    const values = [...own].map(([key, value]) => `${textOrNull(value)} AS ${id(key)}`);
    const names = columns.map(({ name }) => id(name));
    const list = [...names, ...values];
    parts.push({
      select: `SELECT ${list.length === 0 ? "1" : list.join(", ")} FROM ${from}`,
      columns,
      folders: [...own.keys()],
    });
  }
  const [first] = parts;
  if (first === undefined) return null;
  const known = new Map(parts.flatMap(({ columns }) => columns.map((column) => [column.name, column] as const)));
  const withColumns = parts.filter(({ columns, folders }) => columns.length + folders.length > 0);
  const union = (withColumns.length === 0 ? [first] : withColumns)
    .map(({ select }) => select)
    .join(" UNION ALL BY NAME ");
  await duck.run(`CREATE OR REPLACE VIEW ${id(table)} AS ${union}`);
  const rows = withColumns.length === 0 ? 0 : await duck.count(`SELECT count(*) FROM ${id(table)}`);
  return { table, columns: [...known.values()], partitions: first.folders, rows };
}

async function filesBelow(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) => entry.isFile() && !/^[._]/.test(entry.name) && !/\/[._]/.test(entry.parentPath.slice(path.length)),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function foldersOf(path: string): readonly (readonly [string, string | null])[] {
  return path.split("/").flatMap((part) => {
    const cut = part.indexOf("=");
    if (cut < 0 || part === path.split("/").at(-1)) return [];
    const value = part.slice(cut + 1);
    return [[decode(part.slice(0, cut)), value === "__HIVE_DEFAULT_PARTITION__" ? null : decode(value)] as const];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function relationOf(
  duck: Duck,
  file: string,
  format: FileFormat,
): Promise<{ readonly from: string; readonly columns: readonly DuckColumn[] }> {
  if (format === "parquet") {
    const from = `read_parquet(${lit(file)}, hive_partitioning = false)`;
    return { from, columns: await duck.columns(`SELECT * FROM ${from}`) };
  }
  if (format === "csv") {
    const names = headerOf(await readFile(file, "utf8"));
    const columns = names.map((name) => `${lit(name)}: 'VARCHAR'`).join(", ");
    const from = `read_csv(${lit(file)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, strict_mode = true, hive_partitioning = false, columns = {${columns}})`;
    return { from, columns: names.map((name) => ({ name, type: "VARCHAR" })) };
  }
  const records = recordsOf(await readFile(file, "utf8"));
  const names = [...new Set(records.flatMap((record) => [...record.keys()]))];
  if (names.length === 0) return { from: "(SELECT 1 WHERE false)", columns: [] };
  const values = records.map((record) => `(${names.map((name) => textOrNull(record.get(name) ?? null)).join(", ")})`);
  return {
    from: `(VALUES ${values.join(", ")}) AS _(${names.map(id).join(", ")})`,
    columns: names.map((name) => ({ name, type: "VARCHAR" })),
  };
}

const textOrNull = (text: string | null) => (text === null ? "CAST(NULL AS VARCHAR)" : lit(text));

/** The fields of the first line, which may hold line ends in quotes. */
function headerOf(text: string): readonly string[] {
  const fields: string[] = [];
  let field = "";
  let inQuotes = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (inQuotes && letter === '"' && text[at + 1] === '"') {
      field += letter;
      at++;
    } else if (letter === '"') inQuotes = !inQuotes;
    else if (!inQuotes && letter === ",") {
      fields.push(field);
      field = "";
    } else if (!inQuotes && (letter === "\n" || letter === "\r")) break;
    else field += letter;
  }
  return [...fields, field];
}
