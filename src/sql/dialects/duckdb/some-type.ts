/** A search through the parts of a type. */
import type { DataType } from "../../../model/data-type.ts";

/** True when a condition holds for a type or a part of it. */
export function someType(type: DataType, holds: (part: DataType) => boolean): boolean {
  if (holds(type)) return true;
  switch (type.kind) {
    case "array":
      return someType(type.element, holds);
    case "map":
      return someType(type.key, holds) || someType(type.value, holds);
    case "struct":
      return type.fields.some((field) => someType(field.type, holds));
    default:
      return false;
  }
}
