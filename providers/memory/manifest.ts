/** The memory provider: a system in this process, for tests and for authors of providers. */
import type { Manifest } from "../../src/provider/contract.ts";

// Data and pure functions only: validate and plan load every manifest, but no SDK.
export const manifest: Manifest = {
  name: "memory",
  description: "Everything in the memory of this process, for tests",
  // Exactly the verbs that the engines have. A verb that a system lacks is left out in both places; there are no stubs.
  engines: {
    storage: ["list", "stat", "expand", "read", "write", "delete", "copy", "move", "fingerprint", "uri"],
    metastore: [
      "listDatabases",
      "getDatabase",
      "createDatabase",
      "deleteDatabase",
      "listTables",
      "getTable",
      "createTable",
      "updateTable",
      "renameTable",
      "deleteTable",
      "listPartitions",
      "addPartitions",
      "deletePartitions",
      "fingerprint",
    ],
    execution: ["submit", "findJob", "getJob", "cancelJob", "listJobs", "results", "logs"],
    scheduler: [
      "validateSchedule",
      "listRegistrations",
      "getRegistration",
      "register",
      "delete",
      "pause",
      "resume",
      "trigger",
      "listRuns",
      "getRun",
      "cancelRun",
      "logs",
    ],
  },
  settings: {
    space: {
      type: "string",
      description: "Clients with the same space in one process see the same content",
      default: "default",
    },
  },
  scheduler: { mode: "registers" },
  // Scripted: it computes nothing, so it reads no scheme.
  execution: { dialect: "duckdb", takes: "jobs", detached: true, find: "token", sources: [] },
  // Distinguishes accounts, endpoints or roots. Never a secret, since plans and lockfiles hold it.
  identity: (settings) => ({ space: typeof settings.space === "string" ? settings.space : "default" }),
};
