/** The source of engines for plan, apply and runs: by config, or by a client that the state remembers. Types only. */
import type { Config } from "../engine/config.ts";
import type { Engines } from "../engine/engines.ts";
import type { EngineOf, EngineRole } from "../engine/roles.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Manifest } from "./contract.ts";

export interface EngineSource {
  /** The engines of a config, each made on first use. Throws Diagnosed when a setting has no value. */
  ofConfig(config: Config): Promise<Engines>;
  /** One role's engine of a client that the state remembers. */
  ofClient<R extends EngineRole>(record: ClientRecord, role: R): Promise<EngineOf[R]>;
  /** Provider, identity and settings of the client for a role in a config, or `null`. */
  recordOf(config: Config, role: EngineRole): { readonly record: ClientRecord; readonly manifest: Manifest } | null;
  /** Closes all engines. */
  close(): Promise<void>;
}
