/** The roles that a client can play, and the interface of each. */
import type { Execution } from "./execution.ts";
import type { Metastore } from "./metastore.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Storage } from "./storage.ts";

/** The roles that a client can play. */
export const engineRoles = ["metastore", "storage", "execution", "scheduler"] as const;

export type EngineRole = (typeof engineRoles)[number];

/** The interface of each role. */
export interface EngineOf {
  readonly metastore: Metastore;
  readonly storage: Storage;
  readonly execution: Execution;
  readonly scheduler: Scheduler;
}
