/**
 * A query: the text of the user, unchanged. Its tables are written as the engine knows them, `schema.table` within a catalog or with the catalog
 * in front, so the session's catalog is all that the text needs.
 */
import type { AnyJob, Relation } from "../../job/job.ts";
import type { Schema } from "../../model/schema.ts";
import type { Dialect } from "../dialect.ts";
import { type Form, limit, sqlText } from "../ir.ts";
import { Refusal } from "../refusal.ts";
import { isOneStatement, withoutSemicolon } from "../scan.ts";
import { rowsOf } from "./relation.ts";

type Query = Extract<AnyJob, { kind: "query" }>;

/** The rows of a query; `columns`: those that the engine says it has. Rows that are not written are cut by who fetches them. */
export function queryForm(job: Query, dialect: Dialect, columns: Schema | null): Form {
  const sql = withoutSemicolon(job.sql, dialect).trimEnd();
  if (!isOneStatement(sql, dialect))
    throw new Refusal(
      "The SQL is not one whole statement: it has a second one, or a bracket, a quote or a comment without its other half.",
    );
  const text = sqlText(sql, columns);
  return job.target === undefined || job.limit === undefined ? text : limit(text, job.limit);
}

/** The catalog in which the tables of a query are found; `null` if each has its whole name. Throws Refusal if there are several. */
export function catalogOf({ sources }: Query): string | null {
  const catalogs = new Set(sources.flatMap(catalogFor));
  if (catalogs.size <= 1) return [...catalogs][0] ?? null;
  const names = [...catalogs].map((name) => `"${name}"`).join(" and ");
  throw new Refusal(
    `The SQL names tables of the catalogs ${names} without their catalog. Write the catalog in front of each name.`,
  );
}

/** Engines compare names in any letter case. */
const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((part, at) => part.toLowerCase() === b[at]?.toLowerCase());

function catalogFor(relation: Relation): readonly string[] {
  rowsOf(relation);
  if (!("kind" in relation) || isSame(relation.name, relation.table)) return [];
  const [catalog = "", ...rest] = relation.table;
  if (isSame(relation.name, rest) && relation.name.length === 2) return [catalog];
  throw new Refusal(
    `The SQL names "${relation.name.join(".")}", which is "${relation.table.join(".")}" in the engine. Write that name.`,
  );
}
