/**
 * Examines everything that commands need: the machine, the project, its state, and the clients of its configs. It changes nothing, except that
 * it restores the outputs of runs that were killed.
 */
import { join } from "node:path";
import { Diagnosed, type Diagnostic } from "../../diagnostic/diagnostic.ts";
import { createLookup } from "../../io/environment.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { Finding } from "../../view/doctor.ts";
import type { CommandWorld } from "../command-world.ts";
import { settleInterruptedRuns } from "../interrupted-runs.ts";
import { enginesFor, type Loaded, loadProject } from "../project/load-project.ts";
import { openBackend } from "../state/open-backend.ts";
import { readState } from "../state/read-state.ts";
import { examineClients } from "./clients.ts";
import { examineDisk, examineDuckDb, examineNode, type NodeFacts } from "./machine.ts";

/** Collects all findings. A project that can't be read is a finding too. */
export async function examine(world: CommandWorld, node: NodeFacts): Promise<readonly Finding[]> {
  const machine = [examineNode(node), await examineDuckDb(world)];
  const loaded = await guarded("project", () => loadProject(world));
  if ("finding" in loaded) return [...machine, loaded.finding];
  const { project } = loaded.value;
  const engines = enginesFor(world, project);
  try {
    return [
      ...machine,
      ...examineProject(loaded.value),
      ...examineDisk(join(loaded.value.masonDirectory, "scratch")),
      await examineState(world, project),
      ...(await examineRuns(world, loaded.value)),
      ...(await examineClients({ world, project, engines, lookup: createLookup(project.root, world.env) })),
    ];
  } finally {
    await engines.close();
  }
}

async function guarded<T>(
  subject: string,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly finding: Finding }> {
  try {
    return { value: await work() };
  } catch (thrown) {
    return { finding: failed(subject, thrown) };
  }
}

function failed(subject: string, thrown: unknown): Finding {
  if (!(thrown instanceof Diagnosed)) throw thrown;
  return { status: "fail", subject, detail: thrown.diagnostics.map((problem) => problem.detail).join(" ") };
}

function examineProject({ project, diagnostics }: Loaded): readonly Finding[] {
  const kinds = (["config", "operator", "workflow", "deployment", "database", "table"] as const).flatMap((kind) => {
    const count = resourcesOf(project, kind).length;
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? "" : "s"}`];
  });
  const environment = project.settings.environment === null ? "" : `, environment "${project.settings.environment}"`;
  const what = kinds.length === 0 ? "no resources" : kinds.join(", ");
  const root: Finding =
    kinds.length === 0
      ? {
          status: "warn",
          subject: "project",
          detail: `"${project.root}" holds no resources. Run "mason init", or name a project with -C.`,
        }
      : { status: "ok", subject: "project", detail: `${project.root}${environment}: ${what}` };
  return [root, ...problemsOf(diagnostics)];
}

function problemsOf(diagnostics: readonly Diagnostic[]): readonly Finding[] {
  const count = (severity: Diagnostic["severity"]) => diagnostics.filter((each) => each.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return [{ status: "ok", subject: "validation", detail: "no problems" }];
  const detail = `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}. "mason validate" shows them.`;
  return [{ status: errors > 0 ? "fail" : "warn", subject: "validation", detail }];
}

async function examineState(world: CommandWorld, project: Project): Promise<Finding> {
  const subject = "state";
  try {
    const backend = await openBackend(world, project);
    const { state, diagnostics } = await readState(backend, world.newId(), "warn");
    const detail = diagnostics.map((problem) => problem.detail).join(" ");
    if (state === undefined) return { status: "fail", subject, detail };
    if (diagnostics.length > 0) return { status: "warn", subject, detail };
    const count = state.resources.size;
    const known = `serial ${state.serial}, ${count} ${count === 1 ? "resource" : "resources"}`;
    return {
      status: "ok",
      subject,
      detail: `${backend.name}: ${state.serial === 0 ? "nothing was applied yet" : known}`,
    };
  } catch (thrown) {
    return failed(subject, thrown);
  }
}

/** One finding for each run that was killed while it wrote; its outputs are restored. */
async function examineRuns(world: CommandWorld, { project, masonDirectory }: Loaded): Promise<readonly Finding[]> {
  const engines = enginesFor(world, project);
  try {
    const settled = await settleInterruptedRuns(masonDirectory, engines);
    return settled.map(({ detail }) => ({ status: "warn", subject: "runs", detail }));
  } finally {
    await engines.close();
  }
}
