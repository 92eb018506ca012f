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
}

/** A nullable column. */
export const column = (name: string, type: DataType): Column => ({ name, type, nullable: true });

/** Columns in order, without partition columns, which the files do not store. */
export type Schema = readonly Column[];
