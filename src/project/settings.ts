/** Decodes `mason.yaml` into the settings of one environment, with the values of variables. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { isObject, type Json, type JsonObject, parseJsonExactly } from "../json.ts";
import { isLargeWhole, isWhole, wholeNumber } from "../model/whole-number.ts";
import type { Variable, Variables } from "./variables.ts";

/** The place of the state: `backend` and its settings as written. */
export interface StateSettings {
  readonly backend: string;
  readonly settings: JsonObject;
}

export interface ProjectSettings {
  readonly name: string;
  readonly environment: string | null;
  readonly requires?: string;
  readonly defaultConfig?: string;
  /** True if the environment names it, instead of the project. */
  readonly isDefaultOfEnvironment?: boolean;
  readonly state: StateSettings;
  readonly variables: Variables;
  /** Addresses that are no longer declared; false: Mason forgets the resource, and the object stays. */
  readonly removed: ReadonlyMap<string, boolean>;
  readonly parallelism: number;
  /** The maximum of concurrent runs by client name. */
  readonly clientLimits: Readonly<Record<string, number>>;
  /** Days. */
  readonly retentionDays: number;
  /** The names of all environments. */
  readonly environments: readonly string[];
}

/** Values of variables from outside, by name; `--var` has already overridden `MASON_VAR_*`. */
export type GivenVariables = Readonly<Record<string, string>>;

/** Decodes a document that its schema accepts; pass `{}` when there is no `mason.yaml`. */
export function decodeSettings(
  document: JsonObject,
  environment: string | null,
  given: GivenVariables,
  file: string,
): { readonly value: ProjectSettings; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const environments = object(document.environments);
  if (environment !== null && environments[environment] === undefined) {
    diagnostics.push(unknownEnvironment(environment, Object.keys(environments), file));
  }
  const chosen = object(environment === null ? undefined : environments[environment]);
  const { variables, problems } = decodeVariables(
    object(document.variables),
    object(chosen.variables),
    environment,
    given,
    file,
  );
  diagnostics.push(...problems);
  const { retention = "90d" } = document;
  if (!/^[1-9]\d*d$/.test(String(retention))) {
    diagnostics.push(
      error({
        code: "project/bad-retention",
        summary: "Invalid retention",
        detail: `"retention" must be a number of days, but "${String(retention)}" is not. Write a value like "90d".`,
        place: { file, document: 0, path: ["retention"], at: "value" },
      }),
    );
  }
  if (document.providers !== undefined) {
    diagnostics.push(
      error({
        code: "project/providers-not-read",
        summary: "Setting not available yet",
        detail: `This version of Mason does not read "providers", so the providers that it names would be missing. Remove the setting.`,
        place: { file, document: 0, path: ["providers"], at: "key" },
      }),
    );
  }
  const defaultConfig = chosen.default_config ?? document.default_config;
  const limits = object(document.limits);
  return {
    diagnostics,
    value: {
      name: String(document.name ?? ""),
      environment,
      ...(document.requires === undefined ? {} : { requires: String(document.requires) }),
      ...(defaultConfig === undefined || defaultConfig === null ? {} : { defaultConfig: String(defaultConfig) }),
      ...(chosen.default_config === undefined || chosen.default_config === null
        ? {}
        : { isDefaultOfEnvironment: true }),
      state: decodeState(chosen.state ?? (environment === null ? document.state : undefined), environment),
      variables,
      removed: new Map(
        (Array.isArray(document.removed) ? document.removed : [])
          .filter(isObject)
          .map((item) => [String(item.from), item.destroy !== false]),
      ),
      parallelism: typeof limits.parallelism === "number" ? limits.parallelism : 10,
      clientLimits: object(limits.clients) as Readonly<Record<string, number>>,
      retentionDays: Number.parseInt(String(retention), 10),
      environments: Object.keys(environments),
    },
  };
}

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** An environment without its own `state` uses `mason.<environment>.lock`. */
function decodeState(value: Json | undefined, environment: string | null): StateSettings {
  const { backend, ...settings } = object(value);
  const path = environment === null ? "mason.lock" : `mason.${environment}.lock`;
  return { backend: String(backend ?? "local"), settings: { path, ...settings } };
}

function unknownEnvironment(name: string, known: readonly string[], file: string): Diagnostic {
  return error({
    code: "environment/unknown",
    summary: "Unknown environment",
    detail: `Environment "${name}" is not declared under "environments" in mason.yaml. Declare it or choose another with --env.${didYouMean(name, known)}`,
    place: { file, document: 0, path: ["environments"], at: "key" },
  });
}

function decodeVariables(
  declared: JsonObject,
  chosen: JsonObject,
  environment: string | null,
  given: GivenVariables,
  file: string,
) {
  const problems: Diagnostic[] = [];
  const variables = new Map<string, Variable>();
  for (const [name, declaration] of Object.entries(declared)) {
    const body = object(declaration);
    const type = String(body.type ?? "string");
    const text = given[name];
    const value = text === undefined ? inYaml(chosen[name] ?? body.default, type) : typed(text, type);
    const path =
      text === undefined && chosen[name] !== undefined && environment !== null
        ? ["environments", environment, "variables", name]
        : ["variables", name, "default"];
    if (value !== undefined && value !== null && !fits(value, type)) {
      const from = text === undefined ? "" : " given on the command line or in the environment";
      problems.push(
        error({
          code: "variable/wrong-type",
          summary: "Wrong type of a variable",
          detail: `Variable "${name}" must be ${article(type)}, but the value${from} is not. Change the value.`,
          place: { file, document: 0, path, at: "value" },
        }),
      );
    }
    variables.set(name, {
      name,
      sensitive: body.sensitive === true,
      ...(value === undefined || value === null ? {} : { value }),
    });
  }
  for (const name of [...Object.keys(chosen), ...Object.keys(given)]) {
    if (variables.has(name)) continue;
    const inFile = chosen[name] !== undefined && environment !== null;
    problems.push(
      error({
        code: "variable/unknown",
        summary: "Unknown variable",
        detail: `Variable "${name}" has a value but is not declared. Declare it under "variables" in mason.yaml.${didYouMean(name, variables.keys())}`,
        ...(inFile
          ? { place: { file, document: 0, path: ["environments", environment, "variables", name], at: "key" as const } }
          : {}),
      }),
    );
  }
  return { variables, problems };
}

/** A number or truth value of a variable of type string is its text. */
const inYaml = (value: Json | undefined, type: string): Json | undefined =>
  type === "string" && (typeof value === "number" || typeof value === "boolean") ? String(value) : value;

function typed(text: string, type: string): Json {
  if (type === "string") return text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (type === "integer" || type === "number")
    return wholeNumber(text) ?? (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
  try {
    return parseJsonExactly(text);
  } catch {
    return text;
  }
}

function fits(value: Json, type: string): boolean {
  if (type === "integer") return isWhole(value);
  if (type === "number") return Number.isFinite(value) || isLargeWhole(value);
  if (type === "list") return Array.isArray(value);
  if (type === "map") return isObject(value);
  return typeof value === type;
}

const article = (type: string) => (type === "integer" ? "a whole number" : `a ${type}`);
