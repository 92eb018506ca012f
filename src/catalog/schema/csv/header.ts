/** The column names of a delimited file. */
import { fieldText, type Row, type RowRules } from "./rows.ts";

/** Unique names in the order of the fields, and sentences about generated names. */
export interface Header {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/** `col_0, col_1, ...` */
export const madeUpNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `col_${index}`);

/** The names in a header row. Surrounding blanks are removed, empty names are generated, repeated names are numbered. */
export function readHeader(text: string, row: Row, rules: RowRules): Header {
  const given = Array.from({ length: row.fields }, (_, index) => fieldText(text, row, index, rules).trim());
  const names: string[] = [];
  const notes: string[] = [];
  const taken = new Set(given);
  const used = new Set<string>();
  for (const [index, name] of given.entries()) {
    const wanted = name === "" ? `col_${index}` : name;
    const unique = name !== "" && !used.has(name) ? name : freeName(wanted, name === "" ? taken : used, taken);
    if (name === "") notes.push(`Column ${index + 1} has no name in the header; it is "${unique}".`);
    else if (unique !== name)
      notes.push(`The header names column "${name}" more than once; column ${index + 1} is "${unique}".`);
    names.push(unique);
    used.add(unique);
    taken.add(unique);
  }
  return { names, notes };
}

function freeName(wanted: string, used: ReadonlySet<string>, taken: ReadonlySet<string>): string {
  if (!used.has(wanted)) return wanted;
  let number = 1;
  while (taken.has(`${wanted}_${number}`)) number++;
  return `${wanted}_${number}`;
}
