/** Names, texts and paths in DuckDB's notation. */
import { dialects } from "../../dialect.ts";
import { quoteIdentifier, quoteString } from "../../quote.ts";

/** A quoted name of DuckDB. */
export const name = (text: string): string => quoteIdentifier(text, dialects.duckdb);
/** A quoted text of DuckDB. */
export const text = (value: string): string => quoteString(value, dialects.duckdb);

/** A URI as DuckDB opens it: without `file://`; other schemes stay. */
export const localPath = (uri: string): string => (uri.startsWith("file://") ? uri.slice("file://".length) : uri);

/** A path as a pattern that only this path matches. */
export const literalGlob = (path: string): string => path.replace(/[*?[]/g, (character) => `[${character}]`);

/** A name that none of `taken` is, in any letter case. */
export function unusedName(wanted: string, taken: Iterable<string>): string {
  const names = new Set([...taken].map((item) => item.toLowerCase()));
  let free = wanted;
  while (names.has(free.toLowerCase())) free = `${free}_`;
  return free;
}
