/** Which execution engines know the tables of which metastores. */
import type { Config } from "../engine/config.ts";
import type { EngineRole } from "../engine/roles.ts";
import type { Manifest } from "./contract.ts";

/** True if the config's execution engine knows the tables of its metastore by name, so that no file of theirs is listed or staged. */
export function knowsTables(
  config: Pick<Config, "engines">,
  manifestOf: (role: EngineRole) => Manifest | null,
): boolean {
  const [execution, metastore] = [manifestOf("execution"), manifestOf("metastore")];
  if (metastore === null || execution?.execution?.tables?.includes(metastore.name) !== true) return false;
  // Two clients of one provider are two systems.
  return execution.name !== metastore.name || config.engines.execution === config.engines.metastore;
}

/** True where outputs are tables of the engine, since the config has no storage for files. */
export const writesTables = (
  config: Pick<Config, "engines">,
  manifestOf: (role: EngineRole) => Manifest | null,
): boolean => config.engines.storage === undefined && knowsTables(config, manifestOf);
