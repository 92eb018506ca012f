/** A user's SQL cut to its first rows. */

import { Refusal } from "../refusal.ts";
import { scanSql } from "../scan.ts";
import { derived } from "./block.ts";
import type { PrintDialect } from "./print-dialect.ts";

/**
 * The first rows of a user's SELECT. Where an engine drops the order of a derived table, the limit stands behind the text itself.
 * Throws Refusal if it can't: the text has an order and a limit of its own.
 */
export function limitedText(sql: string, rows: number, to: PrintDialect): string {
  const { isOrdered, isLimited } = endOf(sql, to);
  if (to.capabilities.keepsDerivedOrder || !isOrdered) return `SELECT *\nFROM ${derived(sql, "t1")}\nLIMIT ${rows}`;
  if (!isLimited) return `${sql}\nLIMIT ${rows}`;
  throw new Refusal(
    `In the dialect "${to.dialect.name}", the order of a query in another query is lost, so a query with its own ORDER BY and LIMIT can't be cut to ${rows} rows. Write the smaller limit into the SQL.`,
  );
}

/** What the text says outside of brackets, strings, names and comments. */
function endOf(sql: string, { dialect }: PrintDialect): { readonly isOrdered: boolean; readonly isLimited: boolean } {
  let depth = 0;
  let outer = "";
  for (const { kind, start, end } of scanSql(sql, dialect)) {
    if (kind !== "code") outer += " ";
    else
      for (const letter of sql.slice(start, end)) {
        if (letter === "(") depth++;
        if (letter === ")") depth--;
        outer += depth === 0 ? letter : " ";
      }
  }
  return { isOrdered: /\border\s+by\b/i.test(outer), isLimited: /\b(limit|offset|fetch)\b/i.test(outer) };
}
