/** Typed expressions of the relational form. They name columns of their input and functions by canonical names, in no dialect. */
import { invariant } from "../invariant.ts";
import { boolean, type DataType, formatDataType, sameType } from "../model/data-type.ts";

/** The functions that jobs use. A dialect says for each of them, by the types of its arguments, how it is written. */
export const functionNames = [
  "count_rows",
  "count",
  "count_distinct",
  "min",
  "max",
  "avg",
  "row_number",
  "minus",
  "to_json",
  "fail",
] as const;
export type FunctionName = (typeof functionNames)[number];

/** How two values are compared. NULL beside a value gives NULL, and NaN equals itself and is the largest number. */
export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** One value for each row of its input. */
export type Expression =
  | { readonly kind: "column"; readonly name: string; readonly type: DataType }
  /** `text` is the value in its type's plain notation; `null` for NULL. */
  | { readonly kind: "literal"; readonly text: string | null; readonly type: DataType }
  | { readonly kind: "cast"; readonly value: Expression; readonly type: DataType }
  | {
      readonly kind: "call";
      readonly name: FunctionName;
      readonly values: readonly Expression[];
      readonly type: DataType;
    }
  | {
      readonly kind: "compare";
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly type: DataType;
    }
  | { readonly kind: "is_null"; readonly value: Expression; readonly type: DataType }
  | { readonly kind: "not"; readonly value: Expression; readonly type: DataType }
  /** Without parts, `and` is true and `or` is false. */
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[]; readonly type: DataType }
  | {
      readonly kind: "case";
      readonly when: Expression;
      readonly value: Expression;
      /** Absent: NULL. */
      readonly otherwise?: Expression;
      readonly type: DataType;
    };

/** One part of an order. Where nulls come is always said. */
export interface Order {
  readonly value: Expression;
  readonly descending: boolean;
  readonly nulls: "first" | "last";
}

/** A column of the input, as a value. */
export const columnValue = ({ name, type }: { readonly name: string; readonly type: DataType }): Expression => ({
  kind: "column",
  name,
  type,
});

/** A constant. */
export const literal = (text: string | null, type: DataType): Expression => ({ kind: "literal", text, type });

/** The value in another type; the value itself if it has this type. */
export const castTo = (value: Expression, type: DataType): Expression =>
  sameType(value.type, type) ? value : { kind: "cast", value, type };

/** A call of a function, with the type of its result. */
export const call = (name: FunctionName, values: readonly Expression[], type: DataType): Expression => ({
  kind: "call",
  name,
  values,
  type,
});

/** A comparison of two values of one type. */
export function compare(operator: Comparison, left: Expression, right: Expression): Expression {
  const [a, b] = [formatDataType(left.type), formatDataType(right.type)];
  invariant(a === b, `A ${a} is compared with a ${b}.`);
  return { kind: "compare", operator, left, right, type: boolean };
}

/** True where the value is NULL. */
export const isNull = (value: Expression): Expression => ({ kind: "is_null", value, type: boolean });

/** The opposite of a condition. */
export function not(value: Expression): Expression {
  requireCondition(value);
  return { kind: "not", value, type: boolean };
}

/** Conditions that all hold, or one of which holds. One condition stays as it is. */
export function joined(kind: "and" | "or", parts: readonly Expression[]): Expression {
  parts.forEach(requireCondition);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts, type: boolean };
}

/** The value where the condition holds, elsewhere the other one, or NULL. */
export function caseWhen(when: Expression, value: Expression, otherwise?: Expression): Expression {
  requireCondition(when);
  const other = otherwise === undefined ? value.type : otherwise.type;
  invariant(sameType(value.type, other), `A case gives a ${formatDataType(value.type)} or a ${formatDataType(other)}.`);
  return { kind: "case", when, value, ...(otherwise === undefined ? {} : { otherwise }), type: value.type };
}

const requireCondition = ({ type }: Expression) =>
  invariant(type.kind === "boolean", `A condition is a ${formatDataType(type)}.`);

/** The parts of an expression, one level down. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "column":
    case "literal":
      return [];
    case "cast":
    case "is_null":
    case "not":
      return [expression.value];
    case "call":
      return expression.values;
    case "compare":
      return [expression.left, expression.right];
    case "and":
    case "or":
      return expression.parts;
    case "case":
      return [expression.when, expression.value, ...(expression.otherwise ? [expression.otherwise] : [])];
  }
}

/** The columns that an expression names. */
export const columnsIn = (expression: Expression): readonly string[] =>
  expression.kind === "column" ? [expression.name] : partsOf(expression).flatMap(columnsIn);
