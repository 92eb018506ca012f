/** Columns of delimited files that an engine would name otherwise than Mason's reader: the header or the first lines are guessed otherwise. */
import type { Layout } from "../../catalog/schema/reading.ts";
import type { Schema } from "../../model/schema.ts";

/** The columns as the engine and as Mason's reader find them. */
export interface Named {
  readonly options: readonly string[];
  readonly engine: Schema;
  readonly own: { readonly columns: Schema; readonly hasHeader?: boolean; readonly layouts?: readonly Layout[] };
}

/** A sentence about names that differ, or `null`. Nothing is compared where the query says how the names are found. */
export function otherNames({ options, engine, own }: Named): string | null {
  if (options.some((option) => ["header", "delim", "sep"].includes(option))) return null;
  const added = new Set(engine.slice(own.columns.length).map(({ name }) => name));
  const guessed = engine.flatMap(({ name }) => (added.has(name) ? [] : [name]));
  const names = own.columns.map(({ name }) => name);
  if (areAlike(guessed, names, own.hasHeader !== false)) return null;
  if ((own.layouts ?? []).length > 0)
    return `it would find the columns ${listed(guessed)} of its first file, while its files have the columns ${listed(names)}. Write read_csv(..., union_by_name = true), which gives nulls where a file lacks one, or declare a table over it.`;
  const found = own.hasHeader === false ? "has no header" : `has the columns ${listed(names)}`;
  return `it would find the columns ${listed(guessed)}, while the file ${found} when all its lines are read. Say how it is read: read_csv(..., header = true or false, delim = ..., skip = LINES_BEFORE_IT), or declare a table over it.`;
}

function areAlike(guessed: readonly string[], names: readonly string[], hasHeader: boolean): boolean {
  if (guessed.length !== names.length) return false;
  if (!hasHeader) return guessed.every((name) => madeUp.test(name));
  const all = new Set(names.map(folded));
  return guessed.every((name, at) => isSame(name, names[at] ?? "") || all.has(folded(name)));
}

const madeUp = /^column\d+$/;
const folded = (name: string): string => name.trim().toLowerCase();

/** Names that the file lacks or repeats are made up in different ways. */
function isSame(guess: string, name: string): boolean {
  const [a, b] = [folded(guess), folded(name)];
  return a === b || (madeUp.test(a) && /^col_\d+/.test(b)) || a.replace(/_\d+$/, "") === b.replace(/_\d+$/, "");
}

const listed = (names: readonly string[]): string =>
  `${names
    .slice(0, 10)
    .map((name) => `"${name}"`)
    .join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`;
