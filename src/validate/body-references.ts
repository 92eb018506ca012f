/** Checks the references in the parameters of a step: to outputs of earlier steps, to attributes of resources, to the run. */
import type { Problem } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import type { Expansion, FlatStep } from "../graph/expand.ts";
import { type Reference, referencesIn, runFields, splitResourcePath } from "../model/references.ts";
import type { Project } from "../project/project.ts";

/** The problems with the references of a step, by parameter. `ancestors`: the steps that end before it starts. */
export function referenceProblems(
  project: Project,
  step: FlatStep,
  expansion: Expansion,
  ancestors: (step: string) => ReadonlySet<string>,
): readonly { readonly parameter: string; readonly problem: Problem }[] {
  return Object.entries(step.parameters).flatMap(([parameter, value]) => {
    const problems = referencesIn(value, parameter).map((reference) =>
      checkReference(project, step, reference, expansion, ancestors),
    );
    return problems.flatMap((problem) => (problem === null ? [] : [{ parameter, problem }]));
  });
}

function checkReference(
  project: Project,
  step: FlatStep,
  reference: Reference,
  expansion: Expansion,
  ancestors: (step: string) => ReadonlySet<string>,
): Problem | null {
  switch (reference.kind) {
    case "run":
      return (runFields as readonly string[]).includes(reference.field)
        ? null
        : {
            code: "reference/unknown-run-field",
            summary: "Unknown field of the run",
            detail: `"${reference.text}" does not name a field of the run. Use one of ${runFields.map((field) => `"\${run.${field}}"`).join(", ")}.${didYouMean(reference.field, runFields)}`,
          };
    case "resource":
      return checkResourceReference(project, reference);
    case "pull":
    case "output":
      return checkOutputReference(step, reference, expansion, ancestors);
  }
}

/** Attributes that a reference like `${table.sales.orders.location}` may name, by kind. */
export const resourceAttributes: Readonly<Record<string, readonly string[]>> = {
  table: ["database", "name", "location", "format"],
  database: ["name", "location"],
  deployment: ["name", "schedule_name"],
};

function checkResourceReference(project: Project, reference: Extract<Reference, { kind: "resource" }>): Problem | null {
  const split = splitResourcePath(reference.path, (address) => project.resources.has(address));
  if (split === null) {
    const near = didYouMean(reference.path.slice(0, reference.path.lastIndexOf(".")), project.resources.keys());
    return {
      absent: reference.path.slice(0, reference.path.lastIndexOf(".")),
      code: "reference/unknown-resource",
      summary: "Unknown resource",
      detail: `"${reference.text}" does not name a resource of this project. Declare it, or name another resource.${near}`,
    };
  }
  const attributes = resourceAttributes[split.address.split(".")[0] ?? ""] ?? [];
  if (attributes.includes(split.attribute)) return null;
  return {
    code: "reference/unknown-attribute",
    summary: "Unknown attribute",
    detail: `"${split.address}" has no attribute "${split.attribute}"${attributes.length > 0 ? `; it has ${attributes.map((name) => `"${name}"`).join(", ")}` : ""}. Use an existing attribute.${didYouMean(split.attribute, attributes)}`,
  };
}

function checkOutputReference(
  step: FlatStep,
  reference: Extract<Reference, { kind: "pull" | "output" }>,
  expansion: Expansion,
  ancestors: (step: string) => ReadonlySet<string>,
): Problem | null {
  const source = expansion.steps.find((candidate) => candidate.id === reference.step);
  if (source === undefined) {
    return {
      code: "reference/unknown-step",
      summary: "Unknown step",
      detail: `"${reference.text}" names step "${reference.step}", which does not exist. Name an earlier step.${didYouMean(
        reference.step,
        expansion.steps.map((other) => other.id),
      )}`,
    };
  }
  if (!ancestors(step.id).has(source.id)) {
    return {
      code: "reference/not-an-ancestor",
      summary: "Reference to a step that may not have run",
      detail: `"${reference.text}" pulls from step "${source.id}", which this step does not depend on. Add "${source.id}" to its dependencies.`,
    };
  }
  const outputs = source.operator.definition.outputs.map((output) => output.name);
  if (outputs.includes(reference.name)) return null;
  return {
    code: "reference/unknown-output",
    summary: "Unknown output",
    detail: `Step "${source.id}" has no output "${reference.name}"${outputs.length > 0 ? `; it has ${outputs.map((name) => `"${name}"`).join(", ")}` : ""}. Use an existing output.${didYouMean(reference.name, outputs)}`,
  };
}
