/** Opens the backend of a project's state: the local lockfile, or the storage of a provider that `state:` names. */
import { fail } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { Storage } from "../../engine/storage.ts";
import { createLookup } from "../../io/environment.ts";
import { createLocalBackend, createRemoteBackend, type StateBackend } from "../../io/state/state-backend.ts";
import type { JsonObject } from "../../json.ts";
import type { Project } from "../../project/project.ts";
import type { StateSettings } from "../../project/settings.ts";
import type { CommandWorld } from "../command-world.ts";
import { createEngineSource } from "../engines.ts";

/** Opens the backend that `settings` name; by default those of the project. Moving a state passes others. */
export async function openBackend(
  world: CommandWorld,
  project: Project,
  settings: StateSettings = project.settings.state,
): Promise<StateBackend> {
  const { version } = world;
  if (settings.backend === "local") {
    const storage = await storageOf(world, project, "local", { root: "." });
    return createLocalBackend({
      root: project.root,
      path: String(settings.settings.path ?? "mason.lock"),
      version,
      storage,
    });
  }
  const { path: _, key, ...rest } = settings.settings;
  const configuration: JsonObject = { ...rest, ...(key === undefined ? {} : { root: key }) };
  const storage = await storageOf(world, project, settings.backend, configuration);
  return createRemoteBackend({ name: storage.uri(""), version, storage });
}

async function storageOf(
  world: CommandWorld,
  project: Project,
  provider: string,
  settings: JsonObject,
): Promise<Storage> {
  const found = world.registry.get(provider);
  if (found === null || found.manifest.engines.storage === undefined) {
    const known = world.registry.names.filter(
      (name) => world.registry.get(name)?.manifest.engines.storage !== undefined,
    );
    return fail({
      code: "state/unknown-backend",
      summary: "Unknown state backend",
      detail: `"${provider}" is not a storage that can keep a state; those that can are ${known.map((name) => `"${name}"`).join(", ")}. Change "state.backend" in mason.yaml.${didYouMean(provider, known)}`,
    });
  }
  const unknown = Object.keys(settings).filter((name) => found.manifest.settings[name] === undefined);
  if (unknown.length > 0) {
    return fail({
      code: "state/unknown-setting",
      summary: "Unknown state setting",
      detail: `The backend "${provider}" has no setting "${unknown[0]}"; it has ${Object.keys(found.manifest.settings).join(", ")}. Change "state" in mason.yaml.`,
    });
  }
  const engines = createEngineSource({
    registry: world.registry,
    projectRoot: project.root,
    variables: project.settings.variables,
    lookup: createLookup(project.root, world.env),
    purpose: "check",
    now: world.clock.now,
    newId: world.newId,
    user: world.user,
  });
  return engines.ofClient({ provider, identity: {}, settings }, "storage");
}
