/** What printing needs to know about a dialect: data, read by one printer for all of them. What is not in it is refused. */
import type { DataType } from "../../model/data-type.ts";
import type { FileFormat } from "../../model/table.ts";
import type { Dialect } from "../dialect.ts";
import type { FunctionName } from "../expression.ts";
import type { Form } from "../ir.ts";

/** The kinds of types that functions and casts tell apart; `zoned` is a timestamp with a time zone, `string` any text. */
export type TypeClass = Exclude<DataType["kind"], "varchar"> | "zoned";

/** The class of a type. */
export function classOf(type: DataType): TypeClass {
  if (type.kind === "varchar") return "string";
  return type.kind === "timestamp" && type.zone ? "zoned" : type.kind;
}

/** SQL with `{0}`, `{1}` ... for its values and `{type}` for the wanted type; or why the dialect has none. */
export type Template = string | { readonly refuse: string };

/** A function for arguments of some classes; absent: for any. The first row that fits counts. */
export interface FunctionRow {
  readonly of?: readonly TypeClass[];
  readonly template: Template;
}

/** A cast between classes. The first row that fits counts. */
export interface CastRow {
  readonly from: readonly TypeClass[];
  readonly to: readonly TypeClass[];
  readonly template: Template;
}

/** The values by which a column of some classes is put in order; absent: of any class. The first row that fits counts. */
export interface OrderRow {
  readonly of?: readonly TypeClass[];
  readonly keys: readonly string[];
}

/** How a table is made of a query: the texts around its options. Values are quoted literals. */
export interface TableOptions {
  /** The quote around names in CREATE TABLE, which some engines read by the rules of another dialect. */
  readonly identifierQuote: Dialect["identifierQuote"];
  /** `WITH ({0})`. */
  readonly all: string;
  readonly format: Template;
  readonly formats: Readonly<Record<FileFormat, Template>>;
  readonly partitionBy: Template;
  /** Whether the partition columns must be the last ones. */
  readonly partitionsLast: boolean;
  readonly location: Template;
}

/** A dialect as data for the printer. */
export interface PrintDialect {
  /** How it quotes, escapes and comments. */
  readonly dialect: Dialect;
  /** A type in its notation. */
  readonly typeText: (type: DataType) => string;
  /** Where nulls come when an order does not say it. */
  readonly nulls: { readonly ascending: "first" | "last"; readonly descending: "first" | "last" };
  readonly orders: readonly OrderRow[];
  readonly functions: Readonly<Record<FunctionName, readonly FunctionRow[]>>;
  readonly casts: readonly CastRow[];
  readonly tables: TableOptions;
  /** Made-up rows as a SELECT. */
  readonly madeUp: ((form: Extract<Form, { kind: "made_up" }>) => string) | { readonly refuse: string };
  readonly capabilities: {
    /** The pseudo column with a row's place in its table. */
    readonly rowPlace: string | null;
    /** Whether NaN equals itself in `=`, and is larger than every number. */
    readonly comparesNaN: boolean;
    /** Whether the order of a derived table reaches the query around it. */
    readonly keepsDerivedOrder: boolean;
    /** How one row becomes several: by a list of structs, or by a list of rows in FROM. */
    readonly expand: "list_of_structs" | "array_of_rows";
  };
}
