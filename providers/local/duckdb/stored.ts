/** What DuckDB itself finds in Parquet files: it is compared with what the job was told before the job runs. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CanonicalJob, DataSource } from "../../../src/job/job.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { localPath } from "../../../src/sql/dialects/duckdb/names.ts";
import { filenameOf, layoutOf, tableFunction } from "../../../src/sql/dialects/duckdb/source.ts";
import { withSources } from "../../../src/sql/dialects/duckdb/sources-of.ts";

/** The job with the types that DuckDB binds for its Parquet files. Fails when a column that the job was told of is not among them. */
export function withStored(connection: DuckDBConnection, job: CanonicalJob): Promise<CanonicalJob> {
  return withSources(job, async (source) => {
    if (source.format !== "parquet" || source.files.length === 0) return source;
    const stored = await storedTypes(connection, source);
    refuseAbsent(source, stored);
    return { ...source, stored: Object.fromEntries(layoutOf(source).map(({ name }) => [name, typeOf(stored, name)])) };
  });
}

type Stored = ReadonlyMap<string, string>;

async function storedTypes(connection: DuckDBConnection, source: DataSource): Promise<Stored> {
  const prepared = await connection.prepare(`SELECT * FROM ${tableFunction(source)}`);
  try {
    const types = new Map<string, string>();
    for (let at = 0; at < prepared.columnCount; at++) {
      const column = prepared.columnName(at);
      if (column !== filenameOf(source)) types.set(column.toLowerCase(), prepared.columnType(at).toString());
    }
    return types;
  } finally {
    prepared.destroySync();
  }
}

const typeOf = (stored: Stored, name: string) => stored.get(name.toLowerCase()) ?? "VARCHAR";

function refuseAbsent(source: DataSource, stored: Stored): void {
  const absent = layoutOf(source).filter((column) => !stored.has(column.name.toLowerCase()));
  if (absent.length === 0) return;
  const names = absent.map((column) => `"${column.name}"`).join(", ");
  throw new ProviderError(
    "invalid",
    `DuckDB finds no column ${names} in "${localPath(source.files[0] ?? "")}", where "${source.name.join(".")}" should have ${absent.length === 1 ? "it" : "them"}. The file changed, or DuckDB can't read it; write it again with other types.`,
  );
}
