/** A table as operators show it to people and to `--json`. */
import type { Json, JsonObject } from "../../json.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import type { Table } from "../../model/table.ts";
import { counted } from "../output.ts";

/** The shape that `table:get` and `table:infer` return. */
export const tableData = (table: Table): JsonObject => ({
  Name: table.name,
  CreatedAt: table.createdAt ?? null,
  CreatedBy: table.createdBy ?? null,
  Schema: { SchemaType: table.format, Columns: columnData(table.columns) },
  Partitions: columnData(table.partitions),
  Location: table.location,
  Format: table.format,
});

const columnData = (columns: Schema): Json =>
  columns.map(({ name, type }) => ({ Name: name, Type: formatDataType(type) }));

/** `sales.orders`. */
export const qualified = (table: Pick<Table, "database" | "name">): string => `${table.database}.${table.name}`;

/** `3 columns, parquet, partitioned by order_date`. */
export function summaryOf({ columns, partitions, format }: Pick<Table, "columns" | "partitions" | "format">): string {
  const by = partitions.map((column) => column.name).join(", ");
  return `${counted(columns.length, "column")}, ${format}${by === "" ? "" : `, partitioned by ${by}`}`;
}

/** The schema reader's sentences about a table that is only files; the metastore keeps them in the table's properties. */
export function notesOf(table: Table): { readonly notes: readonly string[]; readonly conflicts: readonly string[] } {
  const { notes, conflict } = table.properties ?? {};
  return {
    notes: Array.isArray(notes) ? notes.map(String) : [],
    conflicts: typeof conflict === "string" ? [conflict] : [],
  };
}
