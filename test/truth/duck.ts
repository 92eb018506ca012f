/** A DuckDB of the tests' own: the oracle. Mason's code has no part in it. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** A column as DuckDB names its type. */
export interface DuckColumn {
  readonly name: string;
  readonly type: string;
}

/** A connection that answers in texts. */
export interface Duck {
  run(sql: string): Promise<void>;
  /** Rows of texts and nulls. */
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** The first value as a number. */
  count(sql: string): Promise<number>;
  columns(select: string): Promise<readonly DuckColumn[]>;
  close(): void;
}

/** Quotes a name. */
export const id = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Quotes a text. */
export const lit = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Opens an empty database in memory. */
export async function openDuck(): Promise<Duck> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "1GB" });
  const connection: DuckDBConnection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const rows = async (sql: string) => {
    const result = await connection.runAndReadAll(sql);
    return result.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
  };
  return {
    run: async (sql) => {
      await connection.run(sql);
    },
    rows,
    count: async (sql) => Number((await rows(sql))[0]?.[0] ?? 0),
    columns: async (select) =>
      (await rows(`DESCRIBE ${select}`)).map(([name, type]) => ({ name: name ?? "", type: type ?? "" })),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
