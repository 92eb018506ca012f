/** Where plan, apply and runs get engines from: by config, or by the client that the state remembers. Types only. */
import type { Config } from "../engine/config.ts";
import type { Engines } from "../engine/engines.ts";
import type { EngineOf, EngineRole } from "../engine/roles.ts";
import type { ClientRecord } from "../model/client-record.ts";
import type { Manifest } from "./contract.ts";

export interface EngineSource {
  /** The engines of a config; each is made when it is first asked for. Throws Diagnosed when a setting has no value. */
  ofConfig(config: Config): Promise<Engines>;
  /** The engine of one role in a client that the state remembers. */
  ofClient<R extends EngineRole>(record: ClientRecord, role: R): Promise<EngineOf[R]>;
  /** Provider, identity and settings of the client that plays a role in a config; `null` when none does. */
  recordOf(config: Config, role: EngineRole): { readonly record: ClientRecord; readonly manifest: Manifest } | null;
  /** Ends what engines hold open. */
  close(): Promise<void>;
}
