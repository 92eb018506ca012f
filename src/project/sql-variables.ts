/**
 * Variables in SQL. Within quotes, a value is text and can't end them. Elsewhere it is a part of the SQL, as if it was written there: a name, a
 * number, a condition. It must be whole then, so that it changes nothing around it.
 */
import type { Json } from "../json.ts";
import { withoutReferences } from "../model/references.ts";
import { dialects } from "../sql/dialect.ts";
import { QuoteError, quoteWithin } from "../sql/quote.ts";
import { isOneStatement, type Stretch, scanSql } from "../sql/scan.ts";

const dialect = dialects.duckdb;
const anyVariable = /\$?\$\{var\.([^}]*)\}/g;

/** The SQL with its variables filled in; `value` gives none for one that has a problem of its own. Throws QuoteError. */
export function fillSqlVariables(sql: string, value: (name: string) => Json | undefined): string {
  let text = "";
  const kept: Kept[] = [];
  for (const stretch of scanSql(withoutReferences(sql), dialect)) {
    const keep = (start: number, end: number) => {
      kept.push({ kind: stretch.kind, start: text.length, end: text.length + end - start });
      text += sql.slice(start, end);
    };
    let at = stretch.start;
    for (const match of sql.slice(stretch.start, stretch.end).matchAll(anyVariable)) {
      const [whole, name = ""] = match;
      const given = whole.startsWith("$$") ? undefined : value(name);
      if (given === undefined) continue;
      const place = stretch.start + match.index;
      keep(at, place);
      text += writtenAs(given, name, stretch, sql);
      at = place + whole.length;
    }
    keep(at, stretch.end);
  }
  if (isReadOtherwise(text, kept)) throw new QuoteError(changes);
  return text;
}

/** A stretch of the text around the values, at its place in the filled text. */
type Kept = Pick<Stretch, "kind" | "start" | "end">;

/** True if what stands around the values means something else beside them: `-` beside `-` begins a comment. */
function isReadOtherwise(text: string, kept: readonly Kept[]): boolean {
  const stretches = scanSql(withoutReferences(text), dialect);
  return kept.some((part) =>
    stretches.some(({ kind, start, end }) => kind !== part.kind && start < part.end && part.start < end),
  );
}

const changes =
  "Beside the text around it, the value of a variable would begin or end a string, a name or a comment. Put it in quotes, or write a blank beside it.";

function writtenAs(value: Json, name: string, { kind, start, end }: Stretch, sql: string): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  switch (kind) {
    case "comment":
      return text
        .replace(/[\r\n]+/g, " ")
        .replaceAll("*/", "* /")
        .replaceAll("/*", "/ *");
    case "code":
      if (typeof value === "number") return value < 0 ? `(${text})` : text;
      if (!isWhole(text))
        throw new QuoteError(
          `The value of variable "${name}" would change the SQL around it: it has a quote, a bracket or a comment without its other half, or a ";". To use it as text, put it in quotes, as in '\${var.${name}}'.`,
        );
      return text;
    default:
      return quoteWithin(text, sql.slice(start, end), sql.slice(0, start), dialect);
  }
}

/** True for SQL that ends all that it begins, in its own line. */
const isWhole = (text: string): boolean =>
  isOneStatement(text, dialect) &&
  !scanSql(text, dialect).some(({ kind, start }) => kind === "comment" && text.startsWith("--", start));
