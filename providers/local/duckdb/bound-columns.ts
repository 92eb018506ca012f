/** The columns that DuckDB binds for a statement, and which of them, or of their parts, are nulls without a type. */
import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import { boolean, type DataType, sameType, unknown } from "../../../src/model/data-type.ts";
import type { Column, Schema } from "../../../src/model/schema.ts";
import { name } from "../../../src/sql/dialects/duckdb/names.ts";
import { duckDbType } from "../../../src/sql/dialects/duckdb/types.ts";
import { duckDbSdk } from "./sdk.ts";
import { schemaOf } from "./values.ts";

/** The columns of a prepared SELECT. DuckDB shows nulls without a type, and elements of empty lists, as integers; they are marked. */
export async function boundColumns(
  connection: DuckDBConnection,
  sql: string,
  prepared: DuckDBPreparedStatement,
): Promise<Schema> {
  const columns = schemaOf(prepared, await duckDbSdk());
  if (!/null|[[({]\s*[\])}]/i.test(sql)) return columns;
  const places = columns.flatMap(({ type }, place) => (sameType(type, besides(type)) ? [] : [place]));
  if (places.length === 0) return columns;
  // DuckDB does not take back the text of each nested type, so one column must not hide the others.
  const ask = (some: readonly number[]) => besideBooleans(connection, sql, columns, some);
  const beside =
    (await ask(places)) ??
    new Map((await Promise.all(places.map((place) => ask([place])))).flatMap((one) => [...(one ?? [])]));
  return columns.map((column, place) => marked(column, beside.get(place)));
}

function marked(column: Column, beside: DataType | undefined): Column {
  const type = beside === undefined ? column.type : withUnknown(column.type, beside);
  if (sameType(type, column.type)) return column;
  return type.kind === "unknown" ? { ...column, isUntyped: true } : { ...column, partlyUntyped: type };
}

/** The type with booleans in the place of integers. */
const besides = (type: DataType): DataType => {
  switch (type.kind) {
    case "int":
      return type.bits === 32 ? boolean : type;
    case "array":
      return { ...type, element: besides(type.element) };
    case "map":
      return { ...type, key: besides(type.key), value: besides(type.value) };
    case "struct":
      return { ...type, fields: type.fields.map((field) => ({ ...field, type: besides(field.type) })) };
    default:
      return type;
  }
};

/** The type with `unknown` in the place of integers that became booleans. */
function withUnknown(own: DataType, beside: DataType | undefined): DataType {
  if (own.kind === "int") return own.bits === 32 && beside?.kind === "boolean" ? unknown : own;
  if (own.kind === "array" && beside?.kind === "array")
    return { ...own, element: withUnknown(own.element, beside.element) };
  if (own.kind === "map" && beside?.kind === "map")
    return { ...own, key: withUnknown(own.key, beside.key), value: withUnknown(own.value, beside.value) };
  if (own.kind !== "struct" || beside?.kind !== "struct") return own;
  const fields = own.fields.map((field, at) => ({ ...field, type: withUnknown(field.type, beside.fields[at]?.type) }));
  return { ...own, fields };
}

/**
 * The types of columns beside nulls of the same type with booleans: there an integer stays an integer, and a null without a type becomes a
 * boolean. `null` for a statement that can't stand in another one.
 */
async function besideBooleans(
  connection: DuckDBConnection,
  sql: string,
  columns: Schema,
  places: readonly number[],
): Promise<ReadonlyMap<number, DataType> | null> {
  const names = columns.map((_, place) => name(`column ${place}`));
  const values = places.map((place) => `coalesce(${names[place]}, CAST(NULL AS ${typeText(columns[place])}))`);
  try {
    const probe = await connection.prepare(
      `SELECT ${values.join(", ")} FROM (\n${sql.replace(/;\s*$/, "")}\n) AS result(${names.join(", ")})`,
    );
    try {
      const types = schemaOf(probe, await duckDbSdk());
      return new Map(
        places.flatMap((place, at) => (types[at] === undefined ? [] : [[place, types[at].type] as const])),
      );
    } finally {
      probe.destroySync();
    }
  } catch {
    return null;
  }
}

const typeText = (column: Column | undefined): string => duckDbType(besides(column?.type ?? unknown));
