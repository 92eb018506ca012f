/** How files are written into a declared table that says how its files are read, and why that may be impossible. */
import { isReadAt } from "../../catalog/schema/data-files.ts";
import { joinPath } from "../../model/path.ts";
import type { CsvSettings, WrittenCsv } from "../../model/read-settings.ts";
import type { FileFormat } from "../../model/table.ts";
import { type DeclaredTable, locationOfDeclared } from "./declared-tables.ts";

/** The settings of a table that its writers follow. */
export function writtenCsv({ format, settings }: Pick<DeclaredTable, "format" | "settings">): WrittenCsv {
  if (format !== "csv" || settings?.csv === undefined) return {};
  const { delimiter, quote, escape: escapes, date_format, timestamp_format } = settings.csv;
  return {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(escapes === undefined ? {} : { escape: escapes }),
    ...(date_format === undefined ? {} : { date_format }),
    ...(timestamp_format === undefined ? {} : { timestamp_format }),
  };
}

/** Why readers of the table would not find, or not read, what is written; each a clause of a sentence. */
export function unreadWhenWritten(
  table: DeclaredTable,
  { path, format }: { readonly path: string; readonly format: FileFormat },
): readonly string[] {
  const { csv = {}, files } = table.settings ?? {};
  const file = path.endsWith(`.${format}`) ? path : joinPath(path, `part-0.${format}`);
  const isFound = isReadAt(locationOfDeclared(table), files)(file);
  return [...(isFound ? [] : [`"files" leaves out "${file}"`]), ...(format === "csv" ? notWritten(csv) : [])];
}

/** Settings that Mason reads and does not write. */
function notWritten({ header, quote, null: nulls = [""], encoding, skip, decimal }: CsvSettings): readonly string[] {
  const found: readonly (readonly [boolean, string])[] = [
    [header === false, "csv.header is false"],
    [quote === "", "csv.quote is empty"],
    [nulls.some((text) => text !== ""), "csv.null names other texts than the empty one"],
    [encoding !== undefined && encoding !== "utf-8", `csv.encoding is ${encoding}`],
    [(skip ?? 0) > 0, "csv.skip leaves out lines"],
    [decimal === ",", "csv.decimal is a comma"],
  ];
  return found.flatMap(([isSet, clause]) => (isSet ? [`${clause}, which Mason reads but does not write`] : []));
}
