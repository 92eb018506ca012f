/** How DuckDB writes a target: one COPY statement. */
import type { DataTarget } from "../../../job/job.ts";
import { localPath, name, text } from "./source.ts";

/** Whether the files keep the row order of the query. For a directory, `false` needs half the memory. */
export interface WriteOptions {
  readonly ordered: boolean;
}

/** The COPY of a SELECT to the target. A directory gets `part-0.parquet`, `part-1.parquet`, ... */
export function copyTo(select: string, target: DataTarget, options: WriteOptions): string {
  const directory = target.shape === "directory";
  // A single ordered file needs a name from us; DuckDB names several files itself.
  const several = directory && (target.partitionBy.length > 0 || !options.ordered);
  const path = localPath(target.uri) + (directory && !several ? `/part-0.${target.format}` : "");
  const all = [...formatOptions(target), ...(several ? partOptions(target) : [])];
  return `COPY (\n${select}\n) TO ${text(path)} (${all.join(", ")})`;
}

function formatOptions(target: DataTarget): readonly string[] {
  switch (target.format) {
    case "csv":
      return ["FORMAT csv", "HEADER true"];
    case "json":
      return ["FORMAT json", "ARRAY true"];
    case "jsonl":
      return ["FORMAT json", "ARRAY false"];
    case "parquet":
      return ["FORMAT parquet"];
  }
}

function partOptions(target: DataTarget): readonly string[] {
  const named = ["FILENAME_PATTERN 'part-{i}'", `FILE_EXTENSION '${target.format}'`];
  if (target.partitionBy.length === 0) return ["PER_THREAD_OUTPUT true", ...named];
  return [`PARTITION_BY (${target.partitionBy.map(name).join(", ")})`, ...named];
}
