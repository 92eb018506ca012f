/** Expressions as text of a dialect. Values and names get their quotes from src/sql/quote.ts. */
import { unreachable } from "../../invariant.ts";
import { type DataType, formatDataType, sameType } from "../../model/data-type.ts";
import type { Expression, Order } from "../expression.ts";
import { plainText } from "../plain-text.ts";
import { quoteString } from "../quote.ts";
import { Refusal } from "../refusal.ts";
import { classOf, type PrintDialect, type Template } from "./print-dialect.ts";

/** The text of the columns that an expression names. */
export type ColumnText = (name: string) => string;

/** The text of an expression. Throws Refusal for what the dialect does not know. */
export function expressionText(expression: Expression, of: ColumnText, to: PrintDialect): string {
  const text = (part: Expression) => expressionText(part, of, to);
  const inside = (part: Expression) => (isCompound(part) ? `(${text(part)})` : text(part));
  switch (expression.kind) {
    case "column":
      return of(expression.name);
    case "literal":
      return literalText(expression.text, expression.type, to);
    case "cast":
      return castText(expression.value, expression.type, inside(expression.value), to);
    case "call":
      return callText(expression, expression.values.map(inside), to);
    case "compare":
      requireComparable(expression.left.type, to);
      return `${inside(expression.left)} ${expression.operator} ${inside(expression.right)}`;
    case "is_null":
      return `${inside(expression.value)} IS NULL`;
    case "not":
      return `NOT ${inside(expression.value)}`;
    case "and":
    case "or":
      if (expression.parts.length === 0) return expression.kind === "and" ? "TRUE" : "FALSE";
      return expression.parts.map(inside).join(expression.kind === "and" ? " AND " : " OR ");
    case "case": {
      const otherwise = expression.otherwise === undefined ? "" : ` ELSE ${text(expression.otherwise)}`;
      return `CASE WHEN ${text(expression.when)} THEN ${text(expression.value)}${otherwise} END`;
    }
    default:
      return unreachable(expression);
  }
}

/** The items of ORDER BY. Where nulls come is written only if the dialect would put them elsewhere. */
export function orderText(orderBy: readonly Order[], of: ColumnText, to: PrintDialect): readonly string[] {
  return orderBy.flatMap(({ value, descending, nulls }) => {
    const isDefault = to.nulls[descending ? "descending" : "ascending"] === nulls;
    const end = isDefault ? "" : ` NULLS ${nulls.toUpperCase()}`;
    const text = expressionText(value, of, to);
    return orderKeys(value.type, to).map(
      (key) => `${key.replaceAll("{0}", () => text)}${descending ? " DESC" : ""}${end}`,
    );
  });
}

function orderKeys(type: DataType, to: PrintDialect): readonly string[] {
  const row = to.orders.find((item) => item.of?.includes(classOf(type)) ?? true);
  if (row !== undefined) return row.keys;
  throw new Refusal(
    `The order of ${formatDataType(type)} is not proven to be the same in the dialect "${to.dialect.name}".`,
  );
}

const compounds = new Set<Expression["kind"]>(["compare", "is_null", "not", "and", "or"]);
const isCompound = ({ kind }: Expression) => compounds.has(kind);

function literalText(value: string | null, type: DataType, to: PrintDialect): string {
  if (value === null) return `CAST(NULL AS ${to.typeText(type)})`;
  if (type.kind === "string") return quoteString(value, to.dialect);
  const plain = plainText(value, type);
  if (plain === null)
    throw new Refusal(`"${value}" is no value of the type ${formatDataType(type)} that can be written in SQL.`);
  return `CAST(${quoteString(plain, to.dialect)} AS ${to.typeText(type)})`;
}

function castText(value: Expression, type: DataType, text: string, to: PrintDialect): string {
  if (sameType(value.type, type)) return text;
  if (value.kind === "literal" && value.text === null) return literalText(null, type, to);
  const [from, into] = [classOf(value.type), classOf(type)];
  const row = to.casts.find((item) => item.from.includes(from) && item.to.includes(into));
  const what = `A cast from ${formatDataType(value.type)} to ${formatDataType(type)}`;
  return filled(row?.template, { texts: [text], type }, what, to);
}

function callText(
  { name, values, type }: Extract<Expression, { kind: "call" }>,
  texts: readonly string[],
  to: PrintDialect,
) {
  const classes = values.map((value) => classOf(value.type));
  const row = to.functions[name].find(({ of }) => of === undefined || classes.every((item) => of.includes(item)));
  const what = `The function "${name}" of ${values.map((value) => formatDataType(value.type)).join(", ")}`;
  return filled(row?.template, { texts, type }, what, to);
}

interface Filling {
  readonly texts: readonly string[];
  readonly type: DataType;
}

/** A template with its values, in one pass, since a value may itself look like a place of a template. */
function filled(template: Template | undefined, { texts, type }: Filling, what: string, to: PrintDialect): string {
  if (template === undefined)
    throw new Refusal(`${what} is not proven to give the same values in the dialect "${to.dialect.name}".`);
  if (typeof template !== "string")
    throw new Refusal(`${what} is not possible in the dialect "${to.dialect.name}": ${template.refuse}`);
  return template.replaceAll(/\{(\d|type)\}/g, (_, place) =>
    place === "type" ? to.typeText(type) : (texts[Number(place)] ?? ""),
  );
}

function requireComparable(type: DataType, to: PrintDialect): void {
  if (type.kind !== "float" || to.capabilities.comparesNaN) return;
  throw new Refusal(
    `In the dialect "${to.dialect.name}", NaN does not equal itself, so ${formatDataType(type)} is not compared.`,
  );
}
