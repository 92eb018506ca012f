/** Engines that are part of Mason, for commands that ask no live system. */
import type { Engines } from "../../engine/engines.ts";
import type { Storage } from "../../engine/storage.ts";
import { createLookup } from "../../io/environment.ts";
import type { Project } from "../../project/project.ts";
import type { ConfigResource } from "../../project/resource.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { ProviderError } from "../../provider/error.ts";
import type { CommandWorld } from "../command-world.ts";
import { createEngineSource } from "../engines.ts";

/** The embedded engines alone. A name without a value stands for itself, so no credentials are needed. */
export function embeddedEngines(world: CommandWorld, project: Project): EngineSource {
  const lookup = createLookup(project.root, world.env);
  const source = createEngineSource({
    registry: world.registry,
    projectRoot: project.root,
    variables: project.settings.variables,
    lookup: (name) => lookup(name) ?? `{{${name}}}`,
    purpose: "check",
    now: world.clock.now,
    newId: world.newId,
    user: world.user,
  });
  return {
    ...source,
    ofConfig: async (config) => (isEmbedded(source, config) ? source.ofConfig(config) : { configId: config.id }),
  };
}

/** True for a config whose execution engine is part of Mason. */
export const isEmbedded = (engines: EngineSource, config: Parameters<EngineSource["recordOf"]>[0]): boolean =>
  engines.recordOf(config, "execution")?.manifest.execution?.detached === false;

/** The same engines without any that looks at what is there: only the engine that types SQL, and the names of places. */
export const blindEngines = (engines: EngineSource): EngineSource => ({
  ...engines,
  ofConfig: async (config: ConfigResource): Promise<Engines> => {
    const { configId, execution, storage } = await engines.ofConfig(config);
    return {
      configId,
      ...(execution === undefined ? {} : { execution }),
      ...(storage === undefined ? {} : { storage: blindStorage(storage) }),
    };
  },
});

function blindStorage({ uri }: Storage): Storage {
  const refuse = async () => {
    throw new ProviderError("unsupported", "Nothing is read to validate. Make a plan to look at files.");
  };
  return { list: refuse, stat: refuse, expand: refuse, read: refuse, write: refuse, delete: refuse, uri };
}
