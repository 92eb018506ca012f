/** Faults that are known and still open, with the rule that each breaks. The test fails when a new one occurs and when one of these no longer does. */
import type { Figure } from "./fault.ts";

/** A class of faults. */
export interface KnownFault {
  readonly rule: string;
  readonly name: string;
  readonly figure: Figure;
  readonly key: RegExp;
}

export const known: readonly KnownFault[] = [
  {
    rule: "T4",
    name: "a column that goes through a text format is planned with the type that the engine has for it, not with the one that reading gives",
    figure: "wrong types",
    key: /> (csv|json|jsonl)( folder)?: .*, reads as /,
  },
  {
    rule: "T4",
    name: "what reads such a column later in the same plan is planned with that type too",
    figure: "wrong types",
    key: /^(infer < written \w+: (BIGINT|DOUBLE) planned (TINYINT|SMALLINT|INTEGER|FLOAT)|\w+ > parquet: (BIGINT|DOUBLE) planned (TINYINT|SMALLINT|INTEGER|FLOAT), written)/,
  },
  {
    rule: "T4",
    name: "timestamp(0) and timestamp(3) are planned where Parquet holds microseconds",
    figure: "wrong types",
    key: /: TIMESTAMP(_S|_MS)? planned TIMESTAMP_(S|MS)\b/,
  },
  {
    rule: "T4",
    name: "sums of integers are planned as decimal(38,0) and written as DOUBLE",
    figure: "wrong types",
    key: /HUGEINT planned DECIMAL\(38,0\), written DOUBLE/,
  },
  {
    rule: "T4",
    name: "integers of more than 64 bits lose digits in Parquet",
    figure: "wrong rows",
    key: /> parquet: other values of U?HUGEINT$/,
  },
  {
    rule: "T4",
    name: "a column of infinities that went through text is planned as double and written as text by what reads it in the same plan",
    figure: "wrong types",
    key: /: DOUBLE planned DOUBLE, written VARCHAR/,
  },
  {
    rule: "T3",
    name: "a partition column with an odd name can't be read",
    figure: "failures at apply",
    key: /Unknown hive_type/,
  },
  {
    rule: "T3",
    name: "JSON can't be partitioned, which the plan does not say",
    figure: "failures at apply",
    key: /Unknown option for COPY \.\. TO \.\. \(FORMAT JSON\)/,
  },
  {
    rule: "T3",
    name: "the text NULL in a partition column comes back as null",
    figure: "wrong rows",
    key: /nulls in place of the text NULL/,
  },
  {
    rule: "T8",
    name: "a query with a hole in its text, and what reads what it writes, has no columns in the plan",
    figure: "wrong columns",
    key: /the plan shows no columns/,
  },
  {
    rule: "T8",
    name: "what reads what such a query writes is planned with the columns of before",
    figure: "wrong columns",
    key: /(columns|catalogue).* behind a query of/,
  },
  {
    rule: "T8",
    name: "a query with a hole in its text, or that names files, waits for none that it reads",
    figure: "missed edges",
    key: /query of (hole|files)/,
  },
  {
    rule: "T8",
    name: "a query with a hole in its text does not run when what it reads changed, nor does what reads what it writes",
    figure: "wrong runs",
    key: /query of (hole|files).* does not run/,
  },
  {
    rule: "T8",
    name: "a query with a hole in its text runs before its table is there",
    figure: "failures at apply",
    key: /query of hole.*There is no table/,
  },
  {
    rule: "T8",
    name: "a query that names files is planned and can't run",
    figure: "failures at apply",
    key: /query of files.*Cannot access file/,
  },
];
