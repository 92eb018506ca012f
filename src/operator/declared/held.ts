/** The declared table that an output is data of, as the job that writes it is told. */
import type { HeldTable } from "../../job/job.ts";
import type { Schema } from "../../model/schema.ts";
import type { DeclaredTable, DeclaredTables } from "./declared-tables.ts";
import { writtenCsv } from "./written-csv.ts";

/** The declared table at a path. Of several over one path, the first gives the types; a null must be allowed by all of them. */
export function heldAt(declared: DeclaredTables, path: string): HeldTable | undefined {
  const tables = declared.at(path);
  const [first] = tables;
  if (first === undefined) return undefined;
  const required = new Set(
    tables.flatMap((table) => columnsOf(table).flatMap(({ name, nullable }) => (nullable ? [] : name.toLowerCase()))),
  );
  return {
    name: `${first.database}.${first.name}`,
    ...ruleOf(tables),
    csv: writtenCsv(first),
    columns: columnsOf(first).map((column) => ({ ...column, nullable: !required.has(column.name.toLowerCase()) })),
  };
}

/** Tables that disagree are held to the strictest rule, which is to fail. */
function ruleOf(tables: readonly DeclaredTable[]): Pick<HeldTable, "onMismatch"> {
  const [rule, ...others] = new Set(tables.map(({ settings }) => settings?.onMismatch));
  return rule === undefined || others.length > 0 ? {} : { onMismatch: rule };
}

const columnsOf = ({ columns, partitions }: DeclaredTable): Schema => [...columns, ...partitions];
