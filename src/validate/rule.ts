/** A rule: one thing that must hold between the resources of a project. One rule, one file, one test. */
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Project } from "../project/project.ts";
import type { DeploymentResource } from "../project/resource.ts";
import type { Registry } from "../provider/registry.ts";
import type { CheckedBody } from "./body.ts";

export interface RuleContext {
  readonly project: Project;
  readonly registry: Registry;
  /** The checked body of a deployment; made once. */
  readonly bodyOf: (deployment: DeploymentResource) => CheckedBody;
}

/** Finds every breach of it in the project. */
export type Rule = (context: RuleContext) => readonly Diagnostic[];
