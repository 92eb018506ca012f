/** DuckDB's SDK, loaded when it is first needed and once. */
let loaded: Promise<typeof import("@duckdb/node-api")> | undefined;

/** The SDK. */
export function duckDbSdk(): Promise<typeof import("@duckdb/node-api")> {
  loaded ??= import("@duckdb/node-api");
  return loaded;
}
