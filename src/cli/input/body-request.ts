/** The way from the arguments and flags of `run` and `validate` to a checked request, with all problems. */
import type { CommandWorld } from "../../command/command-world.ts";
import { chosenConfig } from "../../command/project/chosen-config.ts";
import { isUsable, type Loaded, loadProject } from "../../command/project/load-project.ts";
import { type CheckedRequest, checkRequest, type RunRequest } from "../../command/run.ts";
import { type Diagnostic, hasErrors } from "../../diagnostic/diagnostic.ts";
import { findOperator, findWorkflow } from "../../project/project.ts";
import { locate } from "../../project/yaml/locate.ts";
import { type GivenValues, givenValues, type ValueFlags } from "./parameter-values.ts";
import { relevantProblems } from "./relevant-problems.ts";

/** Values of the flags in `bodyFlags`. */
export interface BodyFlags extends ValueFlags {
  readonly config?: string | undefined;
}

/** A request. It has errors if `ready` is absent. */
export interface PreparedBody {
  readonly loaded: Loaded;
  readonly ready?: {
    readonly request: RunRequest;
    readonly checked: CheckedRequest;
    /** The schedule in a parameters file. */
    readonly schedule?: string;
  };
  /** Located; they include warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly textOf: (file: string) => string | null;
}

/** Loads the project, reads the values and checks the request. */
export async function prepareBody(
  world: CommandWorld,
  target: RunRequest["target"],
  flags: BodyFlags,
): Promise<PreparedBody> {
  const loaded = await loadProject(world);
  const { project } = loaded;
  if (!isUsable(loaded)) return { loaded, diagnostics: loaded.diagnostics, textOf: project.textOf };
  const config = chosenConfig(loaded, flags.config);
  const found = (target.type === "operator" ? findOperator : findWorkflow)(project, target.namespace, target.command);
  // Without the operator or workflow, the names of its parameters are unknown.
  const given = found === null ? noValues : givenValues(project, target, flags, world.directory);
  const textOf = (file: string) => given.textOf(file) ?? project.textOf(file);
  const early = [
    ...relevantProblems(loaded.diagnostics, null),
    ...config.diagnostics,
    ...(await locate(given.diagnostics, textOf)),
  ];
  if (hasErrors(early)) return { loaded, diagnostics: early, textOf };
  const request: RunRequest = {
    target,
    parameters: given.parameters,
    ...(given.valueless === undefined ? {} : { valueless: given.valueless }),
    steps: given.steps,
    strict: given.strict,
    ...(config.value === null ? {} : { configId: config.value.id }),
    placeOf: given.placeOf,
    textOf: given.textOf,
  };
  const checked = await checkRequest(world, loaded, request);
  const diagnostics = [...early, ...adviceOnConfigs(checked.diagnostics)];
  if (hasErrors(diagnostics)) return { loaded, diagnostics, textOf };
  const { schedule } = given;
  return {
    loaded,
    ready: { request, checked, ...(schedule === undefined ? {} : { schedule }) },
    diagnostics,
    textOf,
  };
}

const noValues: Pick<
  GivenValues,
  "parameters" | "valueless" | "steps" | "strict" | "placeOf" | "textOf" | "diagnostics"
> & {
  readonly schedule?: string;
} = {
  parameters: {},
  steps: {},
  strict: true,
  placeOf: () => undefined,
  textOf: () => null,
  diagnostics: [],
};

/** The diagnostics, with "no config chosen" once and with advice for the command line. */
function adviceOnConfigs(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const isNone = (diagnostic: Diagnostic) => diagnostic.code === "config/none-chosen";
  const first = diagnostics.find(isNone);
  return diagnostics
    .filter((diagnostic) => !isNone(diagnostic) || diagnostic === first)
    .map((diagnostic) => (isNone(diagnostic) ? { ...diagnostic, detail: noneChosen } : diagnostic));
}

const noneChosen =
  'No config is chosen, and the project has no default. Name one with -c, select one for this session with "mason config ID -s", or set "default_config" in mason.yaml.';
