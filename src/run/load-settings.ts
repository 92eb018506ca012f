/** The settings of a project without its resources: for commands that only look at what was applied, or ran. */
import { join } from "node:path";
import { type Diagnostic, hasErrors } from "../diagnostic/diagnostic.ts";
import { readTextIfThere } from "../io/disk.ts";
import { findRoot } from "../io/project-files.ts";
import { parseYaml } from "../project/parse.ts";
import { locateDiagnostics } from "../project/positions.ts";
import { buildProject, type Project } from "../project/project.ts";
import type { CommandWorld } from "./command-world.ts";

/** A project of which only mason.yaml was read. */
export interface LoadedSettings {
  /** Without resources. */
  readonly project: Project;
  /** Located. */
  readonly diagnostics: readonly Diagnostic[];
  readonly usable: boolean;
  readonly masonDirectory: string;
}

/** Reads mason.yaml and nothing else. */
export function loadSettings(world: CommandWorld): LoadedSettings {
  const root = findRoot(world.project, world.directory, world.env);
  const files = ["mason.yaml", "mason.yml"].flatMap((file) => {
    const text = readTextIfThere(join(root, file));
    return text === null ? [] : [{ file, text }];
  });
  const built = buildProject({
    root,
    files: files.slice(0, 1),
    environment: world.environment,
    variables: world.variables,
    builtins: [],
    around: { exists: () => false },
    parse: ({ file, text }) => parseYaml(file, text),
  });
  const diagnostics =
    built.diagnostics.length === 0 ? built.diagnostics : locateDiagnostics(built.diagnostics, built.value.textOf);
  return { project: built.value, diagnostics, usable: !hasErrors(diagnostics), masonDirectory: join(root, ".mason") };
}
