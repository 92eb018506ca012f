/** The one notation of a constant that all engines read as the same value. */
import type { DataType } from "../model/data-type.ts";
import { isDate } from "./moment.ts";

/** The text of a value in its type's plain notation, without blanks, leading zeros and the like; `null` if it is no such value. */
export function plainText(text: string, type: DataType): string | null {
  const value = text.trim();
  switch (type.kind) {
    case "string":
      return text;
    case "varchar":
      return [...text].length <= type.length ? text : null;
    case "boolean":
      return /^(true|false)$/i.test(value) ? value.toLowerCase() : null;
    case "int":
      return wholeNumber(value, type.bits);
    case "decimal":
      return decimal(value, type.precision, type.scale);
    case "float":
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value) && Number.isFinite(Number(value))
        ? String(Number(value))
        : null;
    case "date":
      return isDate(value) ? value : null;
    case "timestamp":
      return type.zone || type.precision < 6 ? null : moment(value);
    default:
      return null;
  }
}

function wholeNumber(value: string, bits: 8 | 16 | 32 | 64): string | null {
  if (!/^[+-]?\d{1,30}$/.test(value)) return null;
  const number = BigInt(value.replace("+", ""));
  return BigInt.asIntN(bits, number) === number ? number.toString() : null;
}

function decimal(value: string, precision: number, scale: number): string | null {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(value) ?? [];
  const isNumber = /\d/.test(value) && /^[+-]?\d*(\.\d*)?$/.test(value);
  if (!isNumber || fraction.length > scale || whole.length > precision - scale) return null;
  const digits = `${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}`;
  return sign === "-" && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

function moment(value: string): string | null {
  const [, day = "", clock = "00:00:00", fraction = ""] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,6})?)?$/.exec(value) ?? [];
  return isDate(day) ? `${day} ${clock}${fraction}` : null;
}
