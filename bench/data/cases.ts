/**
 * What is compared: canonical jobs, each with the plain DuckDB statements that do the same. The first statement list of `plain` that
 * is fastest counts, so new ideas can be added without care.
 */
import type { CanonicalJob, DataSource } from "../../src/job/job.ts";
import { type DataType, parseDataType } from "../../src/model/data-type.ts";
import { column } from "../../src/model/schema.ts";
import { duckDbType } from "../../src/sql/duckdb/types.ts";

export interface Case {
  readonly name: string;
  readonly job: (out: string) => CanonicalJob;
  /** Variants, each a list of statements. */
  readonly plain: Readonly<Record<string, (out: string) => readonly string[]>>;
}

const types: Readonly<Record<string, string>> = {
  order_id: "bigint",
  customer_id: "bigint",
  email: "string",
  country: "string",
  amount: "double",
  quantity: "bigint",
  status: "string",
  created_at: "timestamp",
  order_date: "date",
};
const typeOf = (text: string): DataType => parseDataType(text) ?? { kind: "unknown" };
const columns = Object.entries(types).map(([name, type]) => column(name, typeOf(type)));

const source = (files: readonly string[]): DataSource => ({
  name: ["sales", "orders"],
  files: files.map((file) => `file://${file}`),
  format: "csv",
  csv: { delimiter: ",", quote: '"', header: true, compression: "none", nullPadding: false, newline: "\n" },
  columns,
  partitions: [],
});

const readCsv = (files: string) =>
  `read_csv(${files}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns
    .map((item) => `${item.name}: '${duckDbType(item.type)}'`)
    .join(", ")}})`;

const unordered = "SET preserve_insertion_order = false";
const parts = "(FORMAT parquet, PER_THREAD_OUTPUT true)";

/** The cases over one large file and many small ones, all absolute paths. */
export function casesOver(large: string, small: readonly string[], smallGlob: string): readonly Case[] {
  const orders = source([large]);
  const plainOrders = readCsv(`'${large}'`);
  const numbered = `(SELECT *, row_number() OVER () AS rn FROM ${plainOrders})`;
  const aggregate =
    "SELECT country, status, count(*) AS n, sum(amount) AS total, avg(quantity) AS mean FROM % GROUP BY ALL";
  const summary = columns.map(({ name }) => `count(${name}), count(DISTINCT ${name}), min(${name}), max(${name})`);
  const target = (out: string, partitionBy: readonly string[] = []) =>
    ({ uri: `file://${out}`, shape: "directory", format: "parquet", partitionBy }) as const;
  return [
    {
      name: "format: CSV to partitioned Parquet",
      job: (out) => ({ kind: "format", source: orders, target: target(out, ["order_date"]) }),
      plain: {
        copy: (out) => [`COPY (FROM ${plainOrders}) TO '${out}' (FORMAT parquet, PARTITION_BY (order_date))`],
        "copy, any order": (out) => [
          unordered,
          `COPY (FROM ${plainOrders}) TO '${out}' (FORMAT parquet, PARTITION_BY (order_date))`,
        ],
      },
    },
    {
      name: "merge: 2,000 small CSV files",
      job: (out) => ({ kind: "merge", sources: [source(small)], columns, target: target(out) }),
      plain: {
        glob: (out) => [unordered, `COPY (FROM ${readCsv(`'${smallGlob}'`)}) TO '${out}' ${parts}`],
      },
    },
    {
      name: "query: aggregate",
      job: () => ({ kind: "query", sql: aggregate.replace("%", "sales.orders"), sources: [orders] }),
      plain: { select: () => [aggregate.replace("%", plainOrders)] },
    },
    {
      name: "dedupe: by key, ordered",
      job: (out) => ({
        kind: "dedupe",
        source: orders,
        keys: ["order_id"],
        orderBy: [{ column: "created_at", descending: false }],
        keep: "first",
        target: target(out),
      }),
      plain: {
        window: (out) => [
          unordered,
          `COPY (FROM ${plainOrders} QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY created_at) = 1) TO '${out}' ${parts}`,
        ],
        "anti join": (out) => [
          `COPY (SELECT * EXCLUDE (rn) FROM ${numbered} ANTI JOIN (SELECT rn FROM ${numbered} ` +
            `QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY created_at, rn) > 1) USING (rn)) TO '${out}' ${parts}`,
        ],
      },
    },
    {
      name: "dedupe: whole rows",
      job: (out) => ({ kind: "dedupe", source: orders, keys: [], orderBy: [], keep: "first", target: target(out) }),
      plain: {
        "distinct and count": (out) => [
          `COPY (SELECT DISTINCT * FROM ${plainOrders}) TO '${out}' ${parts}`,
          `SELECT count(*) FROM ${plainOrders}`,
        ],
      },
    },
    {
      name: "summarize: exact",
      job: () => ({ kind: "summarize", source: orders, columns }),
      plain: {
        select: () => [`SELECT count(*), ${summary.join(", ")}, avg(amount), avg(quantity) FROM ${plainOrders}`],
      },
    },
  ];
}
