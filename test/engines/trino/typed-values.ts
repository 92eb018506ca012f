/** Values of each type that engines are known to treat in different ways, as texts that DuckDB and Trino both read. */
import type { DataType } from "../../../src/model/data-type.ts";

export interface TypedValues {
  readonly type: DataType;
  readonly values: readonly (string | null)[];
}

const float64 =
  "nan,inf,-inf,0,-2.5,1,0.1,0.001,0.00012345,-0.00001,1.5e-7,9999999,10000000,12345678.5,123456789012345678,1e15,1e16,-1e20,1.5e20";
const float32 = "nan,inf,0,-1.5,0.1,16777216,1e-5,3.4e38,12345678,0.00025";

export const typedValues: readonly TypedValues[] = [
  { type: { kind: "int", bits: 8 }, values: [null, "0", "-128", "127"] },
  { type: { kind: "int", bits: 16 }, values: [null, "0", "-32768", "1"] },
  { type: { kind: "int", bits: 32 }, values: [null, "0", "-5", "2147483647"] },
  { type: { kind: "int", bits: 64 }, values: [null, "0", "-1", "9007199254740993", "-9223372036854775808"] },
  { type: { kind: "float", bits: 64 }, values: [null, ...float64.split(",")] },
  { type: { kind: "float", bits: 32 }, values: [null, ...float32.split(",")] },
  { type: { kind: "decimal", precision: 9, scale: 2 }, values: [null, "0", "-0.05", "12.50", "9999999.99", "-7.10"] },
  {
    type: { kind: "decimal", precision: 38, scale: 10 },
    values: [null, "0", "-1234567890123456789.0000000001", "0.5"],
  },
  { type: { kind: "string" }, values: [null, "", " ", "a", "B", "é", "it's", '"', "-- x", "007", "\\", "😀", "Ω"] },
  { type: { kind: "varchar", length: 9 }, values: [null, "", "x", "ab"] },
  { type: { kind: "boolean" }, values: [null, "true", "false"] },
  { type: { kind: "date" }, values: [null, "1969-12-31", "0001-01-01", "2024-02-29", "9999-12-31"] },
  { type: { kind: "time" }, values: [null, "00:00:00", "12:30:00.5", "23:59:59.999999"] },
  {
    type: { kind: "timestamp", precision: 6, zone: false },
    values: [
      null,
      "2024-01-01 00:00:00",
      "1960-05-05 12:30:00.25",
      "2024-12-31 23:59:59.999999",
      "2024-01-10 10:00:10",
    ],
  },
  {
    type: { kind: "timestamp", precision: 3, zone: false },
    values: [null, "2024-01-01 00:00:00.120", "1960-01-01 00:00:00"],
  },
  {
    type: { kind: "timestamp", precision: 0, zone: false },
    values: [null, "2024-01-01 00:00:00", "1969-12-31 23:59:59"],
  },
  {
    type: { kind: "timestamp", precision: 9, zone: false },
    values: [null, "2024-01-01 00:00:00.123456789", "2024-01-01 00:00:00", "1960-01-01 00:00:00.5"],
  },
  {
    type: { kind: "timestamp", precision: 6, zone: true },
    values: [null, "2024-01-01 00:00:00.25 UTC", "1969-12-31 23:00:00 UTC"],
  },
];

const float = /^-?(nan|inf)$/;

/** A value as a literal of Trino, which writes NaN and infinities in words of its own. */
export const inTrino = (value: string | null, type: string): string => {
  if (value === null) return `CAST(NULL AS ${type})`;
  const isFloat = type === "double" || type === "real";
  const text = isFloat && float.test(value) ? value.replace("nan", "NaN").replace("inf", "Infinity") : value;
  return `CAST('${text.replaceAll("'", "''")}' AS ${type})`;
};

/** A value as a literal of DuckDB. */
export const inDuckDb = (value: string | null, type: string): string =>
  value === null ? `CAST(NULL AS ${type})` : `CAST('${value.replaceAll("'", "''")}' AS ${type})`;

/** A value of a result as one text, whichever of both engines gave it. Floating-point numbers keep the digits that all engines agree on. */
export function comparable(value: unknown, type: DataType): string {
  if (value === null || value === undefined) return "NULL";
  switch (type.kind) {
    case "float": {
      const number = Number(String(value).replace(/inf$/i, "Infinity"));
      return number === 0 ? "0" : number.toPrecision(type.bits === 32 ? 6 : 12);
    }
    case "timestamp":
      return type.zone ? new Date(instant(String(value))).toISOString() : withoutZeros(String(value));
    case "time":
      return withoutZeros(String(value));
    default:
      return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}

const withoutZeros = (text: string) => text.replace(/\.0+$|(\.\d*[1-9])0+$/, "$1");

/** `2024-01-01 00:00:00.250000 UTC` and `2024-01-01 00:00:00.25+00`. */
const instant = (text: string) => text.replace(" UTC", "Z").replace(/\+00$/, "Z").replace(" ", "T");
