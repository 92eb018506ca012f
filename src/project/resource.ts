/** Decoded resources, as the rest of Mason sees them: with defaults, with every list present, and with their origin. */
import type { Address } from "../address.ts";
import type { Config } from "../engine/config.ts";
import type { Json } from "../json.ts";
import type { ReadSettings } from "../model/read-settings.ts";
import type { Schema } from "../model/schema.ts";
import type { FileFormat } from "../model/table.ts";
import type { When } from "../model/when.ts";
import type { OperatorDefinition } from "../operator/definition.ts";

/** The document that declares a resource. `file` is relative to the project's root. */
export interface Origin {
  readonly file: string;
  /** 0-based. */
  readonly document: number;
}

interface Base {
  readonly address: Address;
  /** Absent for resources that ship with Mason. */
  readonly origin?: Origin;
  readonly description: string;
  /** The previous address. */
  readonly movedFrom?: Address;
}

export interface ConfigResource extends Base, Config {
  readonly kind: "config";
}

export interface OperatorResource extends Base {
  readonly kind: "operator";
  readonly definition: OperatorDefinition;
  readonly override: boolean;
}

/** The parameters that a call is given; those of a deployment are for an operator. */
export interface GivenParameters {
  readonly parameters: Readonly<Record<string, Json>>;
  /** Names that stand there without a value. */
  readonly valueless?: readonly string[];
}

/** A step of a workflow as declared. */
export interface StepDeclaration extends GivenParameters {
  readonly id: string;
  readonly type: "operator" | "workflow";
  readonly namespace: string;
  readonly command: string;
  /** The field that names the call: `command`, or `operator` / `workflow` in the short form. */
  readonly callField: "command" | "operator" | "workflow";
  readonly dependencies: readonly string[];
  readonly when: When;
  /** As written: `exponential(5)`. */
  readonly retry?: string;
  readonly retryMax: number;
  /** As written: `2h`. */
  readonly timeout?: string;
}

export interface WorkflowResource extends Base {
  readonly kind: "workflow";
  readonly namespace: string;
  readonly command: string;
  readonly name: string;
  readonly dag: readonly StepDeclaration[];
  readonly supportedSchedulers: readonly string[];
  /** Module with `step(current, next)`, from the project's root. */
  readonly module?: string;
}

export interface Lifecycle {
  readonly preventDestroy: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteData: boolean;
}

/** The settings that a deployment gives to one step; `steps` is for a step that is a workflow. */
export interface StepSettings extends GivenParameters {
  readonly configId?: string;
  readonly timeout?: string;
  readonly steps: Readonly<Record<string, StepSettings>>;
}

export interface DeploymentResource extends Base, GivenParameters {
  readonly kind: "deployment";
  readonly name: string;
  /** The operator or workflow that runs. */
  readonly target: { readonly type: "operator" | "workflow"; readonly namespace: string; readonly command: string };
  readonly configId?: string;
  readonly schedule?: string;
  readonly scheduleName: string;
  readonly timezone: string;
  readonly start?: string;
  readonly catchup: "skip" | "latest" | "all";
  readonly maxActiveRuns: number;
  readonly timeout?: string;
  readonly paused: boolean;
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly strict: boolean;
  readonly onExisting: "stop" | "adopt";
  readonly lifecycle: Lifecycle;
  /** For a workflow. */
  readonly steps: Readonly<Record<string, StepSettings>>;
}

export interface DatabaseResource extends Base {
  readonly kind: "database";
  readonly name: string;
  readonly configId?: string;
  readonly location?: string;
  readonly comment?: string;
  readonly onExisting: "stop" | "adopt";
  readonly lifecycle: Lifecycle;
}

export interface TableResource extends Base {
  readonly kind: "table";
  readonly database: string;
  readonly name: string;
  readonly configId?: string;
  readonly format: FileFormat;
  readonly location: string;
  readonly columns: Schema;
  readonly partitions: Schema;
  /** How its files are read. */
  readonly settings?: ReadSettings;
  /** Types that no column has, as they are written, by list and index: `columns.0`. */
  readonly unknownTypes?: ReadonlyMap<string, string>;
  /** What is wrong with the settings `csv` and `files`. */
  readonly settingProblems?: readonly { readonly setting: "csv" | "files"; readonly problem: string }[];
  readonly onExisting: "stop" | "adopt";
  readonly lifecycle: Lifecycle;
}

export type Resource =
  | ConfigResource
  | OperatorResource
  | WorkflowResource
  | DeploymentResource
  | DatabaseResource
  | TableResource;

/** The place of a value (or key) in the document of a resource; undefined for resources that ship with Mason. */
export function placeIn(
  resource: { readonly origin?: Origin },
  path: readonly (string | number)[],
  at: "key" | "value" = "value",
) {
  return resource.origin === undefined
    ? undefined
    : { file: resource.origin.file, document: resource.origin.document, path, at };
}
