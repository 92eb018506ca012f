/** Runs jobs on the embedded DuckDB in a temporary directory, for tests of what compiled jobs do. */

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createLocalExecution } from "../../../../providers/local/execution.ts";
import type { Execution } from "../../../../src/engine/execution.ts";
import type { CanonicalJob, DataSource, DataTarget } from "../../../../src/job/job.ts";
import type { JsonObject } from "../../../../src/json.ts";
import { parseDataType } from "../../../../src/model/data-type.ts";
import type { Job } from "../../../../src/model/job.ts";
import { column, type Schema } from "../../../../src/model/schema.ts";
import type { ClientSettings, ProviderContext } from "../../../../src/provider/contract.ts";
import { temporaryContext } from "../../../conformance/context.ts";
import { endedJob } from "../../../support/ended-job.ts";

export interface LocalRun {
  readonly execution: Execution;
  readonly context: ProviderContext;
  readonly data: string;
  uri(path: string): string;
  put(path: string, content: string | Uint8Array): Promise<string>;
  read(path: string): Promise<string>;
  list(path: string): Promise<readonly string[]>;
  /** The job at its end. */
  end(job: CanonicalJob): Promise<Job>;
  /** Rows of a job that must succeed. */
  rows(job: CanonicalJob): Promise<readonly JsonObject[]>;
  /** Facts of a job that must succeed. */
  facts(job: CanonicalJob): Promise<JsonObject>;
  close(): Promise<void>;
}

export async function localRun(settings: ClientSettings = { threads: 2, memory_limit: "500MB" }): Promise<LocalRun> {
  const { context, directory, close } = await temporaryContext(settings);
  const data = join(directory, "data");
  const execution = createLocalExecution(context);
  let token = 0;
  const end = async (job: CanonicalJob) => {
    const { id } = await execution.submit(job, `token-${++token}`);
    return (await endedJob(execution, id)) ?? { id, state: "unknown" as const };
  };
  const succeed = async (job: CanonicalJob) => {
    const ended = await end(job);
    if (ended.state !== "succeeded") throw new Error(`${ended.state}: ${ended.error}`);
    return ended;
  };
  return {
    execution,
    context,
    data,
    uri: (path) => `file://${join(data, path)}`,
    put: async (path, content) => {
      await mkdir(dirname(join(data, path)), { recursive: true });
      await writeFile(join(data, path), content);
      return `file://${join(data, path)}`;
    },
    read: (path) => readFile(join(data, path), "utf8"),
    list: async (path) => {
      const found = await readdir(join(data, path), { recursive: true, withFileTypes: true });
      return found
        .flatMap((entry) =>
          entry.isFile() ? join(entry.parentPath, entry.name).slice(join(data, path).length + 1) : [],
        )
        .sort();
    },
    end,
    rows: async (job) => (await execution.results((await succeed(job)).id)).rows,
    facts: async (job) => (await succeed(job)).facts ?? {},
    close: async () => {
      await execution.close?.();
      await close();
    },
  };
}

/** Columns from text: `id bigint, tags array<string>`. */
export const schema = (text: string): Schema =>
  text === ""
    ? []
    : text.split(/, (?=\w+ )/).map((part) => {
        const at = part.indexOf(" ");
        const type = parseDataType(part.slice(at + 1));
        if (type === null) throw new Error(`No type: ${part}`);
        return column(part.slice(0, at), type);
      });

export const source = (
  files: readonly string[],
  format: DataSource["format"],
  columns: string,
  rest: Partial<DataSource> = {},
): DataSource => ({
  name: ["db", "t"],
  files,
  format,
  columns: schema(columns),
  partitions: [],
  ...rest,
});

export const csv = {
  delimiter: ",",
  quote: '"',
  header: true,
  compression: "none",
  nullPadding: false,
  newline: "\n",
} as const;

export const target = (uri: string, format: DataTarget["format"], rest: Partial<DataTarget> = {}): DataTarget => ({
  uri,
  shape: "directory",
  format,
  partitionBy: [],
  ...rest,
});
