/** Bundles the modules of a project (operators, workflows) and identifies them by digest. Planning runs none of them. */
import { join } from "node:path";
import type { ModuleReference } from "../../bundle/bundle.ts";
import type { Modules } from "../../bundle/operator-digest.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { bundleModule, loadModule } from "../../io/module/operator-module.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import { ProviderError } from "../../provider/error.ts";

/** All modules of a project, and a function that loads one. */
export interface ProjectModules {
  readonly modules: Modules;
  readonly load: (module: ModuleReference) => Promise<unknown>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Bundles every module that the project names. */
export async function bundleModules(project: Project, masonDirectory: string): Promise<ProjectModules> {
  const operators = resourcesOf(project, "operator").flatMap(({ definition: { work } }) =>
    work.kind === "module" && work.file !== "" ? [work.file] : [],
  );
  const workflows = resourcesOf(project, "workflow").flatMap((workflow) => workflow.module ?? []);
  const modules = new Map<string, ModuleReference>();
  const codes = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const file of new Set([...operators, ...workflows])) {
    const bundled = await bundleModule({
      root: project.root,
      file,
      cacheDirectory: join(masonDirectory, "cache", "modules"),
    });
    diagnostics.push(...bundled.diagnostics);
    if (bundled.value === undefined) continue;
    modules.set(file, { file, digest: bundled.value.digest });
    codes.set(bundled.value.digest, bundled.value.code);
  }
  return {
    modules,
    diagnostics,
    load: async (module) => {
      const code = codes.get(module.digest);
      if (code === undefined)
        throw new ProviderError("invalid", `"${module.file}" changed since the plan. Plan again.`);
      return loadModule(code);
    },
  };
}
