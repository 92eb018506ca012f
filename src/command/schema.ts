/** The names that `mason schema` offers to editors: those of the project, even if it has errors, and the built-in ones. */
import type { OperatorDefinition } from "../operator/definition.ts";
import { findOperator, operatorNames, resourcesOf } from "../project/project.ts";
import type { Manifest } from "../provider/contract.ts";
import type { CommandWorld } from "./command-world.ts";
import { loadProject } from "./project/load-project.ts";

/** Names of the project and of its providers. */
export interface KnownNames {
  readonly operators: readonly OperatorDefinition[];
  readonly workflows: readonly string[];
  readonly configs: readonly string[];
  readonly manifests: readonly Manifest[];
}

/** Reads the project that the world names. */
export async function knownNames(world: CommandWorld): Promise<KnownNames> {
  const { project } = await loadProject(world);
  return {
    operators: operatorNames(project).flatMap((name) => {
      const [namespace = "", command = ""] = name.split(":");
      return findOperator(project, namespace, command)?.definition ?? [];
    }),
    workflows: resourcesOf(project, "workflow").map(({ namespace, command }) => `${namespace}:${command}`),
    configs: resourcesOf(project, "config").map(({ id }) => id),
    manifests: world.registry.names.flatMap((name) => world.registry.get(name)?.manifest ?? []),
  };
}
