/** The declaration of an operator. It tells validate and plan what the operator needs and touches, without running it. */
import type { EngineRole } from "../engine/roles.ts";
import type { Json } from "../json.ts";

/**
 * The types of parameters. `table`, `column` and `path` are strings that SQL quotes as such. `sql` is raw text, which plans mark.
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
  /** The only allowed values. */
  readonly values?: readonly string[];
  /** True for a list that chooses some of all: an empty one would choose nothing, so it is refused. */
  readonly chooses?: true;
  /** The smallest allowed value of an integer. */
  readonly least?: number;
  /** For a table name: the path parameter that supplies the name when none is given. */
  readonly namedAfter?: string;
  /** A map of settings whose form is checked. */
  readonly shape?: "csv" | "files";
  /** An old name of a setting of `csv`; only one of the two may be given. */
  readonly oldNameOf?: "header";
}

/** A table (`database.table`) or a path that an operator reads or writes. `${name}` stands for a parameter; a place whose parameter has no value is ignored. */
export type DeclaredPlace = { readonly table: string } | { readonly path: string };

/** A table that an operator drops. Its files go too if the boolean parameter `dataIf` is true. */
export interface DeclaredDrop {
  readonly table: string;
  readonly dataIf?: string;
}

export interface OutputSpec {
  readonly name: string;
  readonly type: ParameterType;
}

/** How the work is done: by Mason's own code, by SQL, or by a module next to the YAML. */
export type OperatorWork =
  /** `revision` rises when the same parameters would give different results. */
  | { readonly kind: "builtin"; readonly revision: number }
  | { readonly kind: "sql"; readonly sql: string }
  /** Path from the project's root. */
  | { readonly kind: "module"; readonly file: string };

export interface OperatorDefinition {
  readonly namespace: string;
  readonly command: string;
  readonly description: string;
  readonly parameters: { readonly required: readonly ParameterSpec[]; readonly optional: readonly ParameterSpec[] };
  /** Alternative sets of `engine: provider`. One must match; an empty list accepts any config. */
  readonly supportedConfigurations: readonly { readonly [R in EngineRole]?: string }[];
  /** Verbs that it calls: `metastore.getTable`. */
  readonly needs: readonly string[];
  readonly reads: readonly DeclaredPlace[];
  readonly writes: readonly DeclaredPlace[];
  /** Tables that it drops; they count as written too. */
  readonly drops?: readonly DeclaredDrop[];
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

/** The writes of a SQL operator that declares none: its `output_path`, where the query that it runs as would write. */
export const queryWrites = (parameters: OperatorDefinition["parameters"]): readonly DeclaredPlace[] =>
  [...parameters.required, ...parameters.optional].some((spec) => spec.name === "output_path")
    ? [{ path: "${output_path}" }]
    : [];
