/** Makes up a project: raw files, then operations over what is there, then edits. Each operation is tried on the oracle while it is chosen. */
import type { Duck } from "./duck.ts";
import { editsOf } from "./edit.ts";
import { evaluate } from "./evaluate.ts";
import { everyday, exotic } from "./expressions.ts";
import { directories, rawOf } from "./generate-raw.ts";
import { type Dataset, datasetOf, type Oracle, openOracle } from "./oracle.ts";
import { type Random, random } from "./random.ts";
import { writeRaw } from "./raw-files.ts";
import {
  type Declared,
  type Group,
  type Op,
  type QueryShape,
  type Raw,
  type Source,
  type Spec,
  type Target,
  targetOf,
} from "./spec.ts";

/** Declared names hold letters, digits and a few signs only. */
const declaredDatabases = ["sales", "Lake", "my-db", "select"];
const declaredTables = ["orders", "Order", "select", "t-", "a.b"];
const databases = ["sales", "Lake", "my db", "größe"];
const tables = ["orders", "Order", "select", "two words", "it's", "größe", "日本", "t-1"];

/** A project with this seed. The raw files are written below `root`. */
export async function generate(duck: Duck, root: string, seed: number): Promise<Spec> {
  const chance = random(seed * 7919 + 1);
  const raws = Array.from({ length: chance.int(2, 3) }, (_, at) => rawOf(chance, at));
  for (const raw of raws) await writeRaw(duck, root, raw);
  const declared = raws.flatMap((_, at): readonly Declared[] =>
    raws[at]?.header === true && chance.chance(0.3)
      ? [{ database: chance.pick(declaredDatabases), name: `${chance.pick(declaredTables)}${at}`, raw: at }]
      : [],
  );
  const oracle = await openOracle(duck, root, { raws });
  const making: Making = { chance, oracle, raws, declared, ops: [], inGroup: new Set() };
  const groups: Group[] = [];
  const count = chance.int(5, 8);
  for (let at = 0; at < count; at++) groups.push(await groupOf(making, at));
  groups.push(await oneExpression(making, seed));
  const spec: Spec = { seed, raws, declared, ops: making.ops, groups, edits: [] };
  return { ...spec, edits: editsOf(chance, spec) };
}

/** Each seed tries another expression, so that all of them are tried. */
async function oneExpression(making: Making, seed: number): Promise<Group> {
  const [source] = tablesOf(making);
  if (source === undefined) throw new Error("no table");
  const place = seed % (everyday.length + exotic.length);
  const isExotic = place >= everyday.length;
  const format = (["parquet", "parquet", "csv", "jsonl", "json"] as const)[seed % 5] ?? "parquet";
  const op = await add(making, {
    kind: "query",
    sources: [source],
    shape: "expression",
    picks: [],
    expression: isExotic ? place - everyday.length : place,
    exotic: isExotic,
    salt: 0,
    limit: false,
    target: { path: `out/expression.${format}`, format, partitions: [] },
  });
  return { name: "one_expression", ops: [op], pulls: false };
}

interface Making {
  readonly chance: Random;
  readonly oracle: Oracle;
  readonly raws: readonly Raw[];
  readonly declared: readonly Declared[];
  readonly ops: Op[];
  /** Operations whose table goes away or is refreshed in their own deployment: others leave it alone. */
  readonly inGroup: Set<number>;
}

/** A deployment of one to three operations. */
async function groupOf(making: Making, at: number): Promise<Group> {
  const { chance, ops } = making;
  const first = ops.length;
  const name = chance.pick([`d${at}`, `load_${at}`, `D-${at}`]);
  const shape = chance.next();
  const isEarly = at < 2;
  if (isEarly) await add(making, inferOf(making));
  else if (shape < 0.12) {
    // The table is made, used and dropped, or looked at again, by one deployment.
    const infer = await add(making, inferOf(making));
    making.inGroup.add(infer);
    const source: Source = { by: "table", op: infer };
    if (chance.chance(0.5)) await add(making, readerOf(making, [source]));
    await add(making, { kind: chance.chance(0.5) ? "refresh" : "delete", source });
  } else if (shape < 0.35) {
    const made = await add(making, writerOf(making));
    if (making.oracle.meanings[made]?.made?.certain === true) {
      const source: Source = { by: "path", op: made };
      await add(making, chance.chance(0.4) ? inferOf(making, source) : formatOf(making, source));
    }
  } else await add(making, chance.chance(0.2) ? inferOf(making) : writerOf(making));
  const own = Array.from({ length: ops.length - first }, (_, place) => first + place);
  return { name, ops: own, pulls: chance.chance(0.5) };
}

async function add(making: Making, op: Op): Promise<number> {
  const { ops, oracle, declared, raws } = making;
  const at = ops.push(op) - 1;
  await evaluate(oracle, { ops, declared, raws }, at);
  return at;
}

/** Everything that may be read by path. */
function paths(making: Making, isBareToo = false): readonly Source[] {
  const { chance, raws, ops, oracle } = making;
  return [
    ...raws.flatMap((raw, at): readonly Source[] =>
      raw.header || isBareToo ? [{ by: "path", raw: at, glob: raw.layout === "files" && chance.chance(0.3) }] : [],
    ),
    ...ops.flatMap((op, at): readonly Source[] =>
      op.kind !== "infer" && oracle.meanings[at]?.made?.certain === true ? [{ by: "path", op: at }] : [],
    ),
  ];
}

/** Every table that may be read. */
function tablesOf(making: Making): readonly Source[] {
  const { declared, ops, inGroup } = making;
  return [
    ...declared.map((_, at): Source => ({ by: "table", declared: at })),
    ...ops.flatMap((op, at): readonly Source[] =>
      op.kind === "infer" && !inGroup.has(at) ? [{ by: "table", op: at }] : [],
    ),
  ];
}

const dataset = (making: Making, source: Source): Dataset => datasetOf(making.oracle, making, source);

function inferOf(making: Making, given?: Source): Op {
  const { chance, ops, raws } = making;
  const source = given ?? chance.pick(paths(making, true));
  const taken = ops.length;
  const raw = "raw" in source ? raws[source.raw] : undefined;
  const isNamedByPath =
    raw !== undefined &&
    raw.layout !== "file" &&
    /^raw\/plain_\d$/.test(raw.path) &&
    chance.chance(0.3) &&
    !("glob" in source && source.glob === true);
  const name = `${chance.chance(0.5) ? "t" : chance.pick(tables)}${chance.pick(["_", " "])}${taken}`;
  const isFree = isNamedByPath && !ops.some((op) => op.kind === "infer" && !op.named && op.table === raw.path.slice(4));
  return {
    kind: "infer",
    source,
    database: chance.chance(0.5) ? "lake" : `${chance.pick(databases)} 2`,
    table: isFree ? raw.path.slice(4) : name,
    named: !isFree,
  };
}

function targetFor(making: Making, columns: Dataset["columns"], foldersAllowed = true): Target {
  const { chance, ops } = making;
  const format = chance.pick(["parquet", "parquet", "parquet", "csv", "json", "jsonl"] as const);
  const directory = `out/${chance.chance(0.6) ? "o" : chance.pick(directories)} ${ops.length}`;
  if (chance.chance(0.3)) return { path: `${directory}.${format}`, format, partitions: [] };
  const able = columns.flatMap(({ type }, at) =>
    /^(BIGINT|INTEGER|VARCHAR|DATE|SMALLINT)$/.test(type) && at > 0 ? [at] : [],
  );
  const isSplit = foldersAllowed && able.length > 0 && columns.length > 2 && chance.chance(0.3);
  return { path: directory, format, partitions: isSplit ? chance.some(able, 1, Math.min(2, columns.length - 2)) : [] };
}

function writerOf(making: Making): Op {
  const { chance } = making;
  const named = tablesOf(making);
  const files = plainFiles(making);
  if (files.length > 0 && chance.chance(0.07)) {
    const source = chance.pick(files);
    return queryOf(making, [source, source], "files");
  }
  return chance.chance(0.45) && named.length > 0
    ? queryOf(making, [chance.pick(named), chance.pick(named)])
    : readerOf(making, [chance.pick(chance.chance(0.4) ? named : paths(making))]);
}

/** Something that reads a source and writes. */
function readerOf(making: Making, [source]: readonly [Source]): Op {
  const { chance } = making;
  const { columns } = dataset(making, source);
  const kinds = ["format", "merge", "dedupe", "summarize", "fake"] as const;
  const kind = source.by === "table" ? chance.pick([...kinds, "get", "query", "query"] as const) : chance.pick(kinds);
  switch (kind) {
    case "query":
      return queryOf(making, [source, source]);
    case "format":
      return formatOf(making, source);
    case "merge":
      return mergeOf(making, source);
    case "dedupe": {
      const able = columns.flatMap(({ type }, at) => (/[[(]|JSON|MAP/.test(type) ? [] : [at]));
      const keys = chance.chance(0.4) ? chance.some(able, 1, 2) : [];
      return { kind, source, keys, target: targetFor(making, columns) };
    }
    case "summarize":
      return { kind, source, target: targetFor(making, [], false) };
    case "fake":
      return {
        kind,
        source: chance.chance(0.5) ? source : null,
        size: chance.int(1, 20),
        target: targetFor(making, [], false),
      };
    case "get":
      return { kind, source, limit: chance.int(1, 40), target: targetFor(making, columns, false) };
  }
}

function formatOf(making: Making, source: Source): Op {
  const { chance } = making;
  const { columns } = dataset(making, source);
  const keep = chance.chance(0.3)
    ? chance.shuffle(
        chance.some(
          columns.map((_, at) => at),
          2,
          columns.length,
        ),
      )
    : null;
  const target = targetFor(making, columns, keep === null);
  return { kind: "format", source, keep, onePartition: chance.chance(0.5), target };
}

/** Whether columns of one name can be one column, and as which there is no doubt. */
const isMergeable = (a: string, b: string) =>
  a === b || [`${a} ${b}`, `${b} ${a}`].some((pair) => pair === "BIGINT VARCHAR" || pair === "DATE TIMESTAMP");

/** Two sources are merged when columns of one name can be one. */
function mergeOf(making: Making, source: Source): Op {
  const { chance } = making;
  const { columns } = dataset(making, source);
  const others = paths(making).filter((other) => {
    const theirs = dataset(making, other);
    return (
      dataset(making, source).path !== theirs.path &&
      theirs.columns.every((column) =>
        columns.every(
          (own) =>
            own.name.toLowerCase() !== column.name.toLowerCase() ||
            (own.name === column.name && isMergeable(own.type, column.type)),
        ),
      )
    );
  });
  const second = source.by === "path" && others.length > 0 && chance.chance(0.6) ? [chance.pick(others)] : [];
  return { kind: "merge", sources: [source, ...second], target: targetFor(making, columns, second.length === 0) };
}

const shapes: readonly QueryShape[] = [
  "star",
  "pick",
  "pick",
  "group",
  "join",
  "cte",
  "empty",
  "expression",
  "expression",
  "expression",
  "dollar",
  "window",
  "union",
  "hole",
  "hole",
];

/** Parquet files that SQL can read by itself: no folders give columns, and all have the same. */
function plainFiles(making: Making): readonly Source[] {
  const { raws, ops } = making;
  return paths(making).filter((source) => {
    if ("raw" in source) {
      const { format, layout } = raws[source.raw] ?? {};
      return format === "parquet" && (layout === "file" || layout === "files");
    }
    const target = "op" in source ? targetOf(ops[source.op] as Op) : null;
    return target?.format === "parquet" && target.partitions.length === 0;
  });
}

function queryOf(making: Making, sources: readonly [Source, Source], given?: QueryShape): Op {
  const { chance, ops } = making;
  const shape = given ?? chance.pick(shapes);
  const { columns } = dataset(making, sources[0]);
  const isExotic = chance.chance(0.5);
  const expression = chance.int(0, (isExotic ? exotic : everyday).length - 1);
  const all = targetFor(making, columns, ["star", "dollar", "union", "cte"].includes(shape));
  return {
    kind: "query",
    sources: shape === "join" ? sources : [sources[0]],
    shape,
    picks: chance.shuffle(columns.map((_, at) => at)).slice(0, 3),
    expression,
    exotic: isExotic,
    salt: 0,
    limit: shape === "star" && chance.chance(0.15) && ops.length > 0,
    target: all,
  };
}
