/**
 * SQL dialects as data: how each one quotes, escapes and comments. This folder turns canonical jobs and users' SQL into statements of
 * a dialect. It runs nothing, opens nothing and knows no provider.
 */

/** The dialects that Mason writes. */
export const dialectNames = ["duckdb", "trino", "presto", "athena", "spark", "hive", "redshift"] as const;
export type DialectName = (typeof dialectNames)[number];

/** What quoting and scanning need to know about a dialect. */
export interface Dialect {
  readonly name: DialectName;
  /** The character around a quoted identifier. */
  readonly identifierQuote: '"' | "`";
  /** Characters that open a string; Spark and Hive also accept `"`. */
  readonly stringQuotes: readonly string[];
  /** True when a backslash in a string escapes the next character. */
  readonly backslashEscapes: boolean;
  /** How a quote within a string is written. */
  readonly quoteInString: "doubled" | "backslash";
  /** True when `$tag$ ... $tag$` is a string. */
  readonly dollarQuotes: boolean;
  /** True when `E'...'` is a string with backslash escapes. */
  readonly escapeStrings: boolean;
  /** True when block comments nest. */
  readonly nestedComments: boolean;
  /** How lists and maps of values are written. */
  readonly collections: "brackets" | "array[]" | "functions" | "json";
}

const ansi = {
  identifierQuote: '"',
  stringQuotes: ["'"],
  backslashEscapes: false,
  quoteInString: "doubled",
  dollarQuotes: false,
  escapeStrings: false,
  nestedComments: false,
} as const;
const trino = { ...ansi, collections: "array[]" } as const;
const spark = {
  ...ansi,
  identifierQuote: "`",
  stringQuotes: ["'", '"'],
  backslashEscapes: true,
  quoteInString: "backslash",
  collections: "functions",
} as const;

/** The dialects by name. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  duckdb: {
    ...ansi,
    name: "duckdb",
    dollarQuotes: true,
    escapeStrings: true,
    nestedComments: true,
    collections: "brackets",
  },
  trino: { ...trino, name: "trino" },
  presto: { ...trino, name: "presto" },
  athena: { ...trino, name: "athena" },
  spark: { ...spark, name: "spark", nestedComments: true },
  hive: { ...spark, name: "hive" },
  redshift: {
    ...ansi,
    name: "redshift",
    backslashEscapes: true,
    dollarQuotes: true,
    nestedComments: true,
    collections: "json",
  },
};

/** The dialect with this name, or `null`. */
export const findDialect = (name: string): Dialect | null =>
  (dialectNames as readonly string[]).includes(name) ? dialects[name as DialectName] : null;

/**
 * The dialect with this name. It throws for any other name: text in the quotes of one dialect may end them in another, so there is no
 * dialect to fall back on.
 */
export function requireDialect(name: string): Dialect {
  const dialect = findDialect(name);
  if (dialect !== null) return dialect;
  throw new Error(`There is no SQL dialect "${name}". Mason writes ${dialectNames.join(", ")}.`);
}
