/** Access to optional verbs of engines. */
import type { Engines } from "../engine/engines.ts";
import type { EngineOf, EngineRole } from "../engine/roles.ts";
import { ProviderError } from "../provider/error.ts";
import { engineOf } from "./source/source.ts";

/** A verb of a role's engine. Throws `unsupported` when the config lacks the engine, or the engine lacks the verb. */
export function verbOf<R extends EngineRole, V extends keyof EngineOf[R] & string>(
  engines: Engines,
  role: R,
  name: V,
): NonNullable<EngineOf[R][V]> {
  const engine = engineOf(engines, role);
  const verb = engine[name];
  if (typeof verb === "function") return verb.bind(engine) as NonNullable<EngineOf[R][V]>;
  throw new ProviderError(
    "unsupported",
    `The ${role} engine of config "${engines.configId}" does not support "${name}". Choose a config with another ${role} engine.`,
  );
}
