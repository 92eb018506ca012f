/** Columns and schemas: the ordered content of a table or file. */
import type { DataType } from "./data-type.ts";

/** A column; `nullable` is true unless the declaration says otherwise. */
export interface Column {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly comment?: string;
  /** Only nulls that have no type yet, such as `NULL AS v`; `type` is what they are written as where nothing asks for another one. */
  readonly isUntyped?: true;
  /** The type with `unknown` for each part that holds only nulls without a type, such as the elements of `[NULL]`. */
  readonly partlyUntyped?: DataType;
}

/** A nullable column. */
export const column = (name: string, type: DataType): Column => ({ name, type, nullable: true });

/** Columns in order, without partition columns, which the files do not store. */
export type Schema = readonly Column[];
