/** The values that a step left out, because they did not fit the columns of a table, as text and JSON. */
import { visible } from "../../diagnostic/visible.ts";
import type { Json } from "../../json.ts";
import type { Mismatches, Reject } from "../../model/job.ts";

/** A line with the counts of each table, and one for each value that is kept. */
export const mismatchLines = (all: readonly Mismatches[]): readonly string[] =>
  all.flatMap((found) => [countLine(found), ...found.rejects.map((reject) => `  ${rejectText(reject)}`)]);

function countLine({ table, when, rule, rows, columns, values, rejects }: Mismatches): string {
  const what = rule === "skip_row" ? `${rows} skipped` : `${values} made null`;
  const counts = Object.entries(columns).map(([name, count]) => `${name} ${count}`);
  const first = rejects.length < values ? `, the first ${rejects.length}` : "";
  return visible(`${when === "read" ? "from" : "into"} ${table}: ${what} (${counts.join(", ")})${first}`);
}

/** `raw/orders.csv:3  amount  "12,50"`. */
function rejectText({ file, line, record, column, value }: Reject): string {
  const at = line === undefined ? (record === undefined ? "" : ` record ${record}`) : `:${line}`;
  const shown = value === null ? "no value" : JSON.stringify(value);
  return [...(file === undefined ? [] : [`${file}${at}`]), column, shown].map(visible).join("  ");
}

/** As JSON; nothing when no value was left out. */
export const mismatchesJson = (all: readonly Mismatches[] | undefined): { readonly mismatches?: Json } =>
  all === undefined
    ? {}
    : {
        mismatches: all.map((found) => ({
          ...found,
          columns: { ...found.columns },
          rejects: found.rejects.map((reject) => ({ ...reject })),
        })),
      };
