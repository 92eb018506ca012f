/**
 * What is compared: calls of data operators, each with plain DuckDB statements that do the same. Of several variants the one with the least
 * CPU counts, so new ideas can be added without care.
 */

/** One operator call and what it is compared with. */
export interface Case {
  readonly name: string;
  /** `namespace:command`. */
  readonly operator: string;
  /** `out`: where it writes, in the root. */
  readonly parameters: (out: string) => Readonly<Record<string, unknown>>;
  /** Statements by variant; `out` is an absolute path. */
  readonly plain: Readonly<Record<string, (out: string) => readonly string[]>>;
}

/** Names of the inputs in the database `sales`, and its directory. */
export interface Inputs {
  readonly directory: string;
  readonly large: string;
  readonly small: string;
}

const columns: Readonly<Record<string, string>> = {
  order_id: "BIGINT",
  customer_id: "BIGINT",
  email: "VARCHAR",
  country: "VARCHAR",
  amount: "DOUBLE",
  quantity: "BIGINT",
  status: "VARCHAR",
  created_at: "TIMESTAMP",
  order_date: "DATE",
};

/** The plain side is told the types, so it need not sniff. */
const readCsv = (files: string) =>
  `read_csv('${files}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${Object.entries(
    columns,
  )
    .map(([name, type]) => `${name}: '${type}'`)
    .join(", ")}})`;

const unordered = "SET preserve_insertion_order = false";
const parts = "(FORMAT parquet, PER_THREAD_OUTPUT true)";

/** All cases over these inputs. */
export function casesOver({ directory, large, small }: Inputs): readonly Case[] {
  const orders = readCsv(`${directory}/${large}/*.csv`);
  const input_path = `sales/${large}`;
  const numbered = `(SELECT *, row_number() OVER () AS rn FROM ${orders})`;
  const aggregate =
    "SELECT country, status, count(*) AS n, sum(amount) AS total, avg(quantity) AS mean FROM % GROUP BY ALL";
  const summary = Object.keys(columns).map(
    (name) => `count(${name}), count(DISTINCT ${name}), min(${name}), max(${name})`,
  );
  return [
    {
      name: "format: CSV to partitioned Parquet",
      operator: "table:format",
      parameters: (output_path) => ({ input_path, format: "parquet", partition_columns: ["order_date"], output_path }),
      plain: {
        copy: (out) => [`COPY (FROM ${orders}) TO '${out}' (FORMAT parquet, PARTITION_BY (order_date))`],
        "copy, any order": (out) => [
          unordered,
          `COPY (FROM ${orders}) TO '${out}' (FORMAT parquet, PARTITION_BY (order_date))`,
        ],
      },
    },
    {
      name: "merge: 2,000 small CSV files",
      operator: "table:merge",
      parameters: (output_path) => ({ input_path: `sales/${small}`, output_path }),
      plain: {
        glob: (out) => [unordered, `COPY (FROM ${readCsv(`${directory}/${small}/*.csv`)}) TO '${out}' ${parts}`],
      },
    },
    {
      name: "query: aggregate",
      operator: "table:query",
      parameters: () => ({ query_string: aggregate.replace("%", `sales.${large}`) }),
      plain: { select: () => [aggregate.replace("%", orders)] },
    },
    {
      name: "dedupe: by key, ordered",
      operator: "table:dedupe",
      parameters: (output_path) => ({ input_path, keys: ["order_id"], order_by: ["created_at"], output_path }),
      plain: {
        window: (out) => [
          unordered,
          `COPY (FROM ${orders} QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY created_at) = 1) TO '${out}' ${parts}`,
        ],
        "anti join": (out) => [
          `COPY (SELECT * EXCLUDE (rn) FROM ${numbered} ANTI JOIN (SELECT rn FROM ${numbered} ` +
            `QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY created_at, rn) > 1) USING (rn)) TO '${out}' ${parts}`,
        ],
      },
    },
    {
      name: "dedupe: whole rows",
      operator: "table:dedupe",
      parameters: (output_path) => ({ input_path, output_path }),
      plain: {
        "distinct and count": (out) => [
          unordered,
          `COPY (SELECT DISTINCT * FROM ${orders}) TO '${out}' ${parts}`,
          `SELECT count(*) FROM ${orders}`,
        ],
      },
    },
    {
      name: "summarize: exact",
      operator: "table:summarize",
      parameters: () => ({ input_path }),
      plain: {
        select: () => [`SELECT count(*), ${summary.join(", ")}, avg(amount), avg(quantity) FROM ${orders}`],
      },
    },
  ];
}
