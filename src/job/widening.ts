/** The conversions that lose no value. This is the only list of them: the plan and every writer ask here. */
import { type DataType, sameType } from "../model/data-type.ts";

/** True when every value of `from` is a value of `to`, so that a cast can neither fail nor change one. */
export function isWidening(from: DataType, to: DataType): boolean {
  if (sameType(from, to)) return true;
  switch (from.kind) {
    // Only nulls.
    case "unknown":
      return true;
    case "int":
      return intWidens(from.bits, to);
    case "float":
      return to.kind === "float" && from.bits <= to.bits;
    case "decimal":
      return to.kind === "decimal" && to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
    case "varchar":
      return to.kind === "string" || (to.kind === "varchar" && to.length >= from.length);
    // Nanoseconds reach fewer years.
    case "timestamp":
      return to.kind === "timestamp" && to.zone === from.zone && from.precision <= to.precision && to.precision < 9;
    default:
      return isNestedWidening(from, to);
  }
}

/** The digits of the largest value. */
const digitsOf = { 8: 3, 16: 5, 32: 10, 64: 19 } as const;

function intWidens(bits: 8 | 16 | 32 | 64, to: DataType): boolean {
  switch (to.kind) {
    case "int":
      return bits <= to.bits;
    // A float keeps 24 bits exactly, a double 53.
    case "float":
      return bits <= to.bits / 2;
    case "decimal":
      return to.precision - to.scale >= digitsOf[bits];
    default:
      return false;
  }
}

function isNestedWidening(from: DataType, to: DataType): boolean {
  if (from.kind === "array" && to.kind === "array") return isWidening(from.element, to.element);
  if (from.kind === "map" && to.kind === "map") return isWidening(from.key, to.key) && isWidening(from.value, to.value);
  if (from.kind !== "struct" || to.kind !== "struct" || from.fields.length !== to.fields.length) return false;
  return from.fields.every(({ name, type }, at) => {
    const field = to.fields[at];
    return field?.name === name && isWidening(type, field.type);
  });
}
