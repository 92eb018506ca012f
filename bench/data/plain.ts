/** Plain DuckDB under the limits that Mason has: runs the statements of a JSON file and prints what the last one gives. */
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const { options, statements } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as {
  readonly options: Record<string, string>;
  readonly statements: readonly string[];
};
const connection = await (await DuckDBInstance.create(":memory:", options)).connect();
let rows: unknown = [];
for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRowsJson();
console.log(JSON.stringify(rows));
connection.closeSync();
