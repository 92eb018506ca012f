/** Decodes an operator document into its resource. */
import { operatorAddress } from "../address.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import {
  type DeclaredPlace,
  type OperatorWork,
  type OutputSpec,
  type ParameterSpec,
  type ParameterType,
  queryWrites,
} from "../operator/definition.ts";
import { list, object, optional, str } from "./decode-values.ts";
import type { OperatorResource, Origin } from "./resource.ts";

/** The files around a document: the modules in its directory. */
export interface Surroundings {
  /** True when a file of this path (from the project's root) exists. */
  exists(file: string): boolean;
}

export function decodeOperator(document: JsonObject, origin: Origin, around: Surroundings): OperatorResource {
  const namespace = String(document.namespace);
  const command = String(document.command);
  const { required, optional: others } = object(document.parameters);
  const parameters = { required: list(required).map(decodeParameter), optional: list(others).map(decodeParameter) };
  const isQuery = document.sql !== undefined && document.writes === undefined;
  return {
    kind: "operator",
    address: operatorAddress(namespace, command),
    origin,
    description: str(document.description) ?? "",
    override: document.override === true,
    definition: {
      namespace,
      command,
      description: str(document.description) ?? "",
      parameters,
      supportedConfigurations: list<JsonObject>(
        document.supported_configurations,
      ) as OperatorResource["definition"]["supportedConfigurations"],
      needs: list<string>(document.needs),
      reads: list(document.reads) as unknown as readonly DeclaredPlace[],
      writes: isQuery ? queryWrites(parameters) : (list(document.writes) as unknown as readonly DeclaredPlace[]),
      outputs: list(document.outputs).map(decodeOutput),
      repeatable: document.repeatable === true,
      work: decodeWork(document, origin, around),
    },
  };
}

function decodeParameter(value: Json): ParameterSpec {
  if (!isObject(value)) return { name: String(value), type: "string" };
  return {
    name: String(value.name),
    type: (str(value.type) ?? "string") as ParameterType,
    ...optional("description", str(value.description)),
    ...(value.default === undefined || value.default === null ? {} : { default: value.default }),
    ...(value.values === undefined ? {} : { values: list<string>(value.values) }),
  };
}

function decodeOutput(value: Json): OutputSpec {
  if (!isObject(value)) return { name: String(value), type: "string" };
  return { name: String(value.name), type: (str(value.type) ?? "string") as ParameterType };
}

function decodeWork(document: JsonObject, origin: Origin, around: Surroundings): OperatorWork {
  if (document.sql !== undefined) return { kind: "sql", sql: String(document.sql) };
  return { kind: "module", file: besides(origin, str(document.module), "operator", around) ?? "" };
}

/** The module next to the YAML: the named one, else `<stem>.ts` or `<stem>.js` if it exists. */
export function besides(
  origin: Origin,
  named: string | undefined,
  stem: string,
  around: Surroundings,
): string | undefined {
  const directory = origin.file.includes("/") ? origin.file.slice(0, origin.file.lastIndexOf("/") + 1) : "";
  if (named !== undefined) return directory + named.replace(/^\.\//, "");
  return [`${directory}${stem}.ts`, `${directory}${stem}.js`].find((file) => around.exists(file));
}
