/** Says which data of a deployment passes through this machine, because its engine can't open the storage. */
import type { ResolvedDeployment } from "../../bundle/resolve-deployments.ts";
import type { Config } from "../../engine/config.ts";
import { bytesText, counted } from "../../operator/output.ts";
import { findConfig, type Project } from "../../project/project.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import type { World } from "./world.ts";

/** One sentence for each storage whose files are staged. */
export async function stagedNotes(
  parts: Pick<ResolvedDeployment, "bundle" | "inputs" | "fingerprints">,
  { project, engines, world }: { readonly project: Project; readonly engines: EngineSource; readonly world: World },
): Promise<readonly string[]> {
  const computing = new Set(
    parts.bundle.steps.flatMap(({ operator, configId }) =>
      operator.work.kind === "sql" || operator.needs.includes("execution.submit") ? [configId] : [],
    ),
  );
  const notes = new Set<string>();
  for (const id of computing) {
    const config = findConfig(project, id);
    const root = config === null ? undefined : (await world.view(config)).engines.storage?.uri("");
    if (config === null || root === undefined || !isStaged(engines, config, root)) continue;
    notes.add(`data of ${root.replace(/\/$/, "")} is copied to this machine and back${sizeOf(parts, id)}`);
  }
  return [...notes];
}

/** True where the engine runs jobs here and reads no URI of this scheme. */
function isStaged(engines: EngineSource, config: Config, root: string): boolean {
  const execution = engines.recordOf(config, "execution")?.manifest.execution;
  return execution?.sources.includes("file") === true && !execution.sources.includes(root.split(":")[0] ?? "");
}

/** The inputs from outside of the run, as far as their sizes are known. */
function sizeOf({ inputs, fingerprints }: Parameters<typeof stagedNotes>[0], configId: string): string {
  const found = inputs.flatMap((input) => (input.configId === configId ? (fingerprints.get(input.name) ?? []) : []));
  const files = found.reduce((sum, one) => sum + one.files, 0);
  const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
  return files === 0 ? "" : `: ${counted(files, "input file")}, ${bytesText(bytes)}`;
}
