/**
 * Parameters with the text that their author wrote, once the operator says that a parameter is text: `02142` for a parameter of type
 * string is "02142", not the number that YAML reads, and one of type number keeps more digits than a JavaScript number has. In a list or a map, a whole number that is written in another form than its digits
 * (`02142`, `0x1F`, `+49`) is text too: codes look like that, quantities do not.
 */
import { isObject, type Json, type JsonObject } from "../json.ts";
import { isLongDecimal, wholeNumber } from "../model/whole-number.ts";
import { allParameters, type OperatorDefinition, type ParameterType } from "../operator/definition.ts";
import type { Resource, WorkflowResource } from "./resource.ts";
import type { WrittenScalar } from "./yaml/scalars-as-written.ts";

type Path = WrittenScalar["path"];

/** Finds what a call names. */
export interface Definitions {
  operator(namespace: string, command: string): OperatorDefinition | undefined;
  workflow(namespace: string, command: string): WorkflowResource | null;
}

/** The resource with the texts of its document where the declared type wants text. */
export function resourceAsWritten(
  definitions: Definitions,
  resource: Resource,
  written: readonly WrittenScalar[],
): Resource {
  return written.reduce<Resource>((changed, scalar) => {
    const at = place(definitions, resource, scalar.path);
    return at !== null && takesText(at, scalar.text) ? put(changed, at.path, scalar.text) : changed;
  }, resource);
}

/** The settings of mason.yaml with the texts of the file as the values of variables of type string. */
export function settingsAsWritten(settings: JsonObject, written: readonly WrittenScalar[]): JsonObject {
  const declared = isObject(settings.variables) ? settings.variables : {};
  const isText = (name: string | number | undefined): boolean => {
    const variable = declared[String(name)];
    return isObject(variable) && (variable.type ?? "string") === "string";
  };
  const fits = ([top, first, second, third, ...rest]: Path): boolean =>
    (top === "variables" && second === "default" && third === undefined && isText(first)) ||
    (top === "environments" && second === "variables" && third !== undefined && rest.length === 0 && isText(third));
  return written.reduce(
    (changed, { document, path, text }) => (document === 0 && fits(path) ? put(changed, path, text) : changed),
    settings,
  );
}

/** The values of a parameters file with the texts of the file where the declared type wants text. */
export function fileAsWritten<T extends object>(
  definitions: Definitions,
  target: Target,
  values: T,
  written: readonly WrittenScalar[],
): T {
  return written.reduce<T>((changed, scalar) => {
    const at = inBody(definitions, target, scalar.path);
    return at !== null && takesText(at, scalar.text) ? put(changed, at.path, scalar.text) : changed;
  }, values);
}

/** What runs, and so declares the parameters. */
export interface Target {
  readonly type: "operator" | "workflow";
  readonly namespace: string;
  readonly command: string;
}

/** A value of a parameter: its place in the decoded value, the parameter's type, and whether it lies inside a list or map. */
interface Place {
  readonly path: Path;
  readonly type: ParameterType | undefined;
  readonly isInside: boolean;
}

const takesText = ({ type, isInside }: Place, text: string): boolean =>
  isInside
    ? (type === "list" || type === "map") && wholeNumber(text) !== null
    : type === "string" || (type === "number" && isLongDecimal(text));

function place(definitions: Definitions, resource: Resource, path: Path): Place | null {
  switch (resource.kind) {
    case "deployment":
      return inBody(definitions, resource.target, path);
    case "workflow": {
      const step = path[0] === "dag" && path[2] === "parameters" ? resource.dag[Number(path[1])] : undefined;
      if (step?.type !== "operator") return null;
      return parameterAt(definitions.operator(step.namespace, step.command), path, 3);
    }
    case "operator": {
      const [top, list, index, field] = path;
      if (top !== "parameters" || field !== "default" || (list !== "required" && list !== "optional")) return null;
      const type = resource.definition.parameters[list][Number(index)]?.type;
      return { path: ["definition", ...path], type, isInside: path.length > 4 };
    }
    default:
      return null;
  }
}

/** In a deployment or a parameters file: `parameters.NAME`, or `steps.ID.parameters.NAME`, where steps may be nested. */
function inBody(definitions: Definitions, target: Target, path: Path): Place | null {
  if (path[0] === "parameters" && target.type === "operator")
    return parameterAt(definitions.operator(target.namespace, target.command), path, 1);
  const ids: string[] = [];
  let at = 0;
  while (path[at] === "steps") {
    ids.push(String(path[at + 1]));
    at += 2;
  }
  if (ids.length === 0 || path[at] !== "parameters") return null;
  return parameterAt(operatorOf(definitions, target, ids.join("/").split("/")), path, at + 1);
}

/** The operator of a step by the ids that lead to it; of the target itself without ids. */
export function operatorOf(
  definitions: Definitions,
  target: Target,
  ids: readonly string[],
): OperatorDefinition | undefined {
  const [id, ...inner] = ids;
  if (target.type === "operator")
    return id === undefined ? definitions.operator(target.namespace, target.command) : undefined;
  const step = definitions.workflow(target.namespace, target.command)?.dag.find((candidate) => candidate.id === id);
  return step === undefined ? undefined : operatorOf(definitions, step, inner);
}

function parameterAt(operator: OperatorDefinition | undefined, path: Path, name: number): Place | null {
  const spec =
    operator === undefined ? undefined : allParameters(operator).find((candidate) => candidate.name === path[name]);
  return { path, type: spec?.type, isInside: path.length > name + 1 };
}

/** A copy of a value with a text at a path; the value itself when the path leads nowhere. */
function put<T extends object>(value: T, path: Path, text: string): T {
  const replaced = replace(value as unknown as Json, path, text);
  return replaced as unknown as T;
}

function replace(value: Json | undefined, path: Path, text: string): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return text;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    return list.map((item, at) => (at === key ? (replace(item, rest, text) ?? item) : item));
  }
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: replace(value[key], rest, text) };
}
