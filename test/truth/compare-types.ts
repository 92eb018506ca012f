/** Compares the columns that a plan shows with what is in the files. */
import type { Schema } from "../../src/model/schema.ts";
import { type Duck, id } from "./duck.ts";
import type { Fault } from "./fault.ts";
import type { Meaning } from "./oracle.ts";
import type { Written } from "./read-back.ts";
import { isExactInParquet, textType } from "./reading.ts";
import { labelOf } from "./spec.ts";
import { duck as duckType, standsFor } from "./types.ts";

/** What is wrong with the planned columns of an operation that wrote files. */
export async function compareColumns(
  duck: Duck,
  meaning: Meaning,
  planned: Schema | undefined,
  written: Written,
): Promise<readonly Fault[]> {
  const { op, target } = meaning;
  const label = `${labelOf(op)} > ${target?.format}`;
  if (planned === undefined)
    return [{ figure: "wrong columns", key: `${label}: the plan shows no columns`, detail: "" }];
  const isWithoutNames = target?.format !== "parquet" && target?.format !== "csv" && written.rows === 0;
  const folders = new Set(written.partitions);
  const inFiles = planned.filter(({ name }) => !folders.has(name)).map(({ name }) => name);
  const faults: Fault[] = [];
  const found = written.columns.map(({ name }) => name);
  if (!isWithoutNames && JSON.stringify(inFiles) !== JSON.stringify(found)) {
    const isOrder = JSON.stringify([...inFiles].sort()) === JSON.stringify([...found].sort());
    const key = `${label}: ${isOrder ? "columns are planned in another order" : "columns are not those that are planned"}`;
    faults.push({ figure: "wrong columns", key, detail: `planned ${inFiles.join(", ")}; written ${found.join(", ")}` });
  }
  const types = new Map(await expectedTypes(duck, meaning));
  for (const column of planned) {
    const stored = written.columns.find(({ name }) => name === column.name);
    const isText = folders.has(column.name) || target?.format !== "parquet";
    if (stored === undefined && !folders.has(column.name)) continue;
    const plannedType = await normal(duck, duckType(column.type));
    const origin = types.get(column.name) ?? "?";
    const wrong = isText
      ? await wrongText(duck, written, column.name, plannedType, origin)
      : wrongParquet(plannedType, stored?.type ?? "?", origin);
    if (wrong !== null) {
      const key = `${label}${folders.has(column.name) ? " folder" : ""}: ${shortType(origin)} planned ${shortType(plannedType)}, ${wrong}`;
      faults.push({ figure: "wrong types", key, detail: `column ${JSON.stringify(column.name)}` });
    }
  }
  return faults;
}

const shortType = (type: string) => type.replaceAll(/'[^']*'/g, "'…'").slice(0, 60);

/** Types of the oracle's result, by column. */
async function expectedTypes(duck: Duck, { expected }: Meaning): Promise<readonly (readonly [string, string])[]> {
  if (expected === null || !("table" in expected)) return [];
  return (await duck.columns(`SELECT * FROM ${id(expected.table)}`)).map(({ name, type }) => [name, type] as const);
}

/** DuckDB's own spelling of a type. */
async function normal(duck: Duck, type: string): Promise<string> {
  if (type === "UNKNOWN") return type;
  const rows = await duck.rows(`SELECT typeof(CAST(NULL AS ${type}))`).catch(() => [[type]]);
  return rows[0]?.[0] ?? type;
}

function wrongParquet(planned: string, stored: string, origin: string): string | null {
  if (planned !== standsFor(stored)) return `written ${shortType(stored)}`;
  return isExactInParquet(origin) && stored !== origin ? `written ${shortType(stored)} too` : null;
}

/** Texts must all be of the planned type, and that must be the one that reading gives, as far as a type alone tells. */
async function wrongText(
  duck: Duck,
  written: Written,
  name: string,
  planned: string,
  origin: string,
): Promise<string | null> {
  if (written.rows === 0) return null;
  const isNested = /[[(]/.test(planned) && !planned.startsWith("DECIMAL");
  if (!isNested && planned !== "UNKNOWN" && planned !== "JSON") {
    const bad = await duck.rows(
      `SELECT ${id(name)} FROM ${id(written.table)} WHERE ${id(name)} IS NOT NULL AND TRY_CAST(${id(name)} AS ${planned}) IS NULL LIMIT 1`,
    );
    if (bad.length > 0) return "a text of the files does not fit";
  }
  const reads = textType(origin);
  const isSeen = (await duck.count(`SELECT count(${id(name)}) FROM ${id(written.table)}`)) > 0;
  return reads !== null && isSeen && planned !== reads && !isText(origin) ? `reads as ${reads}` : null;
}

/** What a text looks like depends on its values. */
const isText = (type: string) => type === "VARCHAR";

/** What is wrong with the columns that an `infer` plans, and with those that it put into the catalogue. */
export async function compareTable(
  duck: Duck,
  expectedTable: string,
  planned: Schema | undefined,
  catalogued: readonly { readonly name: string; readonly type: string }[] | null,
  source: string,
): Promise<readonly Fault[]> {
  const expected = await duck.columns(`SELECT * FROM ${id(expectedTable)}`);
  const label = `infer < ${source}`;
  if (planned === undefined)
    return [{ figure: "wrong columns", key: `${label}: the plan shows no columns`, detail: "" }];
  const faults: Fault[] = [];
  const names = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => name).join(", ");
  if (names(planned) !== names(expected))
    faults.push({
      figure: "wrong columns",
      key: `${label}: not the columns of the files`,
      detail: `planned ${names(planned)}; there ${names(expected)}`,
    });
  for (const column of planned) {
    const there = expected.find(({ name }) => name === column.name);
    if (there === undefined) continue;
    const type = await normal(duck, duckType(column.type));
    if (type !== standsFor(there.type))
      faults.push({
        figure: "wrong types",
        key: `${label}: ${shortType(there.type)} planned ${shortType(type)}`,
        detail: `column ${JSON.stringify(column.name)}`,
      });
  }
  if (catalogued === null)
    faults.push({ figure: "wrong columns", key: `${label}: no table in the catalogue`, detail: "" });
  else if (names(catalogued) !== names(planned))
    faults.push({
      figure: "wrong columns",
      key: `${label}: other columns in the catalogue`,
      detail: `planned ${names(planned)}; there ${names(catalogued)}`,
    });
  return faults;
}
