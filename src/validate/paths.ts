/** Paths that name a place of another system: a URL, a home directory, a path of Windows. A storage takes paths below its root only. */
import type { Problem } from "../diagnostic/diagnostic.ts";
import type { FlatStep } from "../graph/expand.ts";
import type { Json } from "../json.ts";
import { foreignPath } from "../model/path.ts";
import { allParameters, type OperatorDefinition } from "../operator/definition.ts";
import type { ConfigResource } from "../project/resource.ts";

/** The problems of the paths among a step's parameters, by parameter. */
export function foreignPaths(
  step: FlatStep,
  config: ConfigResource,
): readonly { readonly parameter: string; readonly problem: Problem }[] {
  const names = pathParameters(step.operator.definition);
  return Object.entries(step.parameters).flatMap(([parameter, value]) =>
    names.has(parameter)
      ? textsOf(value).flatMap((text) => {
          const problem = foreignLocation(text, config);
          return problem === null ? [] : [{ parameter, problem }];
        })
      : [],
  );
}

/** Parameters of type path, and those that the operator reads or writes as a path. */
function pathParameters(operator: OperatorDefinition): ReadonlySet<string> {
  const typed = allParameters(operator).flatMap((spec) => (spec.type === "path" ? [spec.name] : []));
  const touched = [...operator.reads, ...operator.writes].flatMap((touch) =>
    "path" in touch ? [...touch.path.matchAll(/^\$\{([^}]*)\}/g)].map((match) => match[1] ?? "") : [],
  );
  return new Set([...typed, ...touched]);
}

const textsOf = (value: Json): readonly string[] =>
  typeof value === "string" ? [value] : Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** The problem of one path, or `null` when it may name a place of the config's storage. */
export function foreignLocation(path: string, config: ConfigResource): Problem | null {
  const what = foreignPath(path);
  const client = config.engines.storage;
  if (what === null || client === undefined) return null;
  return {
    code: "path/other-system",
    summary: "Path of another system",
    detail: `"${path}" is ${what}, but the storage of config "${config.id}" is "${client}", which takes paths below its root. Write such a path, or choose a config whose storage holds the data.`,
  };
}
