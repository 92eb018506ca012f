/** Compares rows that were written with those of the oracle. */
import type { FileFormat } from "../../src/model/table.ts";
import { type Duck, id } from "./duck.ts";
import type { Fault } from "./fault.ts";
import type { Meaning } from "./oracle.ts";
import type { Written } from "./read-back.ts";
import { labelOf } from "./spec.ts";

/** What is wrong with the rows at a place. */
export async function compareRows(duck: Duck, meaning: Meaning, written: Written): Promise<readonly Fault[]> {
  const { expected, op, target } = meaning;
  if (expected === null || expected.rows === "none" || target === null) return [];
  const label = `${labelOf(op)} > ${target.format}`;
  const count =
    expected.rows === "exact" ? await duck.count(`SELECT count(*) FROM ${id(expected.table)}`) : expected.count;
  if (written.rows !== count)
    return [
      {
        figure: "wrong rows",
        key: `${label}: ${written.rows < count ? "fewer" : "more"} rows`,
        detail: `${written.rows} of ${count}`,
      },
    ];
  if (expected.rows === "count" || count === 0) return [];
  const columns = await duck.columns(`SELECT * FROM ${id(expected.table)}`);
  const there = new Map(
    [...written.columns, ...written.partitions.map((name) => ({ name, type: "VARCHAR" }))].map(({ name, type }) => [
      name,
      type,
    ]),
  );
  const faults: Fault[] = [];
  const same: { readonly left: string; readonly right: string }[] = [];
  for (const { name, type } of columns) {
    const stored = there.get(name);
    // A missing column is told elsewhere.
    if (stored === undefined) continue;
    const isFolder = written.partitions.includes(name);
    const pair = {
      left: textOf(id(name), type),
      right: readAs(id(name), stored, type, isFolder ? "csv" : target.format),
    };
    same.push(pair);
    const operation = expected.rows === "exact" ? "EXCEPT ALL" : "EXCEPT";
    const extra = await duck.rows(
      `(SELECT ${pair.right} FROM ${id(written.table)}) ${operation} (SELECT ${pair.left} FROM ${id(expected.table)}) LIMIT 1`,
    );
    if (extra.length > 0) {
      const lacking = await duck.rows(
        `(SELECT ${pair.left} FROM ${id(expected.table)}) EXCEPT (SELECT ${pair.right} FROM ${id(written.table)}) LIMIT 1`,
      );
      const [wrote, right] = [extra[0]?.[0] ?? null, lacking[0]?.[0] ?? null];
      const detail = `column ${JSON.stringify(name)}: written ${wrote}, right ${right}`;
      const isWord =
        right === "NULL" ||
        (await duck.count(`SELECT count(*) FROM ${id(expected.table)} WHERE ${pair.left} = 'NULL'`)) > 0;
      const nulls = isWord ? "nulls in place of the text NULL" : "nulls in place of values";
      const how = wrote === null ? nulls : "other values";
      faults.push({
        figure: "wrong rows",
        key: `${label}${isFolder ? " folder" : ""}: ${how} of ${type.replaceAll(/'[^']*'/g, "'…'").slice(0, 40)}`,
        detail,
      });
    }
  }
  if (faults.length > 0 || same.length === 0) return faults;
  const [left, right] = [same.map((pair) => pair.left), same.map((pair) => pair.right)];
  const mixed = await duck.count(
    `SELECT count(*) FROM ((SELECT ${right.join(", ")} FROM ${id(written.table)}) EXCEPT (SELECT ${left.join(", ")} FROM ${id(expected.table)}))`,
  );
  return mixed === 0
    ? []
    : [{ figure: "wrong rows", key: `${label}: values of one row are in several`, detail: `${mixed} rows` }];
}

const isNested = (type: string) => /^(STRUCT|MAP)|\]$/.test(type);

/** A value of the oracle as a text. */
const textOf = (name: string, type: string): string =>
  type === "JSON" ? `CAST(json(${name}) AS VARCHAR)` : `CAST(${name} AS VARCHAR)`;

/** What was written, as the same text. */
function readAs(name: string, stored: string, type: string, format: FileFormat): string {
  if (type.startsWith("ENUM") || type === "VARCHAR") return `CAST(${name} AS VARCHAR)`;
  if (type === "JSON") return `CAST(json(CAST(${name} AS VARCHAR)) AS VARCHAR)`;
  if (format !== "parquet" && isNested(type))
    return format === "csv" ? name : `CAST(TRY_CAST(CAST(${name} AS JSON) AS ${type}) AS VARCHAR)`;
  return stored === type ? `CAST(${name} AS VARCHAR)` : `CAST(TRY_CAST(${name} AS ${type}) AS VARCHAR)`;
}
