/** What the formats make of types: the type that a column has when it is written and read again, after behaviour.md §3. */
import type { FileFormat } from "../../src/model/table.ts";
import { type Duck, type DuckColumn, id } from "./duck.ts";

const whole = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/;

/** The type that reading a text format gives; `null`: it depends on the values, or nothing says. */
export function textType(type: string): string | null {
  if (type === "UBIGINT") return null;
  if (whole.test(type)) return "BIGINT";
  if (type === "FLOAT" || type === "DOUBLE") return "DOUBLE";
  return ["BOOLEAN", "DATE", "VARCHAR", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"].includes(type) ? type : null;
}

/** Types that Parquet and DuckDB give back as they are. */
export const isExactInParquet = (type: string): boolean =>
  /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE|VARCHAR|DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|BLOB|DECIMAL\(\d+,\d+\))(\[\])*$/.test(
    type,
  );

const looksLikeText = (name: string) =>
  `count(${name}) FILTER (${name}[1] = '0' AND length(${name}) > 1 OR (TRY_CAST(${name} AS DOUBLE) IS NULL AND TRY_CAST(${name} AS TIMESTAMP) IS NULL AND TRY_CAST(${name} AS TIMESTAMPTZ) IS NULL AND lower(${name}) NOT IN ('true', 'false')))`;

/** Makes `read` of `written`: the columns that a reader of the files sees, with partitions last. False when that can't be told. */
export async function readAgain(
  duck: Duck,
  written: string,
  read: string,
  format: FileFormat,
  partitions: readonly string[],
): Promise<boolean> {
  const columns = await duck.columns(`SELECT * FROM ${id(written)}`);
  const inFolder = new Set(partitions);
  const ordered = [
    ...columns.filter(({ name }) => !inFolder.has(name)),
    ...partitions.flatMap((name) => columns.filter((column) => column.name === name)),
  ];
  const casts: string[] = [];
  const must: string[] = [];
  let isCertain = true;
  for (const column of ordered) {
    const isText = format !== "parquet" || inFolder.has(column.name);
    const type = isText ? textType(column.type) : parquetType(column.type);
    isCertain &&= type !== null;
    casts.push(`CAST(${id(column.name)} AS ${type ?? column.type}) AS ${id(column.name)}`);
    if (isText) must.push(isWord(column) ? looksLikeText(id(column.name)) : `count(${id(column.name)})`);
  }
  await duck.run(`CREATE OR REPLACE TABLE ${id(read)} AS SELECT ${casts.join(", ")} FROM ${id(written)}`);
  if (must.length === 0) return isCertain;
  const enough = await duck.count(`SELECT least(${must.join(", ")}, count(*)) FROM ${id(written)}`);
  return isCertain && enough > 0;
}

const isWord = (column: DuckColumn) => column.type === "VARCHAR";

/** Parquet has no such types: what comes back is another one, which a test of its own looks at. */
function parquetType(type: string): string | null {
  if (/HUGEINT|UNION|BIT|BIGNUM|NULL|TIME_NS|TIME WITH|ENUM|VARIANT|TIMESTAMP_(S|MS)|\[\d+\]|UUID/.test(type))
    return null;
  return type;
}
