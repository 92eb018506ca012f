/**
 * Checks a project: runs every rule over all resources and reports all problems at once. This folder owns the rules, one per file,
 * and the checks of a body that commands share. It reads nothing from disk and calls no verb.
 */
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import type { Project } from "../project/project.ts";
import { type DeploymentResource, placeIn } from "../project/resource.ts";
import type { Registry } from "../provider/registry.ts";
import { type CheckedBody, checkBody } from "./body.ts";
import type { Rule } from "./rule.ts";
import { configs } from "./rules/configs.ts";
import { cyclic } from "./rules/cycles.ts";
import { deployments } from "./rules/deployments.ts";
import { duplicateAddresses } from "./rules/duplicate-addresses.ts";
import { letterCase } from "./rules/letter-case.ts";
import { lifecycles } from "./rules/lifecycles.ts";
import { operators } from "./rules/operators.ts";
import { state } from "./rules/state.ts";
import { tables } from "./rules/tables.ts";
import { workflows } from "./rules/workflows.ts";
import { defaultConfigOnce } from "./unknown-default.ts";

/** The rules, in the order that gives the clearest output. */
export const rules: readonly Rule[] = [
  duplicateAddresses,
  letterCase,
  state,
  configs,
  operators,
  workflows,
  tables,
  deployments,
  lifecycles,
  cyclic,
];

/** The findings of validation, and the checked bodies that the plan continues with. */
export interface Validated {
  readonly diagnostics: readonly Diagnostic[];
  readonly bodyOf: (deployment: DeploymentResource) => CheckedBody;
}

/** Runs all rules. */
export function validate(project: Project, registry: Registry): Validated {
  const bodies = new Map<DeploymentResource, CheckedBody>();
  const bodyOf = (deployment: DeploymentResource): CheckedBody => {
    let body = bodies.get(deployment);
    if (body === undefined) {
      body = checkBody(project, registry, { ...deployment, placeOf: (path, at) => placeIn(deployment, path, at) });
      bodies.set(deployment, body);
    }
    return body;
  };
  const found = rules.flatMap((rule) => rule({ project, registry, bodyOf }));
  // That a resource is missing goes without saying when its file has errors.
  const diagnostics = found.filter(({ absent }) => absent === undefined || !project.unread.has(absent));
  return { diagnostics: defaultConfigOnce(diagnostics, project), bodyOf };
}
