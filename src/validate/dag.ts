/** Checks the DAG of a workflow by itself. */
import { type Diagnostic, error, type Problem } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import type { StepProblem } from "../graph/expand.ts";
import { cycles } from "../graph/order.ts";
import { placeIn, type WorkflowResource } from "../project/resource.ts";
import { parseDuration } from "../schedule/duration.ts";
import { parseRetry } from "../schedule/retry.ts";

/** All problems of the DAG; a cycle is one problem that shows its path. */
export function checkDag(workflow: WorkflowResource): readonly StepProblem[] {
  return [
    ...duplicates(workflow),
    ...unknownDependencies(workflow),
    ...cyclic(workflow),
    ...unreachable(workflow),
    ...badSettings(workflow),
  ];
}

function at(
  workflow: WorkflowResource,
  step: string,
  path: readonly (string | number)[],
  problem: Problem,
): StepProblem {
  const place = placeIn(workflow, ["dag", ...path]);
  const diagnostic: Diagnostic = error({
    address: workflow.address,
    ...problem,
    ...(place === undefined ? {} : { place }),
  });
  return { step, diagnostic };
}

function duplicates(workflow: WorkflowResource): readonly StepProblem[] {
  const first = new Map<string, number>();
  return workflow.dag.flatMap((step, index) => {
    const before = first.get(step.id);
    if (before === undefined) first.set(step.id, index);
    const original = placeIn(workflow, ["dag", before ?? 0, "id"]);
    return before === undefined
      ? []
      : [
          at(workflow, step.id, [index, "id"], {
            code: "step/duplicate",
            summary: "Duplicate step",
            detail: `Two steps of "${workflow.address}" have the id "${step.id}". Rename one of them.`,
            ...(original === undefined ? {} : { related: [{ label: "First used here", place: original }] }),
          }),
        ];
  });
}

function unknownDependencies(workflow: WorkflowResource): readonly StepProblem[] {
  const ids = new Set(workflow.dag.map((step) => step.id));
  return workflow.dag.flatMap((step, index) =>
    step.dependencies.flatMap((dependency, position) =>
      ids.has(dependency)
        ? []
        : [
            at(workflow, step.id, [index, "dependencies", position], {
              code: "step/unknown-dependency",
              summary: "Unknown dependency",
              detail: `Step "${step.id}" depends on "${dependency}", which is not a step of "${workflow.address}". Name one of its steps.${didYouMean(dependency, ids)}`,
            }),
          ],
    ),
  );
}

function cyclic(workflow: WorkflowResource): readonly StepProblem[] {
  const graph = new Map(workflow.dag.map((step) => [step.id, step.dependencies]));
  return cycles(graph).map((cycle) => {
    const step = cycle[0] ?? "";
    const path =
      cycle.length > 12 ? [...cycle.slice(0, 6), `... ${cycle.length - 12} more ...`, ...cycle.slice(-6)] : cycle;
    return at(workflow, step, [workflow.dag.findIndex((candidate) => candidate.id === step), "dependencies"], {
      code: "step/cycle",
      summary: "Dependency cycle",
      detail: `These steps depend on each other: ${path.join(" -> ")}. Remove one of the dependencies.`,
    });
  });
}

/** Steps that can never start: `when: failed` without a dependency that could fail. */
function unreachable(workflow: WorkflowResource): readonly StepProblem[] {
  return workflow.dag.flatMap((step, index) =>
    step.when === "failed" && step.dependencies.length === 0
      ? [
          at(workflow, step.id, [index, "when"], {
            code: "step/unreachable",
            summary: "Unreachable step",
            detail: `Step "${step.id}" runs when a dependency has failed, but it has no dependencies, so it would never run. Add dependencies or remove "when".`,
          }),
        ]
      : [],
  );
}

function badSettings(workflow: WorkflowResource): readonly StepProblem[] {
  return workflow.dag.flatMap((step, index) => [
    ...(step.retry !== undefined && parseRetry(step.retry) === null
      ? [
          at(workflow, step.id, [index, "retry"], {
            code: "step/unknown-retry",
            summary: "Unknown retry",
            detail: `"${step.retry}" is not a retry policy. Write "exponential(SECONDS)" or "constant(SECONDS)".`,
          }),
        ]
      : []),
    ...(step.timeout !== undefined && parseDuration(step.timeout) === null
      ? [
          at(workflow, step.id, [index, "timeout"], {
            code: "step/bad-timeout",
            summary: "Invalid duration",
            detail: `"${step.timeout}" is not a duration. Write one like "90s", "30m", "2h" or "1h30m".`,
          }),
        ]
      : []),
    ...(step.namespace === "" || step.command === ""
      ? [
          at(workflow, step.id, [index], {
            code: "step/nothing-called",
            summary: "Step calls nothing",
            detail: `Step "${step.id}" does not say what it runs. Give it "operator: NAMESPACE:COMMAND".`,
          }),
        ]
      : []),
  ]);
}
