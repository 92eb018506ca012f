/** A rule is one thing that must hold between the resources of a project. Each rule has a file and a test. */
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Project } from "../project/project.ts";
import type { DeploymentResource } from "../project/resource.ts";
import type { Registry } from "../provider/registry.ts";
import type { CheckedBody } from "./body.ts";

export interface RuleContext {
  readonly project: Project;
  readonly registry: Registry;
  /** The checked body of a deployment, computed once. */
  readonly bodyOf: (deployment: DeploymentResource) => CheckedBody;
}

/** Finds every breach of one rule in a project. */
export type Rule = (context: RuleContext) => readonly Diagnostic[];
