/** The oracle of a project: tables of a DuckDB that hold what each place must hold. Nothing here comes from Mason. */
import { type Duck, type DuckColumn, id } from "./duck.ts";
import { loadRaw } from "./raw-files.ts";
import type { Op, Source, Spec, Target } from "./spec.ts";

/** Rows at a place. */
export interface Dataset {
  /** The oracle's table: as a reader of the place sees it. */
  readonly table: string;
  readonly columns: readonly DuckColumn[];
  readonly path: string;
  /** Names of partition columns. */
  readonly partitions: readonly string[];
  /** False when what a reader sees can't be told. */
  readonly certain: boolean;
}

/** How the rows of an operation are known. */
export type Expected =
  /** Exactly the rows of the oracle's table. */
  | { readonly rows: "exact"; readonly table: string }
  /** So many of the rows of the oracle's table. */
  | { readonly rows: "some"; readonly table: string; readonly count: number }
  /** So many rows. */
  | { readonly rows: "count"; readonly count: number }
  /** A table of the catalogue with these columns. */
  | { readonly rows: "none"; readonly table: string };

/** An operation with everything that is known of it. */
export interface Meaning {
  readonly op: Op;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly expected: Expected | null;
  readonly target: Target | null;
  readonly partitions: readonly string[];
  /** What later operations read; `null` for ones that write no files and make no table. */
  readonly made: Dataset | null;
  /** The SQL that the plan must show and the run must run. */
  readonly sql: string | null;
  /** A plan may refuse it. */
  readonly refusable: boolean;
}

/** The oracle of a project. */
export interface Oracle {
  readonly duck: Duck;
  /** The storage root, where raw files are. */
  readonly root: string;
  readonly raws: readonly Dataset[];
  readonly meanings: (Meaning | null)[];
}

/** Loads the raw files. */
export async function openOracle(duck: Duck, root: string, spec: Pick<Spec, "raws">): Promise<Oracle> {
  const raws: Dataset[] = [];
  for (const [at, raw] of spec.raws.entries()) {
    const table = `r${at}`;
    await loadRaw(duck, root, table, raw);
    const partitions = raw.folders.map(({ name }) => name);
    raws.push({
      table,
      columns: await duck.columns(`SELECT * FROM ${id(table)}`),
      path: raw.path,
      partitions,
      certain: true,
    });
  }
  return { duck, root, raws, meanings: [] };
}

/** The dataset behind a source. */
export function datasetOf(oracle: Oracle, spec: Pick<Spec, "declared">, source: Source): Dataset {
  const found =
    "raw" in source
      ? oracle.raws[source.raw]
      : "declared" in source
        ? oracle.raws[spec.declared[source.declared]?.raw ?? -1]
        : oracle.meanings[source.op]?.made;
  if (found === undefined || found === null) throw new Error(`no data behind ${JSON.stringify(source)}`);
  return found;
}

/** The table that a source names. */
export function tableNameOf(
  spec: Pick<Spec, "declared" | "ops">,
  source: Source,
): { database: string; table: string } | null {
  if (source.by === "path") return null;
  if ("declared" in source) {
    const declared = spec.declared[source.declared];
    return declared === undefined ? null : { database: declared.database, table: declared.name };
  }
  const op = spec.ops[source.op];
  return op?.kind === "infer" ? { database: op.database, table: op.table } : null;
}
