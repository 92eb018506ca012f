/** What a job reads, as a form. */
import type { Relation } from "../../job/job.ts";
import type { Schema } from "../../model/schema.ts";
import { type Form, scan } from "../ir.ts";
import { Refusal } from "../refusal.ts";

/** All columns that a relation gives, in their order: the partitions come last. */
export const relationColumns = (relation: Relation): Schema => [...relation.columns, ...relation.partitions];

/**
 * The rows of a relation. With `place`, a column of this name gives the place of each row. Throws Refusal for files: those are read by engines
 * that take jobs.
 */
export function rowsOf(relation: Relation, place: string | null = null): Form {
  if ("kind" in relation) return scan(relation.table, relationColumns(relation), place);
  throw new Refusal(
    `"${relation.name.join(".")}" is a set of files, and statements read tables by name. Register the files as a table of the engine's metastore.`,
  );
}

/** A name that no column has, in any letter case. */
export function unusedName(wanted: string, taken: Schema): string {
  const names = new Set(taken.map(({ name }) => name.toLowerCase()));
  let free = wanted;
  while (names.has(free.toLowerCase())) free = `${free}_`;
  return free;
}
