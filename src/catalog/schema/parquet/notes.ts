/** Sentences about columns of Parquet files that are read as something else than they are, and about those that lose a part of it. */
import type { SchemaElement, SchemaTree } from "hyparquet/src/types.js";
import { fieldNames, isStruct, mostDigits } from "./types.ts";

type Columns = readonly SchemaTree[];
type Names = readonly string[];

/** What columns and their parts are read as. */
export const partNotes = (columns: Columns, names: Names): readonly string[] =>
  columns.flatMap((column, index) => {
    const label = `Column "${names[index]}"`;
    return [
      ...(hasPart(column, isVariant) ? [`${label} holds VARIANT values; they are read as json.`] : []),
      ...(hasPart(column, isUnnamed)
        ? [`${label} holds a struct with a field without a name; it is read as json.`]
        : []),
      ...(hasPart(column, isRepeated)
        ? [`${label} holds a struct that repeats the name of a field; it gets a number.`]
        : []),
    ];
  });

/** What the values of columns lose. */
export const lossNotes = (columns: Columns, names: Names): readonly string[] =>
  columns.flatMap((column, index) => {
    const label = `Column "${names[index]}"`;
    return [
      ...(hasPart(column, isLongDecimal)
        ? [`${label} holds decimals of more than ${mostDigits} digits; as double they keep about 16.`]
        : []),
      ...(hasPart(column, isFineTime) ? [`${label} holds nanoseconds, of which microseconds are read.`] : []),
    ];
  });

const hasPart = (node: SchemaTree, is: (node: SchemaTree) => boolean): boolean =>
  is(node) || node.children.some((child) => hasPart(child, is));

const isVariant = ({ element }: SchemaTree) => element.logical_type?.type === "VARIANT";

const isUnnamed = (node: SchemaTree) => isStruct(node) && fieldNames(node) === null;

const isRepeated = (node: SchemaTree) =>
  isStruct(node) && (fieldNames(node) ?? []).some((name, at) => name !== node.children[at]?.element.name);

const isLongDecimal = ({ element }: SchemaTree) => digitsOf(element) > mostDigits;

const digitsOf = ({ logical_type: logical, converted_type: converted, precision = 0 }: SchemaElement): number =>
  logical?.type === "DECIMAL" ? logical.precision : converted === "DECIMAL" ? precision : 0;

/** Times of day and instants have microseconds in DuckDB. */
function isFineTime({ element: { logical_type: logical } }: SchemaTree): boolean {
  if (logical?.type === "TIME") return logical.unit === "NANOS";
  return logical?.type === "TIMESTAMP" && logical.unit === "NANOS" && logical.isAdjustedToUTC;
}
