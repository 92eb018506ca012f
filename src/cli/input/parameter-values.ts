/** Values of parameters from the command line: those of `-p` override those of a file (`-f`). They carry places for messages. */
import { isAbsolute, join } from "node:path";
import type { RunRequest } from "../../command/run.ts";
import { type Diagnostic, error, type Place, type Range } from "../../diagnostic/diagnostic.ts";
import { expand, onlyStep } from "../../graph/expand.ts";
import { readTextIfThere } from "../../io/disk.ts";
import type { Json } from "../../json.ts";
import { fromText } from "../../operator/check-parameters.ts";
import { allParameters, type ParameterSpec } from "../../operator/definition.ts";
import { type ParameterFile, type ParameterTarget, readParameterFile } from "../../project/parameter-file.ts";
import { parameterTextFile, parseParameterText } from "../../project/parameter-text.ts";
import { definitionsOf, type Project } from "../../project/project.ts";
import type { StepSettings } from "../../project/resource.ts";
import { parseYaml } from "../../project/yaml/parse.ts";

/** The sources of values. */
export interface ValueFlags {
  readonly parameters?: readonly string[] | undefined;
  readonly file?: string | undefined;
}

/** Values, the problems of their text, and the other settings of the file. */
export interface GivenValues
  extends Pick<RunRequest, "parameters" | "valueless" | "steps" | "strict" | "placeOf" | "textOf"> {
  /** Problems without a line and column yet. */
  readonly diagnostics: readonly Diagnostic[];
  readonly schedule?: string;
}

/** Reads both sources for an operator or workflow that exists. Relative files start at `directory`. */
export function givenValues(
  project: Project,
  target: RunRequest["target"],
  flags: ValueFlags,
  directory: string,
): GivenValues {
  const declared = declaredParameters(project, target);
  const file =
    flags.file === undefined ? null : readFile(flags.file, directory, { target, definitions: definitionsOf(project) });
  const pairs = readPairs(flags.parameters ?? [], declared);
  const values = new Map(pairs.values.map((pair) => [pair.name, pair]));
  let steps = file?.value?.target === "workflow" ? file.value.steps : {};
  let parameters = file?.value?.target === "operator" ? file.value.parameters : {};
  for (const { step, parameter, value } of values.values()) {
    if (target.type === "operator") parameters = { ...parameters, [parameter]: value };
    else steps = laidOver(steps, step, { [parameter]: value });
  }
  const settings = file?.value?.target === "workflow" ? file.value : null;
  return {
    parameters,
    ...(file?.value?.target === "operator" && file.value.valueless !== undefined
      ? { valueless: file.value.valueless }
      : {}),
    steps,
    strict: settings?.strict ?? true,
    ...(settings?.schedule === undefined ? {} : { schedule: settings.schedule }),
    diagnostics: [...(file?.diagnostics ?? []), ...pairs.diagnostics],
    placeOf: (path, at) => placeOf(path, at ?? "value", pairs, file),
    textOf: (name) => (name === file?.name ? file.text : (pairs.texts.get(name) ?? null)),
  };
}

interface Declared {
  readonly step: string;
  readonly spec: ParameterSpec;
}

/** Parameters by their names in `-p`: `step_1.table_name` for workflows, with a dot between nested steps too. */
function declaredParameters(project: Project, target: RunRequest["target"]): ReadonlyMap<string, Declared> {
  const { steps } = expand(project, { target, parameters: {}, steps: {} });
  const prefix = (id: string) => (id === onlyStep && target.type === "operator" ? "" : `${id.replaceAll("/", ".")}.`);
  return new Map(
    steps.flatMap((step) =>
      allParameters(step.operator.definition).map((spec) => [prefix(step.id) + spec.name, { step: step.id, spec }]),
    ),
  );
}

interface GivenFile {
  readonly name: string;
  readonly text: string;
  readonly value?: ParameterFile;
  readonly diagnostics: readonly Diagnostic[];
}

function readFile(name: string, directory: string, target: ParameterTarget): GivenFile {
  const text = readTextIfThere(isAbsolute(name) ? name : join(directory, name));
  if (text !== null) return { name, text, ...readParameterFile(name, text, target) };
  const missing = error({
    code: "parameter-file/missing",
    summary: "No such file",
    detail: `The parameters file "${name}" does not exist. Fix the path after -f.`,
  });
  return { name, text: "", diagnostics: [missing] };
}

interface GivenPair {
  readonly name: string;
  readonly step: string;
  readonly parameter: string;
  readonly value: Json;
  readonly file: string;
  /** The value as written. */
  readonly text: string;
}

interface Pairs {
  readonly values: readonly GivenPair[];
  readonly diagnostics: readonly Diagnostic[];
  /** Arguments by the file name in their places. */
  readonly texts: ReadonlyMap<string, string>;
}

function readPairs(args: readonly string[], declared: ReadonlyMap<string, Declared>): Pairs {
  const names = new Set(declared.keys());
  const texts = new Map(
    args.map((argument, index) => [
      args.length === 1 ? parameterTextFile : `${parameterTextFile} #${index + 1}`,
      argument,
    ]),
  );
  const values: GivenPair[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [file, argument] of texts) {
    const parsed = parseParameterText(argument, names);
    diagnostics.push(...parsed.diagnostics.map((diagnostic) => inFile(diagnostic, file)));
    for (const [name, text] of Object.entries(parsed.values)) {
      const known = declared.get(name);
      const earlier = values.find((pair) => pair.name === name);
      if (earlier !== undefined) diagnostics.push(givenTwice(earlier, file, texts, name));
      if (known === undefined) continue;
      values.push({
        name,
        step: known.step,
        parameter: known.spec.name,
        value: fromText(known.spec.type, text),
        file,
        text,
      });
    }
  }
  return { values, diagnostics, texts };
}

const inFile = (diagnostic: Diagnostic, file: string): Diagnostic => ({
  ...diagnostic,
  ...(diagnostic.place === undefined ? {} : { place: { ...diagnostic.place, file } }),
  ...(diagnostic.related === undefined
    ? {}
    : { related: diagnostic.related.map((other) => ({ ...other, place: { ...other.place, file } })) }),
});

function givenTwice(earlier: GivenPair, file: string, texts: ReadonlyMap<string, string>, name: string): Diagnostic {
  const place = (where: string) => rangeOf(texts.get(where) ?? "", where, name, null);
  return error({
    code: "parameter/given-twice",
    summary: "Parameter given twice",
    detail: `"${name}" has two values. Remove one of them.`,
    place: place(file),
    related: [{ label: "First given here", place: place(earlier.file) }],
  });
}

/** The settings of all steps, with these values laid over those of one step, however the file nests it. */
function laidOver(
  steps: Readonly<Record<string, StepSettings>>,
  id: string,
  values: Readonly<Record<string, Json>>,
): Readonly<Record<string, StepSettings>> {
  const known = steps[id];
  const slash = id.indexOf("/");
  const parent = known === undefined && slash > 0 ? steps[id.slice(0, slash)] : undefined;
  if (parent !== undefined) {
    const inner = laidOver(parent.steps, id.slice(slash + 1), values);
    return { ...steps, [id.slice(0, slash)]: { ...parent, steps: inner } };
  }
  const rest = known ?? { parameters: {}, steps: {} };
  return { ...steps, [id]: { ...rest, parameters: { ...rest.parameters, ...values } } };
}

/** The place of a path of the request: in the `-p` that gave the value, else in the file. */
function placeOf(
  path: readonly (string | number)[],
  at: "key" | "value",
  { values, texts }: Pairs,
  file: GivenFile | null,
): Place | undefined {
  const parameter = path.at(-2) === "parameters" ? path.at(-1) : undefined;
  const step = path.filter((part, index) => path[index - 1] === "steps" && part !== "steps").join("/") || onlyStep;
  const pair = values.find((given) => given.parameter === parameter && given.step === step);
  if (pair !== undefined)
    return rangeOf(texts.get(pair.file) ?? "", pair.file, pair.name, at === "value" ? pair.text : null);
  if (file === null) return undefined;
  return { file: file.name, document: 0, path: pathInFile(path, file), at };
}

/** The path inside a file. An operator's file has values at its top level; a workflow's file has steps there or below `steps`. */
function pathInFile(path: readonly (string | number)[], file: GivenFile): readonly (string | number)[] {
  if (file.value?.target === "operator") return path.filter((part) => part !== "parameters");
  const document = parseYaml(file.name, file.text).documents[0] as Readonly<Record<string, unknown>> | null | undefined;
  const steps = file.value?.target === "workflow" ? Object.keys(file.value.steps) : [];
  const atTop = steps.every((step) => document !== null && document !== undefined && step in document);
  return path[0] === "steps" && atTop ? path.slice(1) : path;
}

/** The range of a name in an argument, or of the value after it. */
function rangeOf(text: string, file: string, name: string, value: string | null): Range {
  const found = [":", "="].map((sign) => text.indexOf(name + sign)).filter((index) => index >= 0);
  const start = Math.max(0, Math.min(...found, text.length));
  const after = value === null || value === "" ? -1 : text.indexOf(value, start + name.length + 1);
  const [from, length] = after < 0 ? [start, name.length] : [after, value?.length ?? 1];
  const lines = text.slice(0, from).split("\n");
  const room = text.slice(from).split("\n")[0]?.length ?? 1;
  return {
    file,
    line: lines.length,
    column: (lines.at(-1)?.length ?? 0) + 1,
    length: Math.max(1, Math.min(length, room)),
  };
}
