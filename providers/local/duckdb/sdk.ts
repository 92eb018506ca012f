/** DuckDB's SDK, loaded once, on first use. */
let loaded: Promise<typeof import("@duckdb/node-api")> | undefined;

/** The SDK. */
export function duckDbSdk(): Promise<typeof import("@duckdb/node-api")> {
  loaded ??= import("@duckdb/node-api");
  return loaded;
}
