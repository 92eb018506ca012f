/**
 * The relational form of a job: what rows it gives, in no dialect. Every node has named and typed columns with their origin. The functions here
 * make nodes and check what is cheap to check; a breach is a bug, never a user's mistake. Users' SQL is an opaque leaf for now.
 */
import { invariant } from "../invariant.ts";
import { bigint, type DataType, formatDataType, sameType } from "../model/data-type.ts";
import type { Schema } from "../model/schema.ts";
import { columnsIn, columnValue, type Expression, type Order } from "./expression.ts";

/** The column of a table that a value is taken from unchanged. */
export interface Origin {
  readonly table: readonly string[];
  readonly column: string;
}

/** A column of a node. */
export interface FormColumn {
  readonly name: string;
  readonly type: DataType;
  /** `null`: it is computed, or nobody looked. */
  readonly origin: Origin | null;
}

/** A node; `columns` is `null` only for SQL of the user that nobody typed, and for what keeps its columns. */
export type Form =
  /** A table of the engine. `place`: the column that gives each row's place in the table. */
  | {
      readonly kind: "scan";
      readonly table: readonly string[];
      readonly place: string | null;
      readonly columns: readonly FormColumn[];
    }
  /** The SQL of the user: one SELECT, without a semicolon. */
  | { readonly kind: "text"; readonly sql: string; readonly columns: readonly FormColumn[] | null }
  /** Rows of constants; without rows, nothing but the columns. */
  | {
      readonly kind: "values";
      readonly rows: readonly (readonly Expression[])[];
      readonly columns: readonly FormColumn[];
    }
  /** Made-up rows: each value is a function of the seed, the row's number and the column's name. */
  | {
      readonly kind: "made_up";
      readonly size: number;
      readonly seed: number;
      readonly columns: readonly FormColumn[];
    }
  | { readonly kind: "filter"; readonly input: Form; readonly condition: Expression; readonly columns: Columns }
  | {
      readonly kind: "project";
      readonly input: Form;
      readonly values: readonly Expression[];
      readonly columns: readonly FormColumn[];
    }
  /** One row for each set of `groups`; without groups, one row. */
  | {
      readonly kind: "aggregate";
      readonly input: Form;
      readonly groups: readonly string[];
      readonly values: readonly Expression[];
      readonly columns: readonly FormColumn[];
    }
  /** The input's columns and one more, computed over the rows of the same partition in order. */
  | {
      readonly kind: "window";
      readonly input: Form;
      readonly value: Expression;
      readonly partitionBy: readonly Expression[];
      readonly orderBy: readonly Order[];
      readonly columns: readonly FormColumn[];
    }
  /** For each row of the input, these rows instead. */
  | {
      readonly kind: "expand";
      readonly input: Form;
      readonly rows: readonly (readonly Expression[])[];
      readonly columns: readonly FormColumn[];
    }
  /** Rows without those that are equal to another; NULL equals NULL, NaN equals NaN. */
  | { readonly kind: "distinct"; readonly input: Form; readonly columns: Columns }
  /** All rows of all inputs; columns by place. */
  | { readonly kind: "union"; readonly inputs: readonly Form[]; readonly columns: readonly FormColumn[] }
  | { readonly kind: "sort"; readonly input: Form; readonly orderBy: readonly Order[]; readonly columns: Columns }
  /** The first rows; any of them if the input has no order. */
  | { readonly kind: "limit"; readonly input: Form; readonly rows: number; readonly columns: Columns };

type Columns = readonly FormColumn[] | null;

/** A value with the name of its column. */
export interface Named {
  readonly name: string;
  readonly value: Expression;
}

/** The columns of a node that has some. */
export function columnsOf(form: Form): readonly FormColumn[] {
  invariant(form.columns !== null, "The columns of a text of SQL are not known.");
  return form.columns;
}

/** A column of a node as a value, by its name in any letter case. */
export function columnOf(form: Form, name: string): Expression {
  const found = columnsOf(form).find((column) => column.name.toLowerCase() === name.toLowerCase());
  invariant(found !== undefined, `There is no column "${name}".`);
  return columnValue(found);
}

/** A table by name. With `place`, a column of this name gives each row's place in it. */
export const scan = (table: readonly string[], columns: Schema, place: string | null = null): Form => ({
  kind: "scan",
  table,
  place,
  columns: distinctNames([
    ...columns.map(({ name, type }) => ({ name, type, origin: { table, column: name } })),
    ...(place === null ? [] : [{ name: place, type: bigint, origin: null }]),
  ]),
});

/** The SQL of a user, with its columns where they are known. */
export const sqlText = (sql: string, columns: Schema | null = null): Form => ({
  kind: "text",
  sql,
  columns: columns?.map(({ name, type }) => ({ name, type, origin: null })) ?? null,
});

/** Rows of constants. */
export function values(columns: Schema, rows: readonly (readonly Expression[])[] = []): Form {
  for (const row of rows) requireTypes(row, columns);
  return { kind: "values", rows, columns: distinctNames(columns.map(computed)) };
}

/** Made-up rows. */
export const madeUp = (columns: readonly Pick<FormColumn, "name" | "type">[], size: number, seed: number): Form => ({
  kind: "made_up",
  size,
  seed,
  columns: distinctNames(columns.map(computed)),
});

/** The rows for which the condition is true. */
export function filter(input: Form, condition: Expression): Form {
  invariant(condition.type.kind === "boolean", `A condition is a ${formatDataType(condition.type)}.`);
  requireColumns(input, [condition]);
  return { kind: "filter", input, condition, columns: input.columns };
}

/** These values for each row. */
export function project(input: Form, named: readonly Named[]): Form {
  const given = named.map(({ value }) => value);
  requireColumns(input, given);
  const columns = distinctNames(named.map((item) => ({ ...nameAndType(item), origin: originOf(input, item.value) })));
  return { kind: "project", input, values: given, columns };
}

/** These columns of each row, in this order. */
export const pick = (input: Form, names: readonly string[]): Form =>
  project(
    input,
    names.map((name) => ({ name, value: columnOf(input, name) })),
  );

/** The groups followed by what is computed over the rows of each. */
export function aggregate(input: Form, groups: readonly string[], named: readonly Named[]): Form {
  const given = named.map(({ value }) => value);
  requireColumns(input, given);
  const grouped = groups.map((name) => {
    const value = columnOf(input, name);
    return { name, type: value.type, origin: originOf(input, value) };
  });
  const columns = distinctNames([...grouped, ...named.map((item) => computed(nameAndType(item)))]);
  return { kind: "aggregate", input, groups, values: given, columns };
}

/** The input's columns and one that is computed over partitions of its rows. */
export function window(
  input: Form,
  named: Named,
  over: { readonly partitionBy: readonly Expression[]; readonly orderBy: readonly Order[] },
): Form {
  requireColumns(input, [named.value, ...over.partitionBy, ...over.orderBy.map(({ value }) => value)]);
  const columns = distinctNames([...columnsOf(input), computed(nameAndType(named))]);
  return { kind: "window", input, value: named.value, ...over, columns };
}

/** For each row of the input, these rows instead. Their columns have other names than the input's. */
export function expand(input: Form, columns: Schema, rows: readonly (readonly Expression[])[]): Form {
  for (const row of rows) {
    requireColumns(input, row);
    requireTypes(row, columns);
  }
  const made = columns.map(computed);
  distinctNames([...columnsOf(input), ...made]);
  return { kind: "expand", input, rows, columns: made };
}

/** Each row once. */
export const distinct = (input: Form): Form => ({ kind: "distinct", input, columns: input.columns });

/** All rows of inputs with the same names and types. */
export function union(inputs: readonly [Form, ...Form[]]): Form {
  const [first, ...others] = inputs.map(columnsOf);
  invariant(first !== undefined, "A union has no input.");
  const isSame = (columns: readonly FormColumn[]) =>
    columns.length === first.length &&
    columns.every(
      ({ name, type }, at) => name === first[at]?.name && sameType(type, first[at]?.type ?? { kind: "unknown" }),
    );
  invariant(others.every(isSame), "The inputs of a union have different columns.");
  return { kind: "union", inputs, columns: first.map((column) => ({ ...column, origin: null })) };
}

/** The rows in this order. It holds for a limit directly above, or at the top. */
export function sort(input: Form, orderBy: readonly Order[]): Form {
  requireColumns(
    input,
    orderBy.map(({ value }) => value),
  );
  return { kind: "sort", input, orderBy, columns: input.columns };
}

/** At most this many rows. */
export function limit(input: Form, rows: number): Form {
  invariant(Number.isSafeInteger(rows) && rows >= 0, `${rows} is no number of rows.`);
  return { kind: "limit", input, rows, columns: input.columns };
}

const computed = ({ name, type }: Pick<FormColumn, "name" | "type">): FormColumn => ({ name, type, origin: null });

const nameAndType = ({ name, value }: Named) => ({ name, type: value.type });

/** Where the value of a plain column comes from. */
const originOf = (input: Form, value: Expression): Origin | null =>
  value.kind === "column" ? (columnsOf(input).find(({ name }) => name === value.name)?.origin ?? null) : null;

/** Engines compare names in any letter case. */
function distinctNames(columns: readonly FormColumn[]): readonly FormColumn[] {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  invariant(names.size === columns.length, `Two columns have one name: ${columns.map(({ name }) => name).join(", ")}.`);
  return columns;
}

function requireColumns(input: Form, expressions: readonly Expression[]): void {
  const known = new Set(columnsOf(input).map(({ name }) => name));
  const missing = expressions.flatMap(columnsIn).find((name) => !known.has(name));
  invariant(missing === undefined, `There is no column "${missing}".`);
}

function requireTypes(row: readonly Expression[], columns: Schema): void {
  const fits = row.length === columns.length && row.every(({ type }, at) => sameType(type, columns[at]?.type ?? type));
  invariant(fits, "A row has other types than its columns.");
}
