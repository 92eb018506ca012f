/** The local provider: files of this machine, a metastore in files, an embedded DuckDB, and a scheduler that runs now. */
import { fileMetastoreVerbs } from "../../src/catalog/file-metastore/verbs.ts";
import { type Diagnostic, error } from "../../src/diagnostic/diagnostic.ts";
import type { ClientSettings, Manifest } from "../../src/provider/contract.ts";

export const manifest: Manifest = {
  name: "local",
  description: "Files, tables and computing on this machine",
  engines: {
    storage: [
      "list",
      "stat",
      "expand",
      "read",
      "write",
      "delete",
      "copy",
      "move",
      "fingerprint",
      "realPath",
      "links",
      "uri",
    ],
    metastore: fileMetastoreVerbs,
    execution: [
      "submit",
      "findJob",
      "getJob",
      "cancelJob",
      "listJobs",
      "results",
      "logs",
      "references",
      "describe",
      "close",
    ],
    scheduler: ["validateSchedule"],
  },
  settings: {
    root: {
      type: "path",
      description: "Directory that all paths start from, relative to the project",
      default: ".",
    },
    threads: { type: "integer", description: "Threads that a query may use; default: one for each core" },
    memory_limit: { type: "size", description: "Memory that queries may use before they spill to disk: 2GB" },
    max_temp_directory_size: { type: "size", description: "Disk that queries may spill to: 10GB" },
    max_scratch_size: {
      type: "size",
      description: "Disk for files that jobs fetch from another storage; default: 20GB",
    },
  },
  scheduler: { mode: "runs" },
  execution: { dialect: "duckdb", takes: "jobs", detached: false, find: "token", sources: ["file"] },
  identity: (settings) => ({ root: typeof settings.root === "string" ? settings.root : "." }),
  check: (settings) => sizes.flatMap((name) => checkSize(settings, name)),
};

const sizes = ["memory_limit", "max_temp_directory_size", "max_scratch_size"] as const;

function checkSize(settings: ClientSettings, name: (typeof sizes)[number]): readonly Diagnostic[] {
  const value = settings[name];
  if (typeof value !== "string" || Number.parseFloat(value) !== 0) return [];
  return [
    error({
      code: "config/size-of-nothing",
      summary: "Size too small",
      detail: `The setting "${name}" is "${value}", which leaves no room for any work. Set a size like "2GB", or remove it.`,
    }),
  ];
}
