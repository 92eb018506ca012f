/**
 * The provider contract. A provider consists of a manifest (data and pure checks; loading it loads no SDK) and a lazy entry that
 * makes engines. Making an engine does no I/O. This folder knows no provider by name; providers/index.ts lists them.
 */
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Execution } from "../engine/execution.ts";
import type { Metastore } from "../engine/metastore.ts";
import type { EngineOf, EngineRole } from "../engine/roles.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import type { Storage } from "../engine/storage.ts";
import type { JsonObject } from "../json.ts";
import type { Secret } from "../model/secret.ts";

/** A setting of a client, as `clients.*.configuration` holds it. */
export interface Setting {
  readonly type: "string" | "integer" | "number" | "boolean" | "size" | "path";
  readonly description: string;
  readonly required?: boolean;
  /** Accepts only `{{NAME}}`, and is never printed. */
  readonly secret?: boolean;
  readonly default?: string | number | boolean;
}

/** The description of a provider, available without loading it. */
export interface Manifest {
  readonly name: string;
  readonly description: string;
  /** The verbs of each role; a verb that is not listed is absent. */
  readonly engines: { readonly [R in EngineRole]?: readonly (keyof EngineOf[R] & string)[] };
  readonly settings: Readonly<Record<string, Setting>>;
  /** Whether apply runs a deployment or registers it. */
  readonly scheduler?: { readonly mode: "runs" | "registers" };
  readonly execution?: {
    readonly dialect: string;
    /** What it is given: canonical jobs, which it runs in its own way, or statements in its dialect. */
    readonly takes: "jobs" | "statements";
    /** Jobs outlive the process that submitted them. */
    readonly detached: boolean;
    /** How a job is found whose answer was lost: its token starts no second job, its name holds the token, or not at all. */
    readonly find: "token" | "name" | "none";
    /** URI schemes that it reads directly. */
    readonly sources: readonly string[];
    /** Providers of metastores whose tables it knows by name; absent: none, it is given their files. */
    readonly tables?: readonly string[];
  };
  /** The account, endpoint, region or root of a client. Plan and state bind it instead of secrets. */
  identity(settings: ClientSettings): JsonObject;
  /** Pure checks of settings beyond their types. */
  check?(settings: ClientSettings): readonly Diagnostic[];
}

/** The settings of one client, with `{{NAME}}` filled in; secrets are Secret values. */
export type ClientSettings = Readonly<Record<string, string | number | boolean | Secret | undefined>>;

/** What an engine may use of its environment. All directories are absolute; a missing one is made on the first write. */
export interface ProviderContext {
  readonly settings: ClientSettings;
  /** The project's root. Relative settings of type `path` start here. */
  readonly projectRoot: string;
  /** For scratch files. They may be deleted while nothing runs. */
  readonly scratch: string;
  /** For jobs, logs and the like: they outlive the process, but may be lost with the checkout. */
  readonly keep: string;
  /** Directories of the config's clients that SQL may read and write when it runs; none while planning. */
  readonly allowedDirectories: readonly string[];
  readonly now: () => Date;
  readonly newId: () => string;
  /** The user for `createdBy`. */
  readonly user: string;
  /** The client in words, for messages: `client "lake" of config "5"`. */
  readonly client?: string;
}

/** The lazy part, which makes engines. A role that the manifest does not name has no factory. */
export interface ProviderEntry {
  readonly manifest: Manifest;
  storage?(context: ProviderContext): Storage;
  /** `storage` is the config's storage engine, if any. */
  metastore?(context: ProviderContext, storage: Storage | null): Metastore;
  /** `storage` is the config's storage engine, if any: what the engine does not read by itself, it stages through its verbs. */
  execution?(context: ProviderContext, storage: Storage | null): Execution;
  scheduler?(context: ProviderContext): Scheduler;
}

/** A provider in the registry. */
export interface Provider {
  readonly manifest: Manifest;
  readonly load: () => Promise<ProviderEntry>;
}
