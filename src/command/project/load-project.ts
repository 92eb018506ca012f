/** Loads a checked project from a directory: reads files, parses, decodes, validates. */
import { join } from "node:path";
import { type Diagnostic, hasErrors } from "../../diagnostic/diagnostic.ts";
import { cachedParser, openCache } from "../../io/cache.ts";
import { fileExists } from "../../io/disk.ts";
import { createLookup } from "../../io/environment.ts";
import { findRoot, readProjectFiles } from "../../io/project-files.ts";
import { buildProject, isSettingsFile, type Project, type SourceFile } from "../../project/project.ts";
import { requiredVersion } from "../../project/version-range.ts";
import { locate } from "../../project/yaml/locate.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { type Validated, validate } from "../../validate/validate.ts";
import type { CommandWorld } from "../command-world.ts";
import { createEngineSource } from "../engines.ts";

/** A loaded project. */
export interface Loaded {
  readonly project: Project;
  readonly bodyOf: Validated["bodyOf"];
  /** Located. The project is usable if none is an error. */
  readonly diagnostics: readonly Diagnostic[];
  readonly masonDirectory: string;
  /** All YAML files of the project. */
  readonly files: readonly SourceFile[];
}

/** Loads and validates a project. Problems of files and of rules come in one list. */
export async function loadProject(world: CommandWorld): Promise<Loaded> {
  const root = findRoot(world.project, world.directory, world.env);
  const masonDirectory = join(root, ".mason");
  const cache = openCache(masonDirectory, `parsed-${world.version}-2`, true);
  const files = readProjectFiles(root);
  const built = buildProject({
    root,
    files,
    environment: world.environment,
    variables: world.variables,
    builtins: world.builtins,
    around: { exists: (file) => fileExists(join(root, file)) },
    parse: cachedParser(cache),
  });
  cache.save();
  const validated = validate(built.value, world.registry);
  const file = files.find((source) => isSettingsFile(source.file))?.file ?? "mason.yaml";
  const found = [
    ...requiredVersion(built.value.settings.requires, world.version, file),
    ...built.diagnostics,
    ...validated.diagnostics,
  ];
  const diagnostics = found.length === 0 ? found : await locate(found, built.value.textOf);
  return { project: built.value, bodyOf: validated.bodyOf, diagnostics, masonDirectory, files };
}

/** True if no error stops the command. */
export const isUsable = (loaded: Loaded): boolean => !hasErrors(loaded.diagnostics);

/** Engines for a project's configs. */
export function enginesFor(world: CommandWorld, project: Project, untrusted = false): EngineSource {
  return createEngineSource({
    registry: world.registry,
    projectRoot: project.root,
    variables: project.settings.variables,
    // In an untrusted project a name stands for its value, which is never used.
    lookup: untrusted ? (name) => `{{${name}}}` : createLookup(project.root, world.env),
    purpose: untrusted ? "check" : "work",
    now: world.clock.now,
    newId: world.newId,
    user: world.user,
  });
}
