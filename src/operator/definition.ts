/** What an operator declares: enough for validate and plan to know what it needs and touches without running any of it. */
import type { EngineRole } from "../engine/roles.ts";
import type { Json } from "../json.ts";

/**
 * Types of parameters. `table`, `column` and `path` are strings that SQL quotes as such; `sql` is raw text and marked in plans;
 * `list` and `map` hold any JSON; `size` is a number or `all`.
 */
export const parameterTypes = [
  "string",
  "integer",
  "number",
  "boolean",
  "date",
  "timestamp",
  "list",
  "map",
  "size",
  "table",
  "column",
  "path",
  "sql",
] as const;
export type ParameterType = (typeof parameterTypes)[number];

export interface ParameterSpec {
  readonly name: string;
  readonly type: ParameterType;
  readonly description?: string;
  readonly default?: Json;
  /** The only values that are allowed. */
  readonly values?: readonly string[];
  /** For a table's name: the path parameter that names it when no name is given. */
  readonly namedAfter?: string;
}

/** A table (`database.table`) or path that is read or written; `${name}` stands for a parameter. One whose parameter is not given does not count. */
export type DeclaredPlace = { readonly table: string } | { readonly path: string };

export interface OutputSpec {
  readonly name: string;
  readonly type: ParameterType;
}

/** How the work is done: by code of Mason's, by SQL, or by a module next to the YAML. */
export type OperatorWork =
  /** `revision` rises when the same parameters would give other results. */
  | { readonly kind: "builtin"; readonly revision: number }
  | { readonly kind: "sql"; readonly sql: string }
  /** Path from the project's root. */
  | { readonly kind: "module"; readonly file: string };

export interface OperatorDefinition {
  readonly namespace: string;
  readonly command: string;
  readonly description: string;
  readonly parameters: { readonly required: readonly ParameterSpec[]; readonly optional: readonly ParameterSpec[] };
  /** Sets of engine: provider, one of which must fit; empty: any. */
  readonly supportedConfigurations: readonly { readonly [R in EngineRole]?: string }[];
  /** Verbs, `metastore.getTable`. */
  readonly needs: readonly string[];
  readonly reads: readonly DeclaredPlace[];
  readonly writes: readonly DeclaredPlace[];
  readonly outputs: readonly OutputSpec[];
  readonly repeatable: boolean;
  readonly work: OperatorWork;
}

/** `table:infer`. */
export const operatorName = (operator: { readonly namespace: string; readonly command: string }): string =>
  `${operator.namespace}:${operator.command}`;

/** All parameters, required ones first. */
export const allParameters = (operator: OperatorDefinition): readonly ParameterSpec[] => [
  ...operator.parameters.required,
  ...operator.parameters.optional,
];

/** What a SQL operator writes that does not say it: its parameter `output_path`, as the query does that it is run as. */
export const queryWrites = (parameters: OperatorDefinition["parameters"]): readonly DeclaredPlace[] =>
  [...parameters.required, ...parameters.optional].some((spec) => spec.name === "output_path")
    ? [{ path: "${output_path}" }]
    : [];
