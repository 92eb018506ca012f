/**
 * The provider contract. A provider is a manifest (data and pure checks; loading it loads no SDK) and a lazy entry that makes
 * engines. Making an engine does no I/O. This folder knows no provider by name; the list is in providers/index.ts.
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
  /** Takes nothing but `{{NAME}}` and is never printed. */
  readonly secret?: boolean;
  readonly default?: string | number | boolean;
}

/** What a provider is, without loading it. */
export interface Manifest {
  readonly name: string;
  readonly description: string;
  /** Roles with their verbs; a verb that is not named here is absent. */
  readonly engines: { readonly [R in EngineRole]?: readonly (keyof EngineOf[R] & string)[] };
  readonly settings: Readonly<Record<string, Setting>>;
  /** What apply does with a deployment: `runs` it, or `registers` it. */
  readonly scheduler?: { readonly mode: "runs" | "registers" };
  readonly execution?: {
    readonly dialect: string;
    /** Jobs outlive the process that submitted them. */
    readonly detached: boolean;
    readonly find: "token" | "name" | "none";
    /** Schemes that it reads directly. */
    readonly sources: readonly string[];
  };
  /** The account, endpoint, region or root that a client means: what plan and state bind in place of secrets. */
  identity(settings: ClientSettings): JsonObject;
  /** Pure checks of settings beyond their types. */
  check?(settings: ClientSettings): readonly Diagnostic[];
}

/** Settings of one client with `{{NAME}}` filled in; secrets are Secret values. */
export type ClientSettings = Readonly<Record<string, string | number | boolean | Secret | undefined>>;

/** What an engine may use of the world around it. All directories are absolute and exist or are made on first write. */
export interface ProviderContext {
  readonly settings: ClientSettings;
  /** The project's root; relative settings of type `path` start here. */
  readonly projectRoot: string;
  /** For scratch files; what is in it may be deleted when no run is on. */
  readonly scratch: string;
  /** For what must outlast the process and may be lost with the checkout: jobs, logs. */
  readonly keep: string;
  /** Absolute directories of the config's clients that SQL may read and write when it runs; none while planning. */
  readonly allowedDirectories: readonly string[];
  readonly now: () => Date;
  readonly newId: () => string;
  /** Who creates things, for `createdBy`. */
  readonly user: string;
}

/** The lazy part: makes engines. A role's factory is absent when the manifest does not name the role. */
export interface ProviderEntry {
  readonly manifest: Manifest;
  storage?(context: ProviderContext): Storage;
  /** `storage` is the config's storage engine when it has one. */
  metastore?(context: ProviderContext, storage: Storage | null): Metastore;
  execution?(context: ProviderContext): Execution;
  scheduler?(context: ProviderContext): Scheduler;
}

/** A provider as the registry holds it. */
export interface Provider {
  readonly manifest: Manifest;
  readonly load: () => Promise<ProviderEntry>;
}
