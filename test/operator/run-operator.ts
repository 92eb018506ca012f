/** Runs operators on the local engines in a temporary directory. */

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createLocalExecution } from "../../providers/local/execution.ts";
import { createLocalMetastore } from "../../providers/local/metastore.ts";
import { createLocalStorage } from "../../providers/local/storage.ts";
import type { Engines } from "../../src/engine/engines.ts";
import type { TableInput } from "../../src/engine/metastore.ts";
import type { Storage } from "../../src/engine/storage.ts";
import type { CanonicalJob } from "../../src/job/job.ts";
import { isOverFiles } from "../../src/job/relations.ts";
import type { Json } from "../../src/json.ts";
import type { Mismatches } from "../../src/model/job.ts";
import type { ProviderErrorCode } from "../../src/model/provider-error-code.ts";
import type { Table } from "../../src/model/table.ts";
import { withDefaults } from "../../src/operator/check-parameters.ts";
import { noDeclaredTables } from "../../src/operator/declared/declared-tables.ts";
import type {
  BuiltinOperator,
  OperatorContext,
  OperatorResult,
  Preview,
  PreviewContext,
} from "../../src/operator/operator.ts";
import { resolvePath } from "../../src/operator/source/source.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { compute } from "../../src/step/wait-for-job.ts";
import { temporaryContext } from "../conformance/context.ts";
import { schema } from "../sql/dialects/duckdb/local-run.ts";
import { endedJob } from "../support/ended-job.ts";

export interface OperatorRun {
  readonly engines: Required<Pick<Engines, "metastore" | "storage" | "execution">> & Engines;
  /** The storage's root. */
  readonly data: string;
  /** Computed jobs, in order. */
  readonly jobs: readonly CanonicalJob[];
  /** What ended jobs left out, in order. */
  readonly mismatches: readonly Mismatches[];
  readonly logged: readonly string[];
  /** Writes a file below the root. */
  put(path: string, content: string | Uint8Array): Promise<void>;
  read(path: string): Promise<string>;
  /** Files below a directory of the root, including hidden ones, sorted. */
  list(path?: string): Promise<readonly string[]>;
  /** Adds a table to the catalog, with its database when that is absent; `columns` as `id bigint, name string`. */
  table(name: string, columns: string, rest?: Partial<TableInput> & { readonly partitionedBy?: string }): Promise<void>;
  /** Runs an operator with its defaults filled in. */
  run(
    operator: BuiltinOperator,
    parameters: Readonly<Record<string, Json>>,
    rest?: Partial<OperatorContext>,
  ): Promise<OperatorResult>;
  /** Previews an operator as plan does, over the engines as they are now. */
  preview(
    operator: BuiltinOperator,
    parameters: Readonly<Record<string, Json>>,
    rest?: Partial<PreviewContext>,
  ): Promise<Preview>;
  /** The rows of the files at a path. */
  rows(path: string): Promise<readonly Json[]>;
  close(): Promise<void>;
}

/** The error of an operator. It must be a ProviderError with this code, and its message full sentences. */
export async function refused(work: Promise<unknown>, code: ProviderErrorCode): Promise<ProviderError> {
  const error = await work.then(
    (value) => new Error(`It succeeded: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError) || error.code !== code) throw error;
  if (!/[.?]$/.test(error.message)) throw new Error(`No sentence: ${error.message}`);
  return error;
}

/** Local engines over a fresh directory. `remote` makes a storage of another system of it, which jobs reach only through Mason. */
export async function operatorRun(remote?: (storage: Storage) => Storage): Promise<OperatorRun> {
  const { context, directory, close } = await temporaryContext({ threads: 2, memory_limit: "500MB" });
  const data = join(directory, "data");
  await mkdir(data, { recursive: true });
  const local = createLocalStorage(context);
  const storage = remote?.(local) ?? local;
  const execution = createLocalExecution(context, remote === undefined ? null : storage);
  const engines = { configId: "6", storage, metastore: createLocalMetastore(context, storage), execution };
  const jobs: CanonicalJob[] = [];
  const mismatches: Mismatches[] = [];
  const logged: string[] = [];
  let tokens = 0;

  const contextOf = (
    operator: BuiltinOperator,
    parameters: Readonly<Record<string, Json>>,
    rest: Partial<OperatorContext>,
  ): OperatorContext => {
    const token = rest.token ?? `token-${++tokens}`;
    const signal = rest.signal ?? new AbortController().signal;
    let computed = 0;
    return {
      parameters: withDefaults(operator.definition, parameters),
      engines,
      token,
      asStep: false,
      declared: noDeclaredTables,
      now: () => new Date("2026-01-02T03:04:05Z"),
      signal,
      log: (line) => logged.push(line),
      progress: () => undefined,
      compute: async (job) => {
        if (!isOverFiles(job)) throw new Error("The local engine was given tables.");
        jobs.push(job);
        computed++;
        const ended = await compute(job, {
          execution,
          find: "token",
          token: computed === 1 ? token : `${token}-${computed}`,
          known: null,
          record: () => undefined,
          clock: { now: () => new Date(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
          signal,
          progress: () => undefined,
        });
        mismatches.push(...(ended.mismatches ?? []));
        return ended;
      },
      ...rest,
    };
  };

  const run: OperatorRun = {
    engines,
    data,
    jobs,
    mismatches,
    logged,
    put: async (path, content) => {
      await mkdir(dirname(join(data, path)), { recursive: true });
      await writeFile(join(data, path), content);
    },
    read: (path) => readFile(join(data, path), "utf8"),
    list: async (path = "") => {
      const found = await readdir(join(data, path), { recursive: true, withFileTypes: true });
      return found
        .flatMap((entry) =>
          entry.isFile() ? join(entry.parentPath, entry.name).slice(join(data, path).length + 1) : [],
        )
        .filter((file) => !file.includes("_mason/"))
        .sort();
    },
    table: async (name, columns, { partitionedBy = "", ...rest } = {}) => {
      const [database = "", table = ""] = name.split(".");
      const isThere = (await engines.metastore.getDatabase(database))?.catalogued === true;
      if (!isThere) await engines.metastore.createDatabase({ name: database });
      await engines.metastore.createTable({
        database,
        name: table,
        format: "csv",
        columns: schema(columns),
        partitions: schema(partitionedBy),
        location: `warehouse/${database}/${table}`,
        ...rest,
      });
    },
    run: (operator, parameters, rest = {}) => operator.run(contextOf(operator, parameters, rest)),
    preview: (operator, parameters, rest = {}) => {
      if (operator.preview === undefined) throw new Error("This operator has no preview.");
      return operator.preview(previewContext(engines, withDefaults(operator.definition, parameters), rest));
    },
    rows: async (path) => {
      const { sources, columns } = await resolvePath(engines, path, { sampleSize: "all" });
      const sql = "select * from source order by all";
      const { id } = await execution.submit({ kind: "query", sql, sources }, `rows-${++tokens}`);
      const ended = await endedJob(execution, id);
      if (ended?.state !== "succeeded") throw new Error(`${ended?.error} ${JSON.stringify(columns)}`);
      return (await execution.results(id)).rows;
    },
    close: async () => {
      await execution.close?.();
      await close();
    },
  };
  return run;
}

function previewContext(
  engines: Engines,
  parameters: PreviewContext["parameters"],
  rest: Partial<PreviewContext>,
): PreviewContext {
  const table = async (database: string, name: string) => (await engines.metastore?.getTable(database, name)) ?? null;
  return {
    parameters,
    engines,
    unknown: new Set(),
    declared: noDeclaredTables,
    table,
    files: (pattern, options) => resolvePath(engines, pattern, options).catch(() => null),
    describe: async (sql, extra) => {
      const [found] = (await engines.execution?.references?.([sql])) ?? [];
      if (found?.ok === false) return found;
      const named = new Map<string, { name: readonly string[]; table: Pick<Table, "columns" | "partitions"> }>();
      for (const name of found?.tables ?? []) {
        const known = name.length === 2 ? await (rest.table ?? table)(name[0] ?? "", name[1] ?? "") : null;
        if (known !== null) named.set(JSON.stringify(name), { name, table: known });
      }
      for (const one of extra) named.set(JSON.stringify([one.name]), { name: [one.name], table: one.table });
      return (await engines.execution?.describe?.(sql, [...named.values()])) ?? null;
    },
    ...rest,
  };
}
