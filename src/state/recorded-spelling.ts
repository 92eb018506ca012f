/**
 * Paths keep the spelling that the state records. `raw/o`, `raw/o/` and `./raw//o` are one place, so writing it in another way is no
 * change: nothing is replaced and nothing runs. What is planned is compared and digested with the recorded text.
 */
import type { Address } from "../address.ts";
import { isObject, type Json, type JsonObject, sameJson } from "../json.ts";
import { samePath } from "../model/path.ts";
import { allParameters, type OperatorDefinition } from "../operator/definition.ts";
import { operatorOf } from "../project/parameters-as-written.ts";
import { definitionsOf, type Project } from "../project/project.ts";
import type { ConfigResource, DeploymentResource, Resource, StepSettings } from "../project/resource.ts";
import type { Registry } from "../provider/registry.ts";
import { declaredBody } from "./declared.ts";
import type { State } from "./state.ts";

/** True for a setting that names a directory. */
type IsPathSetting = (provider: string, setting: string) => boolean;

/** The project with each path as the state spells the same path. */
export function withRecordedSpelling(project: Project, state: State, registry: Registry): Project {
  const isPathSetting: IsPathSetting = (provider, setting) =>
    registry.get(provider)?.manifest.settings[setting]?.type === "path";
  const changed = new Map<Address, Resource>();
  if (state.resources.size === 0) return project;
  for (const [address, resource] of project.resources) {
    const entry = state.resources.get(address) ?? state.resources.get(resource.movedFrom ?? "");
    const as = entry === undefined ? resource : respelled(project, resource, entry.declared, isPathSetting);
    if (as !== resource) changed.set(address, as);
  }
  return changed.size === 0 ? project : { ...project, resources: new Map([...project.resources, ...changed]) };
}

function respelled(project: Project, resource: Resource, recorded: JsonObject, isPathSetting: IsPathSetting): Resource {
  switch (resource.kind) {
    case "table":
    case "database": {
      const location = resource.location === undefined ? undefined : spelling(resource.location, recorded.location);
      return location === undefined || location === resource.location ? resource : { ...resource, location };
    }
    case "config":
      return respelledConfig(resource, recorded, isPathSetting);
    case "deployment":
      // What is written as before stays the same object, whose checks are kept.
      return sameJson(body(declaredBody(resource)), body(recorded))
        ? resource
        : respelledDeployment(project, resource, recorded);
    default:
      return resource;
  }
}

const body = ({ parameters = null, steps = null }: JsonObject): JsonObject => ({ parameters, steps });

const spelling = (path: string, recorded: Json | undefined): string =>
  typeof recorded === "string" && samePath(path, recorded) ? recorded : path;

/** A path, or each path of a list, as the same one is recorded. */
function spellings(value: Json, recorded: Json | undefined): Json {
  if (typeof value === "string") return spelling(value, recorded);
  if (!Array.isArray(value) || !Array.isArray(recorded)) return value;
  const known = recorded as readonly Json[];
  return (value as readonly Json[]).map((item) =>
    typeof item === "string"
      ? spelling(
          item,
          known.find((other) => typeof other === "string" && samePath(item, other)),
        )
      : item,
  );
}

/** The names of parameters that hold paths: by their type, or since the operator reads or writes what they name. */
const pathParameters = (operator: OperatorDefinition): ReadonlySet<string> =>
  new Set([
    ...allParameters(operator).flatMap(({ name, type }) => (type === "path" ? [name] : [])),
    ...[...operator.reads, ...operator.writes].flatMap((place) =>
      "path" in place ? (/^\$\{(\w+)\}$/.exec(place.path)?.[1] ?? []) : [],
    ),
  ]);

function respelledConfig(config: ConfigResource, recorded: JsonObject, isPathSetting: IsPathSetting): ConfigResource {
  const clients = Object.entries(config.clients).map(([name, client]) => {
    const before = at(at(recorded.clients, name), "configuration");
    const configuration = Object.entries(client.configuration).map(([setting, value]) => [
      setting,
      typeof value === "string" && isPathSetting(client.provider, setting)
        ? spelling(value, at(before, setting))
        : value,
    ]);
    return [name, { ...client, configuration: Object.fromEntries(configuration) as JsonObject }] as const;
  });
  const respelt = { ...config, clients: Object.fromEntries(clients) };
  return sameJson(respelt.clients as unknown as Json, config.clients as unknown as Json) ? config : respelt;
}

const at = (value: Json | undefined, key: string): Json | undefined => (isObject(value) ? value[key] : undefined);

type Values = Readonly<Record<string, Json>>;

function respelledDeployment(
  project: Project,
  deployment: DeploymentResource,
  recorded: JsonObject,
): DeploymentResource {
  const values = (given: Values, before: Json | undefined, ids: readonly string[]): Values => {
    const operator = operatorOf(definitionsOf(project), deployment.target, ids);
    const paths = operator === undefined ? new Set() : pathParameters(operator);
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name,
        paths.has(name) ? spellings(value, at(before, name)) : value,
      ]),
    );
  };
  const steps = (
    given: Readonly<Record<string, StepSettings>>,
    before: Json | undefined,
    above: readonly string[],
  ): Readonly<Record<string, StepSettings>> =>
    Object.fromEntries(
      Object.entries(given).map(([id, step]) => {
        const ids = [...above, ...id.split("/")];
        const parameters = values(step.parameters, at(at(before, id), "parameters"), ids);
        return [id, { ...step, parameters, steps: steps(step.steps, at(at(before, id), "steps"), ids) }];
      }),
    );
  return {
    ...deployment,
    parameters: values(deployment.parameters, recorded.parameters, []),
    steps: steps(deployment.steps, recorded.steps, []),
  };
}
