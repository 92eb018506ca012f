/** The engines of one config. Types only. */
import type { Execution } from "./execution.ts";
import type { Metastore } from "./metastore.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Storage } from "./storage.ts";

/** The engines of the config that an operator runs with; the ones that its `needs` name are there. */
export interface Engines {
  readonly configId: string;
  /** The execution engine knows the metastore's tables by name. */
  readonly knowsTables?: true;
  readonly metastore?: Metastore;
  readonly storage?: Storage;
  readonly execution?: Execution;
  readonly scheduler?: Scheduler;
}
