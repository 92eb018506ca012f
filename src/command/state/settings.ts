/** The settings of the state in mason.yaml, without the project's resources, for commands that only show what was applied. */
import { join } from "node:path";
import { type Diagnostic, hasErrors } from "../../diagnostic/diagnostic.ts";
import { readTextIfThere } from "../../io/disk.ts";
import { findRoot } from "../../io/project-files.ts";
import type { Project, SourceFile } from "../../project/project.ts";
import { quickSettings } from "../../project/quick-settings.ts";
import type { CommandWorld } from "../command-world.ts";

/** A project with only its mason.yaml read. */
export interface StateSettingsOf {
  /** The project, without resources. */
  readonly project: Project;
  /** Diagnostics with positions; the project is usable when none is an error. */
  readonly diagnostics: readonly Diagnostic[];
  readonly usable: boolean;
  /** True if there is a mason.yaml. */
  readonly hasFile: boolean;
}

/** Reads mason.yaml and nothing else. */
export async function loadStateSettings(world: CommandWorld): Promise<StateSettingsOf> {
  const root = findRoot(world.project, world.directory, world.env);
  const [source] = ["mason.yaml", "mason.yml"].flatMap((file): readonly SourceFile[] => {
    const text = readTextIfThere(join(root, file));
    return text === null ? [] : [{ file, text }];
  });
  const settings = await quickSettings(source?.text ?? null, world.environment, world.variables);
  if (settings === null) return loadFully(world, root, source);
  const project: Project = {
    root,
    settings,
    resources: new Map(),
    declared: [],
    unread: new Set(),
    lostTypes: [],
    builtins: new Map(),
    textOf: (file) => (file === source?.file ? source.text : null),
  };
  return { project, diagnostics: [], usable: true, hasFile: source !== undefined };
}

async function loadFully(world: CommandWorld, root: string, source: SourceFile | undefined): Promise<StateSettingsOf> {
  const { buildProject } = await import("../../project/project.ts");
  const { parseYaml } = await import("../../project/yaml/parse.ts");
  const { locateDiagnostics } = await import("../../project/yaml/positions.ts");
  const { value: project, diagnostics } = buildProject({
    root,
    files: source === undefined ? [] : [source],
    environment: world.environment,
    variables: world.variables,
    builtins: [],
    around: { exists: () => false },
    parse: ({ file, text }) => parseYaml(file, text),
  });
  return {
    project,
    diagnostics: locateDiagnostics(diagnostics, project.textOf),
    usable: !hasErrors(diagnostics),
    hasFile: source !== undefined,
  };
}
