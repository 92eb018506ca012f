/** Expressions of queries: ones that people write every day, and ones of types that few formats hold. */

/** An expression over no column. `refusable`: a plan may refuse it by name, since no file can hold it. */
export interface Expression {
  readonly sql: string;
  readonly refusable?: true;
}

const of = (...texts: readonly string[]): readonly Expression[] => texts.map((sql) => ({ sql }));
const strange = (...texts: readonly string[]): readonly Expression[] => texts.map((sql) => ({ sql, refusable: true }));

export const everyday: readonly Expression[] = of(
  "42",
  "1.10",
  "0.1 + 0.2",
  "1e3",
  "7 / 2",
  "7 // 2",
  "true and null",
  "'text'",
  "left('abc', 2)",
  "upper('größe')",
  "concat('a', null, 'b')",
  "date '2024-02-29'",
  "date '2024-02-29' + interval 1 day",
  "timestamp '2024-01-31 10:20:30'",
  "timestamptz '2024-01-31 10:20:30+02'",
  "time '10:20:30'",
  "year(date '2024-02-29')",
  "date_diff('day', date '2024-02-28', date '2024-03-01')",
  "coalesce(null, 5)",
  "case when true then 1 else 2.5 end",
  "cast(5 as smallint)",
  "cast(5 as decimal(12, 3))",
  "round(2.345, 2)",
  "length('abc')",
  "count(*) over ()",
  "cast('abc' as blob)",
);

export const exotic: readonly Expression[] = [
  ...of(
    "sum(42) over ()",
    "avg(42) over ()",
    "cast(9007199254740993 as hugeint)",
    "cast(9007199254740993 as uhugeint)",
    "cast('2024-01-01 10:00:00' as timestamp_s)",
    "cast('2024-01-01 10:00:00.125' as timestamp_ms)",
    "cast('2024-01-01 10:00:00.123456789' as timestamp_ns)",
    "cast('6ba7b810-9dad-11d1-80b4-00c04fd430c8' as uuid)",
    "cast('low' as enum('low', 'high'))",
    "cast(200 as utinyint)",
    "cast(60000 as usmallint)",
    "cast(4000000000 as uinteger)",
    "cast(18446744073709551615 as ubigint)",
    "cast(1.5 as decimal(38, 20))",
    "cast('inf' as double)",
    "cast('nan' as double)",
    "cast(0.5 as float)",
    "interval '1 day'",
    "map {'k': 1}",
    "{'a': 1, 'b': [1, 2]}",
    "{'a b': 1, 'größe': 'x'}",
    "[{'k': 'a', 'v': 1.5}]",
    "[1, null]",
    "cast('{\"a\": 1}' as json)",
    "''",
    "null",
    "cast(null as integer)",
    "quantile_cont(3, 0.5) over ()",
    "list_value(date '2024-02-29')",
    "hash('x')",
  ),
  ...strange(
    "row(1, 'x')",
    "union_value(a := 1)",
    "cast('10:20:30+02' as timetz)",
    "cast('101' as bit)",
    "array_value(1, 2, 3)",
    "[]",
    "cast(12 as bignum)",
    "{'a': null}",
    "cast('10:20:30.123456789' as time_ns)",
    "date 'infinity'",
  ),
];
