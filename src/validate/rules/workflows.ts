/** Every workflow is a DAG of calls to existing targets, for known schedulers. */
import { error } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { expand } from "../../graph/expand.ts";
import { resourcesOf } from "../../project/project.ts";
import { placeIn } from "../../project/resource.ts";
import { checkDag } from "../dag.ts";
import type { Rule } from "../rule.ts";

export const workflows: Rule = ({ project, registry }) =>
  resourcesOf(project, "workflow").flatMap((workflow) => {
    const body = {
      target: { type: "workflow" as const, namespace: workflow.namespace, command: workflow.command },
      parameters: {},
      steps: {},
    };
    // Problems inside called workflows are reported where those workflows are checked.
    const silent = new Set(workflow.dag.filter((step) => step.command === "").map((step) => step.id));
    const calls = expand(project, body).problems.filter(({ step }) => !step.includes("/") && !silent.has(step));
    const schedulers = workflow.supportedSchedulers.flatMap((name, index) => {
      if (registry.get(name) !== null || registry.isPlanned(name)) return [];
      const place = placeIn(workflow, ["supported_schedulers", index]);
      return [
        error({
          code: "workflow/unknown-scheduler",
          summary: "Unknown scheduler",
          detail: `"${name}" is not a provider of Mason. Name a known provider.${didYouMean(name, registry.names)}`,
          address: workflow.address,
          ...(place === undefined ? {} : { place }),
        }),
      ];
    });
    return [
      ...checkDag(workflow).map((problem) => problem.diagnostic),
      ...calls.map((problem) => problem.diagnostic),
      ...schedulers,
    ];
  });
