/** Fills `$name` in an operator's SQL with typed values. Strings, comments and quoted identifiers stay as they are. */
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import type { Json } from "../json.ts";
import type { Dialect } from "./dialect.ts";
import { QuoteError, quoteValue, type ValueType } from "./quote.ts";
import { insideWord, type Stretch, scanSql } from "./scan.ts";

/** A value for one `$name`. `unknown`: known after apply; a typed null takes its place, so that the SQL can be typed. */
export type BindValue =
  | { readonly type: ValueType; readonly value: Json | undefined }
  | { readonly type: ValueType; readonly unknown: true };

/** Why SQL could not be filled. `offset` is the 0-based position of the `$`, or of an unclosed string. */
export interface BindProblem {
  readonly name?: string;
  readonly message: string;
  readonly offset: number;
}

/** SQL with all values filled in, or every problem. */
export type Bound =
  | {
      readonly ok: true;
      readonly sql: string /** Names that were used, in order of first use. */;
      readonly used: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly BindProblem[] };

const parameter = /\$([A-Za-z_][A-Za-z0-9_]*|\d+)/g;

/** Replaces each `$name` by its value as the dialect writes it. */
export function bindSql(template: string, values: Readonly<Record<string, BindValue>>, dialect: Dialect): Bound {
  const problems: BindProblem[] = [];
  const used = new Set<string>();
  const parts = scanSql(template, dialect).map((stretch) => {
    const text = template.slice(stretch.start, stretch.end);
    if (stretch.open) problems.push(unclosed(stretch));
    if (stretch.kind !== "code") return text;
    return text.replace(parameter, (match, name: string, at: number) => {
      const offset = stretch.start + at;
      if (insideWord(template, offset)) return match;
      used.add(name);
      const filled = fill(name, values, dialect);
      if (typeof filled === "string") return filled;
      problems.push({ name, offset, message: filled.message });
      return match;
    });
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, sql: parts.join(""), used: [...used] };
}

/** The names that stand as `$name` in SQL, with the place of each first use. */
export function parametersOf(template: string, dialect: Dialect): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const stretch of scanSql(template, dialect)) {
    if (stretch.kind !== "code") continue;
    for (const match of template.slice(stretch.start, stretch.end).matchAll(parameter)) {
      const [offset, name] = [stretch.start + match.index, match[1] ?? ""];
      if (!insideWord(template, offset) && !names.has(name)) names.set(name, offset);
    }
  }
  return names;
}

function fill(
  name: string,
  values: Readonly<Record<string, BindValue>>,
  dialect: Dialect,
): string | { readonly message: string } {
  const given = Object.hasOwn(values, name) ? values[name] : undefined;
  if (given === undefined) {
    const advice = didYouMean(name, Object.keys(values)) || " Declare it, or remove it from the SQL.";
    return { message: `"$${name}" is not a parameter of this operator.${advice}` };
  }
  if ("unknown" in given) return placeholder(name, given.type, dialect);
  if (given.value === undefined) return { message: `The parameter "${name}" has no value. Give it one.` };
  try {
    return quoteValue(given.value, given.type, dialect);
  } catch (error) {
    if (!(error instanceof QuoteError)) throw error;
    return { message: `The parameter "${name}" can't be written into the SQL: ${error.message}` };
  }
}

const nullTypes: { readonly [T in ValueType]?: string } = {
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

function placeholder(name: string, type: ValueType, dialect: Dialect): string | { readonly message: string } {
  if (type === "table" || type === "column" || type === "sql" || type === "list" || type === "map") {
    return {
      message: `The parameter "${name}" is known after apply, and the SQL can't be checked without it. Give it a value.`,
    };
  }
  const text = dialect.name === "spark" || dialect.name === "hive" ? "STRING" : "VARCHAR";
  return `CAST(NULL AS ${nullTypes[type] ?? text})`;
}

const unclosed = (stretch: Stretch): BindProblem => ({
  offset: stretch.start,
  message: `The ${stretch.kind === "identifier" ? "quoted name" : stretch.kind} that starts here has no end. Close it.`,
});
