/**
 * Parameter files (`-f`), YAML or JSON. For an operator: a flat map of values by parameter. For a workflow: settings by step, as
 * under `steps` in a deployment, with `schedule`, `schedule_name` and `strict` beside the steps.
 */
import { type Checked, type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { decodeParameters, decodeSteps } from "./decode.ts";
import { type Definitions, fileAsWritten, type Target } from "./parameters-as-written.ts";
import type { GivenParameters, StepSettings } from "./resource.ts";
import { parseYaml } from "./yaml/parse.ts";

/** The content of a parameters file. */
export type ParameterFile = OperatorParameterFile | WorkflowParameterFile;

/** Values for an operator. */
export interface OperatorParameterFile extends GivenParameters {
  readonly target: "operator";
}

/** Settings for a workflow; a field that the file does not set is absent. */
export interface WorkflowParameterFile {
  readonly target: "workflow";
  readonly steps: Readonly<Record<string, StepSettings>>;
  readonly schedule?: string;
  readonly scheduleName?: string;
  readonly strict?: boolean;
}

/** What the values of a file are for: a target of the project. */
export interface ParameterTarget {
  readonly target: Target;
  readonly definitions: Definitions;
}

/** Reads the text of a parameters file; JSON is YAML. An empty file holds no values and is not an error. */
export function readParameterFile(
  file: string,
  text: string,
  { target, definitions }: ParameterTarget,
): Checked<ParameterFile> {
  const parsed = parseYaml(file, text);
  if (parsed.diagnostics.length > 0) return { diagnostics: parsed.diagnostics };
  if (parsed.documents.length > 1) {
    const detail = `"${file}" holds ${parsed.documents.length} YAML documents. Keep one of them, and remove the "---" between them.`;
    return {
      diagnostics: [
        error({ code: "parameter-file/several-documents", summary: "Several documents", detail, place: { file } }),
      ],
    };
  }
  const document = parsed.documents[0] ?? {};
  if (!isObject(document))
    return {
      diagnostics: [
        invalid(
          file,
          [],
          `"${file}" must be a mapping of ${target.type === "operator" ? "parameters to values" : "steps to their settings"}. Change it.`,
        ),
      ],
    };
  const read = target.type === "operator" ? readOperator(file, document) : readWorkflow(file, document);
  if (read.value === undefined || parsed.written === undefined) return read;
  // The values of an operator are at the top of the file; the steps of a workflow may be there too.
  const above = target.type === "operator" ? ["parameters"] : isWrapped(document.steps) ? [] : ["steps"];
  const written = parsed.written.map((scalar) => ({ ...scalar, path: [...above, ...scalar.path] }));
  return { ...read, value: fileAsWritten(definitions, target, read.value, written) };
}

type Path = readonly (string | number)[];

const invalid = (file: string, path: Path, detail: string): Diagnostic =>
  error({
    code: "document/invalid-value",
    summary: "Invalid value",
    detail,
    place: { file, document: 0, path, at: "value" },
  });

function unknownField(file: string, path: Path, owner: string, known: readonly string[]): Diagnostic {
  const field = String(path.at(-1));
  const detail = `${owner} has no field "${field}". Remove or rename it. Known fields: ${known.join(", ")}.${didYouMean(field, known)}`;
  return error({
    code: "document/unknown-field",
    summary: "Unknown field",
    detail,
    place: { file, document: 0, path, at: "key" },
  });
}

function readOperator(file: string, document: JsonObject): Checked<OperatorParameterFile> {
  const { parameters } = document;
  // A deployment nests these values under "parameters"; here they are at the top. A lone mapping is not a parameter of that name.
  if (Object.keys(document).length === 1 && isObject(parameters)) {
    const detail = `A parameters file for an operator holds its values at the top level. Remove "parameters:" and the indentation below it.`;
    return {
      diagnostics: [
        error({
          code: "parameter-file/nested",
          summary: "Values too deep",
          detail,
          place: { file, document: 0, path: ["parameters"], at: "key" },
        }),
      ],
    };
  }
  return { value: { target: "operator", ...decodeParameters(document) }, diagnostics: [] };
}

const stepFields = ["parameters", "config_id", "timeout", "steps"];

function readWorkflow(file: string, document: JsonObject): Checked<WorkflowParameterFile> {
  const { schedule, schedule_name: scheduleName, strict, ...rest } = document;
  const wrapped = isWrapped(rest.steps);
  const steps: Json | undefined = wrapped ? rest.steps : rest;
  const path = wrapped ? ["steps"] : [];
  const beside = wrapped ? Object.keys(rest).filter((key) => key !== "steps") : [];
  const diagnostics = [
    ...checkSettings(file, document),
    ...beside.map((key) =>
      unknownField(file, [key], 'A parameters file with "steps"', ["steps", ...Object.keys(settings)]),
    ),
    ...checkSteps(file, path, steps),
  ];
  if (diagnostics.length > 0) return { diagnostics };
  return {
    value: {
      target: "workflow",
      steps: decodeSteps(steps),
      ...(typeof schedule === "string" ? { schedule } : {}),
      ...(typeof scheduleName === "string" ? { scheduleName } : {}),
      ...(typeof strict === "boolean" ? { strict } : {}),
    },
    diagnostics: [],
  };
}

/** True when the steps are nested under `steps`, as in a deployment. A step may be called `steps`; then it holds fields of a step. */
const isWrapped = (steps: Json | undefined): boolean =>
  isObject(steps) && !Object.keys(steps).some((key) => stepFields.includes(key));

const settings: Readonly<Record<string, readonly [type: string, words: string]>> = {
  schedule: ["string", "text"],
  schedule_name: ["string", "text"],
  strict: ["boolean", "true or false"],
};

const checkSettings = (file: string, document: JsonObject): readonly Diagnostic[] =>
  Object.entries(settings)
    .filter(([key, [type]]) => document[key] != null && typeof document[key] !== type)
    .map(([key, [, words]]) => invalid(file, [key], `"${key}" must be ${words}. Change the value.`));

function checkSteps(file: string, path: Path, steps: Json | undefined): readonly Diagnostic[] {
  if (steps == null) return [];
  if (!isObject(steps))
    return [invalid(file, path, `"${path.join(".")}" must be a mapping of steps to their settings. Change the value.`)];
  return Object.entries(steps).flatMap(([id, step]) => (step == null ? [] : checkStep(file, [...path, id], step)));
}

function checkStep(file: string, path: Path, step: Json): readonly Diagnostic[] {
  const id = String(path.at(-1));
  if (!isObject(step))
    return [
      invalid(file, path, `Step "${id}" must be a mapping, like "${id}: { parameters: { ... } }". Change the value.`),
    ];
  const { parameters, config_id: configId, timeout, steps } = step;
  const wrong: Diagnostic[] = Object.keys(step)
    .filter((field) => !stepFields.includes(field))
    .map((field) => unknownField(file, [...path, field], `Step "${id}"`, stepFields));
  if (parameters != null && !isObject(parameters))
    wrong.push(
      invalid(file, [...path, "parameters"], `"parameters" of step "${id}" must be a mapping. Change the value.`),
    );
  if (configId != null && typeof configId !== "string" && !Number.isInteger(configId))
    wrong.push(
      invalid(
        file,
        [...path, "config_id"],
        `"config_id" of step "${id}" must be the id of a config. Change the value.`,
      ),
    );
  if (timeout != null && typeof timeout !== "string")
    wrong.push(
      invalid(file, [...path, "timeout"], `"timeout" of step "${id}" must be a duration like "30m". Change the value.`),
    );
  return [...wrong, ...checkSteps(file, [...path, "steps"], steps)];
}
