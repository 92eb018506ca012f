/** Fields of JSON that a sample did not show. DuckDB would drop them without a word. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataSource } from "../../../src/job/job.ts";
import type { DataType } from "../../../src/model/data-type.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { name, text } from "../../../src/sql/dialects/duckdb/names.ts";
import { filenameOf, jsonObjects, layoutOf } from "../../../src/sql/dialects/duckdb/source.ts";
import { linesOf } from "./record-line.ts";

/** The fields that objects at a path of a record may have. */
interface Place {
  /** In JSON path notation. */
  readonly path: string;
  /** The path goes through lists, so it names many objects. */
  readonly isMany: boolean;
  readonly fields: readonly string[];
}

/** Throws when a record has a field that is not among the columns of its source. Reads all records of a source whose schema is sampled. */
export async function refuseUnknownFields(connection: DuckDBConnection, source: DataSource): Promise<void> {
  const isJson = source.format === "json" || source.format === "jsonl";
  if (!isJson || source.inferred !== "sample" || source.files.length === 0) return;
  const places = placesOf(source);
  const single = places.filter((place) => !place.isMany);
  // The keys inside of lists cost too much to be worked out for records that are odd elsewhere.
  for (const together of [single, ...places.filter((place) => place.isMany).map((place) => [place])])
    await refuseUnknownAt(connection, source, together);
}

async function refuseUnknownAt(connection: DuckDBConnection, source: DataSource, places: readonly Place[]) {
  const rows = await (await connection.run(keysIn(places, source))).getRows();
  for (const [at, place] of places.entries()) {
    const unknown = rows
      .map((row) => row[at] ?? null)
      .find((key) => key !== null && !place.fields.includes(String(key)));
    if (unknown !== undefined) throw await unknownField(connection, source, place, String(unknown));
  }
}

const keysAt = ({ path, isMany }: Place): string => {
  if (path === "$") return "json_keys(json)";
  const keys = `json_keys(json, ${text(path)})`;
  return isMany ? `flatten(${keys})` : keys;
};

/**
 * The keys at some places, a column for each, in one pass over the records. Nearly all objects have all fields in their order, so their
 * keys are compared as one value.
 */
function keysIn(places: readonly Place[], source: DataSource): string {
  const keys = places.map((place, at) => `${keysAt(place)} AS keys${at}`);
  const isOdd = places.map((place, at) => `keys${at} <> ${usualKeys(place, source)}`);
  const each = places.map((_, at) => `unnest(keys${at})`);
  return `SELECT DISTINCT ${each.join(", ")} FROM (SELECT ${keys.join(", ")} FROM ${jsonObjects(source)}) WHERE ${isOdd.join(" OR ")}`;
}

function usualKeys(place: Place, source: DataSource): string {
  const fields = place.path === "$" ? layoutOf(source).map((column) => column.name) : place.fields;
  return `[${fields.map(text).join(", ")}]::VARCHAR[]`;
}

function placesOf(source: DataSource): readonly Place[] {
  const layout = layoutOf(source);
  const fields = [...layout, ...source.partitions].map((column) => column.name);
  const inside = layout.flatMap((column) => placesIn(column.type, `$.${quoted(column.name)}`, false));
  return [{ path: "$", isMany: false, fields }, ...inside];
}

function placesIn(type: DataType, path: string, isMany: boolean): readonly Place[] {
  if (type.kind === "array") return placesIn(type.element, `${path}[*]`, true);
  if (type.kind !== "struct") return [];
  const inside = type.fields.flatMap((field) => placesIn(field.type, `${path}.${quoted(field.name)}`, isMany));
  return [{ path, isMany, fields: type.fields.map((field) => field.name) }, ...inside];
}

const quoted = (field: string) => `"${field.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

async function unknownField(
  connection: DuckDBConnection,
  source: DataSource,
  place: Place,
  field: string,
): Promise<ProviderError> {
  const holds = `list_contains(${keysAt(place)}, ${text(field)})`;
  const filename = name(filenameOf(source));
  const [first] = await rowsOf(connection, `SELECT ${filename} FROM ${jsonObjects(source)} WHERE ${holds} LIMIT 1`);
  const file = String(first?.[0]);
  const numbered = `SELECT row_number() OVER () AS record, json FROM ${jsonObjects(source, [`file://${file}`])}`;
  const [row] = await rowsOf(connection, `SELECT record FROM (${numbered}) WHERE ${holds} LIMIT 1`);
  const record = Number(row?.[0]);
  const [line = null] = await linesOf(source, file, [record]);
  const where = line === null ? `record ${record} of "${file}"` : `line ${line} of "${file}"`;
  const what = place.path === "$" ? "" : ` inside "${place.path.slice(2).replaceAll('"', "")}"`;
  return new ProviderError(
    "invalid",
    `The field "${field}"${what} in ${where} is not in the schema, which was inferred from other records. ${adviceFor(source)}`,
  );
}

const adviceFor = ({ name: [database, table] }: DataSource): string =>
  table === undefined
    ? 'Set "sample_size: all", so that every record counts, or remove the field.'
    : `Infer the table "${database}.${table}" with "sample_size: all", so that every record counts, or declare it.`;

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.run(sql)).getRows();
}
