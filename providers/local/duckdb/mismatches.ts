/** Looks for values that do not fit their columns in the tables that leave such values out, before the job runs without them. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CanonicalJob, OnMismatch } from "../../../src/job/job.ts";
import type { Mismatches, Reject } from "../../../src/model/job.ts";
import { name } from "../../../src/sql/dialects/duckdb/names.ts";
import { type FolderGroup, folderGroups } from "../../../src/sql/dialects/duckdb/partition-values.ts";
import { canMisfit, isMisfit, type ReadColumn, readColumns } from "../../../src/sql/dialects/duckdb/shown.ts";
import { filenameOf, type ReadSource, tableFunction } from "../../../src/sql/dialects/duckdb/source.ts";
import { withSources } from "../../../src/sql/dialects/duckdb/sources-of.ts";
import { excerpt, itemsOf, rowsOf } from "./find-misfit.ts";
import { linesOf } from "./record-line.ts";

/** The most values that are kept of each table. */
const mostRejects = 100;

/** The job, which knows in which sources a value does not fit, and those values. */
export interface Looked {
  readonly job: CanonicalJob;
  readonly mismatches: readonly Mismatches[];
}

/** Reads the sources of tables with a rule about values that do not fit. A preview of a few rows is not worth that. */
export async function lookForMisfits(connection: DuckDBConnection, job: CanonicalJob): Promise<Looked> {
  if (job.kind === "preview") return { job, mismatches: [] };
  const found = new Map<string, Mismatches>();
  const looked = await withSources(job, async (source) => {
    const { onMismatch, files } = source;
    if (onMismatch === undefined || files.length === 0) return source;
    const before = found.get(onMismatch.table) ?? none(onMismatch);
    const after = await misfitsOf(connection, { ...source, isAllText: true }, onMismatch, before);
    if (after.values > 0) found.set(onMismatch.table, after);
    return { ...source, hasMisfits: after.values > before.values };
  });
  return { job: looked, mismatches: [...found.values()] };
}

const none = ({ table, rule }: OnMismatch): Mismatches => ({
  table,
  when: "read",
  rule,
  rows: 0,
  values: 0,
  columns: {},
  rejects: [],
});

async function misfitsOf(
  connection: DuckDBConnection,
  source: ReadSource,
  { rule }: OnMismatch,
  before: Mismatches,
): Promise<Mismatches> {
  let sum = before;
  for (const group of folderGroups(source)) {
    // A column that must have a value can't become null, so the job fails.
    const columns = readColumns(source, group).filter(
      (read) => canMisfit(read) && (rule === "skip_row" || read.column.nullable),
    );
    if (columns.length === 0) continue;
    for (const count of await countsOf(connection, source, group, columns)) {
      const left = mostRejects - sum.rejects.length;
      const rejects = left === 0 ? [] : await rejectsIn(connection, { source, columns, file: count.file, left });
      sum = plus(sum, columns, count, rejects);
    }
  }
  return sum;
}

interface FileCount {
  readonly file: string;
  readonly rows: number;
  /** By column. */
  readonly values: readonly number[];
}

/** One pass over the files. Those in which every value fits are not among the answers. */
async function countsOf(
  connection: DuckDBConnection,
  source: ReadSource,
  group: FolderGroup,
  columns: readonly ReadColumn[],
): Promise<readonly FileCount[]> {
  const flags = columns.map((column, at) => `${isMisfit(column)} AS m${at}`);
  const any = columns.map((_, at) => `m${at}`).join(" OR ");
  const counts = columns.map((_, at) => `count(*) FILTER (m${at})`);
  const inner = `SELECT ${name(filenameOf(source))} AS file, ${flags.join(", ")} FROM ${tableFunction(source, group.files)}`;
  const rows = await rowsOf(
    connection,
    `SELECT file, count(*), ${counts.join(", ")} FROM (${inner}) WHERE ${any} GROUP BY file ORDER BY file`,
  );
  return rows.map(([file, count, ...values]) => ({
    file: String(file),
    rows: Number(count),
    values: values.map(Number),
  }));
}

function plus(sum: Mismatches, reads: readonly ReadColumn[], count: FileCount, rejects: readonly Reject[]): Mismatches {
  const columns: Record<string, number> = { ...sum.columns };
  reads.forEach(({ column }, at) => {
    const more = count.values[at] ?? 0;
    if (more > 0) columns[column.name] = (columns[column.name] ?? 0) + more;
  });
  return {
    ...sum,
    rows: sum.rows + count.rows,
    values: Object.values(columns).reduce((all, more) => all + more, 0),
    columns,
    rejects: [...sum.rejects, ...rejects],
  };
}

/** The first values of a file that do not fit, with their places. */
async function rejectsIn(
  connection: DuckDBConnection,
  {
    source,
    columns,
    file,
    left,
  }: {
    readonly source: ReadSource;
    readonly columns: readonly ReadColumn[];
    readonly file: string;
    readonly left: number;
  },
): Promise<readonly Reject[]> {
  const numbered = `SELECT *, row_number() OVER () AS mason_record FROM ${tableFunction(source, [file])}`;
  const flags = columns.map((column) => isMisfit(column));
  const texts = columns.map((column) => `substr(${column.written}, 1, 200)`);
  const rows = await rowsOf(
    connection,
    `SELECT mason_record, [${flags.join(", ")}], [${texts.join(", ")}] FROM (${numbered}) WHERE ${flags.join(" OR ")} ORDER BY 1 LIMIT ${left}`,
  );
  const lines = await linesOf(
    source,
    file,
    rows.map((row) => Number(row[0])),
  );
  const all = rows.flatMap(([record, isOne, values], row) =>
    columns.flatMap(({ column }, at): readonly Reject[] => {
      if (itemsOf(isOne)[at] !== true) return [];
      const value = itemsOf(values)[at] ?? null;
      const line = lines[row] ?? null;
      return [
        {
          file,
          ...placeOf(line, Number(record)),
          column: column.name,
          value: value === null ? null : excerpt(String(value)),
        },
      ];
    }),
  );
  return all.slice(0, left);
}

const placeOf = (line: number | null, record: number): Pick<Reject, "line" | "record"> =>
  line === null ? { record } : { line };
