/** Where plan, apply and runs get engines from: by config, or by the client that the state remembers. Types only. */
import type { Engines } from "../operator/operator.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { EngineOf, EngineRole, Manifest } from "../provider/contract.ts";
import type { ClientRecord } from "../state/state.ts";

export interface EngineSource {
  /** The engines of a config; each is made when it is first asked for. Throws Diagnosed when a setting has no value. */
  ofConfig(config: ConfigResource): Promise<Engines>;
  /** The engine of one role in a client that the state remembers. */
  ofClient<R extends EngineRole>(record: ClientRecord, role: R): Promise<EngineOf[R]>;
  /** Provider, identity and settings of the client that plays a role in a config; `null` when none does. */
  recordOf(
    config: ConfigResource,
    role: EngineRole,
  ): { readonly record: ClientRecord; readonly manifest: Manifest } | null;
  /** Ends what engines hold open. */
  close(): Promise<void>;
}
