/** What is said of a table's columns that its files lack. The plan and the run both ask here. */
import type { Lacking } from "../../catalog/schema/lacking.ts";
import type { Table } from "../../model/table.ts";

const mostFiles = 3;

/** Sentences about declared columns that some files, or all of them, lack. */
export function lackingNotes(
  { database, name }: Pick<Table, "database" | "name">,
  lacking: readonly Lacking[],
): readonly string[] {
  const nowhere = lacking.filter(({ files, of }) => files.length === of).map(({ column }) => `"${column}"`);
  const none = `No file of table "${database}.${name}" has the column${nowhere.length === 1 ? "" : "s"} ${nowhere.join(", ")}; it reads as null.`;
  const some = lacking.filter(({ files, of }) => files.length < of).map(someLack);
  return [...(nowhere.length === 0 ? [] : [none]), ...some];
}

function someLack({ column, files, of }: Lacking): string {
  const shown = files.slice(0, mostFiles).map((path) => `"${path}"`);
  const rest = files.length > mostFiles ? ` and ${files.length - mostFiles} more` : "";
  return `Column "${column}" is missing in ${files.length} of ${of} files (${shown.join(", ")}${rest}); it is null there.`;
}
