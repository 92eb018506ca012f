/**
 * What a spec means: the YAML of its project, and what each operation must give, as tables of the oracle. Nothing here comes from Mason: DuckDB
 * computes the rows over tables that the test made itself.
 */
import { id, lit } from "./duck.ts";
import { type Dataset, datasetOf, type Meaning, type Oracle, tableNameOf } from "./oracle.ts";
import { expressionOf, type Named, queryText } from "./query-text.ts";
import { readAgain } from "./reading.ts";
import { type Op, type Source, type Spec, sourcesOf, type Target } from "./spec.ts";

type Making = Pick<Spec, "declared" | "ops" | "raws">;

function sourceParameters(oracle: Oracle, spec: Making, source: Source): Record<string, unknown> {
  const table = tableNameOf(spec, source);
  if (table !== null) return { database_name: table.database, table_name: table.table };
  const { path } = datasetOf(oracle, spec, source);
  const isGlob = "raw" in source && source.glob === true;
  return { input_path: isGlob ? `${path}/*` : path };
}

function targetParameters(
  target: Target,
  names: readonly string[],
  partitionsBy = "partition_columns",
): Record<string, unknown> {
  const hasEnding = target.path.endsWith(`.${target.format}`);
  return {
    output_path: target.path,
    ...(hasEnding ? {} : { output_format: target.format }),
    ...(names.length === 0 ? {} : { [partitionsBy]: names }),
  };
}

/** Finds out what the operation with this number means, and adds it to the oracle. Those that it reads must be known. */
export async function evaluate(oracle: Oracle, spec: Making, at: number): Promise<Meaning> {
  const op = spec.ops[at];
  if (op === undefined || op === null) throw new Error(`no operation ${at}`);
  const meaning = await meaningOf(oracle, spec, op, at);
  oracle.meanings[at] = meaning;
  return meaning;
}

async function meaningOf(oracle: Oracle, spec: Making, op: Op, at: number): Promise<Meaning> {
  const { duck } = oracle;
  const sources = sourcesOf(op).map((source) => datasetOf(oracle, spec, source));
  const [first] = sources;
  const none = { op, expected: null, target: null, partitions: [], made: null, sql: null, refusable: false };
  const given = (place = 0) => {
    const source = sourcesOf(op)[place];
    return source === undefined ? {} : sourceParameters(oracle, spec, source);
  };
  switch (op.kind) {
    case "infer": {
      const dataset = need(first);
      const { input_path: path } = sourceParameters(oracle, spec, op.source);
      const named = op.named ? { table_name: op.table } : {};
      const isBare = "raw" in op.source && spec.raws[op.source.raw]?.header === false;
      return {
        ...none,
        parameters: {
          database_name: op.database,
          storage_path: path,
          ...named,
          ...(isBare ? { read_headers: false } : {}),
        },
        expected: { rows: "none", table: dataset.table },
        made: dataset,
      };
    }
    case "refresh":
    case "delete":
      return { ...none, parameters: given() };
    case "query":
      return queryMeaning(oracle, spec, op, at);
    case "format": {
      const dataset = need(first);
      const columns = dataset.columns.map(({ name }) => name);
      const folders = namesAt(columns, op.target.partitions);
      const kept = op.keep === null ? null : [...new Set([...namesAt(columns, op.keep), ...folders])];
      const only = op.onePartition ? await firstPartition(oracle, dataset) : null;
      const where = only === null ? "" : ` WHERE CAST(${id(only.name)} AS VARCHAR) = ${lit(only.value)}`;
      const select = `SELECT ${(kept ?? columns).map(id).join(", ")} FROM ${id(dataset.table)}${where}`;
      const { output_format: _, ...target } = targetParameters(op.target, folders);
      const parameters = {
        ...given(),
        ...target,
        format: op.target.format,
        ...(kept === null ? {} : { filter_columns: kept }),
        ...(only === null ? {} : { partitions: [{ [only.name]: only.value }] }),
      };
      return written(oracle, at, op, op.target, folders, parameters, select);
    }
    case "merge": {
      const all = sources.map(({ table }) => `SELECT * FROM ${id(table)}`);
      const select = all.join(" UNION ALL BY NAME ");
      const columns = (await duck.columns(select)).map(({ name }) => name);
      const folders = namesAt(columns, op.target.partitions);
      const paths = op.sources.map((source) => sourceParameters(oracle, spec, source).input_path);
      const parameters = {
        ...(paths.length === 1 ? given() : { extract_paths: paths }),
        ...targetParameters(op.target, folders, "repartition_keys"),
      };
      return written(oracle, at, op, op.target, folders, parameters, select);
    }
    case "dedupe": {
      const dataset = need(first);
      const columns = dataset.columns.map(({ name }) => name);
      const folders = namesAt(columns, op.target.partitions);
      const keys = namesAt(columns, op.keys);
      const parameters = {
        ...given(),
        ...targetParameters(op.target, folders),
        ...(keys.length === 0 ? {} : { keys }),
      };
      const select = `SELECT DISTINCT * FROM ${id(dataset.table)}`;
      const whole = await written(oracle, at, op, op.target, folders, parameters, select);
      if (keys.length === 0) return whole;
      const count = await duck.count(
        `SELECT count(*) FROM (SELECT DISTINCT ${keys.map(id).join(", ")} FROM ${id(dataset.table)})`,
      );
      // Which row of a key is kept is not told: nobody reads them.
      return { ...whole, expected: { rows: "some", table: `o${at}`, count }, made: uncertain(whole.made) };
    }
    case "summarize": {
      const dataset = need(first);
      const parameters = { ...given(), ...targetParameters(op.target, []) };
      const made = { table: "", columns: [], path: op.target.path, partitions: [], certain: false };
      return {
        ...none,
        parameters,
        target: op.target,
        expected: { rows: "count", count: dataset.columns.length },
        made,
      };
    }
    case "fake": {
      const columns = [
        "id:bigint",
        "name:string",
        "born:date",
        "amount:decimal(9,2)",
        "score:double",
        "at:timestamp",
        "ok:boolean",
      ];
      const parameters = {
        size: op.size,
        ...(op.source === null ? { columns } : given()),
        ...targetParameters(op.target, []),
      };
      const made = { table: "", columns: [], path: op.target.path, partitions: [], certain: false };
      return { ...none, parameters, target: op.target, expected: { rows: "count", count: op.size }, made };
    }
    case "get": {
      const dataset = need(first);
      const parameters = { ...given(), limit: op.limit, ...targetParameters(op.target, []) };
      const whole = await written(oracle, at, op, op.target, [], parameters, `SELECT * FROM ${id(dataset.table)}`);
      const count = Math.min(op.limit, await duck.count(`SELECT count(*) FROM ${id(dataset.table)}`));
      return { ...whole, expected: { rows: "some", table: `o${at}`, count }, made: uncertain(whole.made) };
    }
  }
}

async function queryMeaning(
  oracle: Oracle,
  spec: Making,
  op: Extract<Op, { kind: "query" }>,
  at: number,
): Promise<Meaning> {
  const { duck } = oracle;
  const named: readonly Named[] = op.sources.map((source) => {
    const table = tableNameOf(spec, source);
    const { columns, path } = datasetOf(oracle, spec, source);
    const files = path.endsWith(".parquet") ? path : `${path}/*.parquet`;
    const name = table === null ? `read_parquet(${lit(files)})` : `${id(table.database)}.${id(table.table)}`;
    return { name, columns };
  });
  const sql = queryText(op, named);
  const known = op.sources.map((source) => {
    const { table: name, columns } = datasetOf(oracle, spec, source);
    return { name: id(name), columns };
  });
  const select = queryText(op, known)
    .replace("$table", known[0]?.name ?? "")
    .replace("${run.date}", lit("2026-03-01"));
  const columns = (await duck.columns(select)).map(({ name }) => name);
  const folders = namesAt(columns, op.target.partitions);
  const table = op.shape === "dollar" && op.sources[0] !== undefined ? tableNameOf(spec, op.sources[0]) : null;
  const limit = op.limit ? 3 : null;
  const parameters = {
    query_string: sql,
    ...(table === null ? {} : { database_name: table.database, table_name: table.table }),
    ...(limit === null ? {} : { limit }),
    ...targetParameters(op.target, folders),
  };
  const isStrange = op.shape === "expression" && expressionOf(op).refusable === true;
  if (isStrange) {
    // The oracle has no table for such a value: the rest of the row is enough.
    const rest = queryText({ ...op, shape: "star" }, known);
    const whole = await written(oracle, at, op, op.target, [], parameters, rest);
    return { ...whole, sql, refusable: true, made: uncertain(whole.made) };
  }
  const whole = await written(oracle, at, op, op.target, folders, parameters, select);
  const count = limit === null ? 0 : Math.min(limit, await duck.count(`SELECT count(*) FROM (${select}\n)`));
  return {
    ...whole,
    sql,
    refusable: false,
    ...(limit === null ? {} : { expected: { rows: "some", table: `o${at}`, count }, made: uncertain(whole.made) }),
  };
}

/** A partition of a dataset, as its folder is called; `null`: it has none. */
async function firstPartition({ duck }: Oracle, { table, partitions }: Dataset) {
  const [name] = partitions;
  if (name === undefined) return null;
  const [[value] = []] = await duck.rows(
    `SELECT min(CAST(${id(name)} AS VARCHAR)) FROM ${id(table)} WHERE ${id(name)} IS NOT NULL`,
  );
  return value === undefined || value === null ? null : { name, value };
}

const uncertain = (made: Dataset | null): Dataset | null => (made === null ? null : { ...made, certain: false });

const need = (dataset: Dataset | undefined): Dataset => {
  if (dataset === undefined) throw new Error("no source");
  return dataset;
};

const namesAt = (names: readonly string[], places: readonly number[]): readonly string[] => [
  ...new Set(places.flatMap((place) => names[place % Math.max(names.length, 1)] ?? [])),
];

async function written(
  oracle: Oracle,
  at: number,
  op: Op,
  target: Target,
  partitions: readonly string[],
  parameters: Readonly<Record<string, unknown>>,
  select: string,
): Promise<Meaning> {
  const { duck } = oracle;
  const [table, read] = [`o${at}`, `s${at}`];
  await duck.run(`CREATE OR REPLACE TABLE ${id(table)} AS ${select}`);
  const certain = await readAgain(duck, table, read, target.format, partitions);
  const columns = await duck.columns(`SELECT * FROM ${id(read)}`);
  const made: Dataset = { table: read, columns, path: target.path, partitions, certain };
  return { op, parameters, target, partitions, expected: { rows: "exact", table }, made, sql: null, refusable: false };
}
