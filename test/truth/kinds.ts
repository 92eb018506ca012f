/** Kinds of columns of raw files: their type in DuckDB, the formats that can hold them, and the texts of some values. */
import type { FileFormat } from "../../src/model/table.ts";

/** A kind of column. `values` are texts that DuckDB casts to `type`; text formats hold them as they are. */
export interface Kind {
  readonly name: string;
  readonly type: string;
  /** Formats whose reader must find this very type. */
  readonly formats: readonly FileFormat[];
  readonly values: readonly string[];
  /** How a JSON file holds it. */
  readonly json: "plain" | "quoted";
  /** True when its values can name folders, and reading these gives the type again. */
  readonly folder?: true;
}

const everywhere = ["csv", "json", "jsonl", "parquet"] as const;
const nested = ["json", "jsonl", "parquet"] as const;
const parquet = ["parquet"] as const;

const plain = (name: string, type: string, formats: Kind["formats"], values: readonly string[]): Kind => ({
  name,
  type,
  formats,
  values,
  json: "plain",
});
const quoted = (name: string, type: string, formats: Kind["formats"], values: readonly string[]): Kind => ({
  ...plain(name, type, formats, values),
  json: "quoted",
});

/** Whole numbers, one for each row: tells rows apart. */
export const idKind: Kind = plain("id", "BIGINT", everywhere, []);

export const kinds: readonly Kind[] = [
  plain("bool", "BOOLEAN", everywhere, ["true", "false"]),
  { ...plain("int", "BIGINT", everywhere, ["0", "7", "-12", "2024", "9007199254740993"]), folder: true },
  plain("double", "DOUBLE", everywhere, ["0.5", "-2.25", "1234.125", "3.75"]),
  quoted("string", "VARCHAR", everywhere, [
    "x",
    "größe",
    "it's",
    "a,b",
    'say "hi"',
    "NULL",
    "two\nlines",
    "日本",
    "a;b|c",
  ]),
  { ...quoted("word", "VARCHAR", everywhere, ["red", "a b", "grün", "x=y", "50%", "a/b", "NULL"]), folder: true },
  { ...quoted("zip", "VARCHAR", everywhere, ["01234", "00007", "98101"]), folder: true },
  { ...quoted("date", "DATE", everywhere, ["2024-02-29", "1999-12-31", "2026-03-01"]), folder: true },
  quoted("timestamp", "TIMESTAMP", everywhere, [
    "2024-01-31 10:20:30",
    "1999-12-31 23:59:59.25",
    "2026-03-01 00:00:00",
  ]),
  quoted("instant", "TIMESTAMP WITH TIME ZONE", everywhere, ["2024-01-31T10:20:30Z", "1999-12-31T23:59:59.25Z"]),
  plain("list", "BIGINT[]", nested, ["[1, 2]", "[3]"]),
  plain("struct", "STRUCT(a BIGINT, b VARCHAR)", nested, ['{"a": 1, "b": "x"}', '{"a": 2, "b": "grün"}']),
  plain("structs", "STRUCT(k VARCHAR, v BIGINT)[]", nested, [
    '[{"k": "a", "v": 1}]',
    '[{"k": "b", "v": 2}, {"k": "c", "v": 3}]',
  ]),
  plain("tinyint", "TINYINT", parquet, ["1", "-128", "127"]),
  plain("smallint", "SMALLINT", parquet, ["1", "-300", "32767"]),
  plain("int32", "INTEGER", parquet, ["1", "70000", "-5"]),
  plain("utinyint", "UTINYINT", parquet, ["0", "255"]),
  plain("uinteger", "UINTEGER", parquet, ["0", "4294967295"]),
  plain("ubigint", "UBIGINT", parquet, ["0", "18446744073709551615"]),
  plain("float", "FLOAT", parquet, ["0.5", "-2.25"]),
  plain("money", "DECIMAL(9,2)", parquet, ["1.50", "-99.99", "0.01"]),
  plain("exact", "DECIMAL(38,10)", parquet, ["1.5000000001", "1234567890123456789.0123456789"]),
  quoted("time", "TIME", parquet, ["10:20:30", "23:59:59.000001"]),
  quoted("timestamp_ms", "TIMESTAMP_MS", parquet, ["2024-01-31 10:20:30.125"]),
  quoted("timestamp_ns", "TIMESTAMP_NS", parquet, ["2024-01-31 10:20:30.123456789"]),
  quoted("timestamp_s", "TIMESTAMP_S", parquet, ["2024-01-31 10:20:30"]),
  quoted("uuid", "UUID", parquet, ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"]),
  quoted("blob", "BLOB", parquet, ["\\x00\\xFF", "abc"]),
  quoted("enum", "ENUM('low', 'high')", parquet, ["low", "high"]),
  quoted("interval", "INTERVAL", parquet, ["1 month", "2 days 3 seconds"]),
  plain("map", "MAP(VARCHAR, BIGINT)", parquet, ["{a=1}", "{b=2, c=3}"]),
  plain("json", "JSON", parquet, ['{"a": 1}', "[1, 2]"]),
];

const jsonText = new Set(["struct", "structs", "list"]);

/** The SQL of a value. */
export function literal(kind: Kind, text: string | null): string {
  if (text === null) return `CAST(NULL AS ${kind.type})`;
  const quotedText = `'${text.replaceAll("'", "''")}'`;
  return jsonText.has(kind.name)
    ? `CAST(CAST(${quotedText} AS JSON) AS ${kind.type})`
    : `CAST(${quotedText} AS ${kind.type})`;
}

/** Names that people give columns. */
export const oddNames: readonly string[] = [
  "amount",
  "a b",
  "größe",
  "select",
  "Order",
  'x"y',
  "it's",
  "naïve-col",
  "a.b",
  "1st",
  "日本",
  "$v",
  "a,b",
  "semi;colon",
  "UPPER",
  "group",
  "x+y",
  "a:b",
  "col_0",
  "null",
  "rowid",
  "a/b",
  "100%",
];
/** Names that need care nowhere. */
export const plainNames: readonly string[] = [
  "amount",
  "name",
  "price",
  "day",
  "kind",
  "note",
  "city",
  "score",
  "flag",
  "code",
];
