/**
 * One SELECT, filled stage by stage in the order in which SQL computes it. What comes too late for the current stage gets the block as a
 * derived table. Columns are carried as texts; only plain names are ever repeated, so nothing is computed twice.
 */
import { quoteIdentifier } from "../quote.ts";
import type { PrintDialect } from "./print-dialect.ts";

/** How far a block is filled. */
export const stages = ["from", "where", "computed", "distinct", "ordered", "limited"] as const;
export type Stage = (typeof stages)[number];

/** The text of a column within its block. `isName`: it is a plain name, so it may stand in several places. */
export interface BlockColumn {
  readonly name: string;
  readonly text: string;
  readonly isName: boolean;
}

/** A SELECT that is not finished. */
export interface Block {
  readonly stage: Stage;
  /** `null`: all columns of `from`, which nobody typed. */
  readonly columns: readonly BlockColumn[] | null;
  /** Absent: one row of constants. */
  readonly from?: string;
  readonly where: readonly string[];
  readonly groupBy: readonly string[];
  readonly isDistinct: boolean;
  readonly orderBy: readonly string[];
  readonly limit?: number;
}

/** A block over something in FROM whose columns have these names. */
export const blockOver = (from: string | undefined, names: readonly string[] | null, to: PrintDialect): Block => ({
  stage: "from",
  columns: names?.map((name) => ({ name, text: quoteIdentifier(name, to.dialect), isName: true })) ?? null,
  ...(from === undefined ? {} : { from }),
  where: [],
  groupBy: [],
  isDistinct: false,
  orderBy: [],
});

/** True if a block is at most at this stage. */
export const isUpTo = ({ stage }: Block, last: Stage): boolean => stages.indexOf(stage) <= stages.indexOf(last);

/** The columns of a block by name. */
export function textOf(block: Block): (name: string) => string {
  const texts = new Map(block.columns?.map(({ name, text }) => [name, text]));
  return (name) => texts.get(name) ?? name;
}

/** The SELECT of a block, one clause a line. */
export function selectText(block: Block, to: PrintDialect): string {
  const items = block.columns?.map(({ name, text }) => {
    const quoted = quoteIdentifier(name, to.dialect);
    return text === quoted ? text : `${text} AS ${quoted}`;
  });
  const head = `SELECT ${block.isDistinct ? "DISTINCT " : ""}`;
  const lines = [
    `${head}${items?.join(items.length > 1 ? ",\n  " : "") ?? "*"}`,
    ...(block.from === undefined ? [] : [`FROM ${block.from}`]),
    ...clause("WHERE", block.where, " AND "),
    ...clause("GROUP BY", block.groupBy, ", "),
    ...clause("ORDER BY", block.orderBy, ", "),
    ...(block.limit === undefined ? [] : [`LIMIT ${block.limit}`]),
  ];
  return lines.join("\n");
}

const clause = (word: string, items: readonly string[], between: string) =>
  items.length === 0 ? [] : [`${word} ${items.join(between)}`];

/** A text as a derived table. It stands on lines of its own, so that a comment at its end hides nothing. */
export const derived = (text: string, alias: string): string => `(\n${text}\n) AS ${alias}`;
