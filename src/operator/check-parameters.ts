/** Checks parameter values against the declaration of an operator. */
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { isObject, type Json, parseJsonExactly } from "../json.ts";
import { readCsvSettings, readFileSettings } from "../model/read-settings.ts";
import { hasReference } from "../model/references.ts";
import { isLargeWhole, isLongDecimal, isWhole, wholeNumber } from "../model/whole-number.ts";
import { hasTimestampForm, isDate, sqlTimestamp } from "../sql/moment.ts";
import {
  allParameters,
  type OperatorDefinition,
  operatorName,
  type ParameterSpec,
  type ParameterType,
} from "./definition.ts";

/** One problem; `parameter` is absent for missing parameters, which share one problem. */
export interface ParameterProblem {
  readonly parameter?: string;
  readonly at: "key" | "value";
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  /** Names of the missing parameters. */
  readonly missing?: readonly string[];
}

/**
 * All problems of the values, missing parameters first and in declared order. `valueless`: names without a value, which count as not given
 * if the operator has such a parameter.
 */
export function checkParameters(
  operator: OperatorDefinition,
  values: Readonly<Record<string, Json>>,
  valueless: readonly string[] = [],
): readonly ParameterProblem[] {
  const specs = allParameters(operator);
  const names = specs.map((spec) => spec.name);
  const missing = operator.parameters.required.map((spec) => spec.name).filter((name) => values[name] === undefined);
  const problems: ParameterProblem[] = [];
  if (missing.length > 0) {
    const list = missing.map((name) => `"${name}"`).join(", ");
    problems.push({
      at: "key",
      missing,
      code: "parameter/missing",
      summary: "Missing parameter",
      detail: `Operator "${operatorName(operator)}" needs ${missing.length === 1 ? `the parameter ${list}. Give it a value.` : `the parameters ${list}. Give them values.`}`,
    });
  }
  for (const [name, value] of Object.entries(values)) {
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined) problems.push(unknownParameter(operator, name, names));
    else problems.push(...checkValue(operator, spec, value), ...checkOldName(operator, spec, values));
  }
  for (const name of valueless) {
    if (!names.includes(name)) problems.push(unknownParameter(operator, name, names, cutOff));
  }
  return problems;
}

/** Why a name may stand without a value: `{ query_string: select 1 as a, 2 as b }` is two names in YAML. */
const cutOff =
  " It has no value. If it belongs to the value before it, put that whole value, such as SQL, in quotes: between braces, a comma begins the next parameter.";

function unknownParameter(
  operator: OperatorDefinition,
  name: string,
  names: readonly string[],
  why = "",
): ParameterProblem {
  const known = names.length === 0 ? "It takes none." : `It takes ${names.map((one) => `"${one}"`).join(", ")}.`;
  const near = didYouMean(name, names);
  return {
    parameter: name,
    at: "key",
    code: "parameter/unknown",
    summary: "Unknown parameter",
    detail: `Operator "${operatorName(operator)}" has no parameter "${name}". ${known} Remove or rename it.${near === "" ? why : near}`,
  };
}

/** A setting must not be given by its old name too. */
function checkOldName(
  operator: OperatorDefinition,
  { name, oldNameOf }: ParameterSpec,
  { csv }: Readonly<Record<string, Json>>,
): readonly ParameterProblem[] {
  if (oldNameOf === undefined || !isObject(csv) || csv[oldNameOf] === undefined) return [];
  return [
    {
      parameter: name,
      at: "key",
      code: "parameter/two-names",
      summary: "Setting given twice",
      detail: `Operator "${operatorName(operator)}" is given both "csv.${oldNameOf}" and its old name "${name}". Remove "${name}".`,
    },
  ];
}

/** What is wrong with a map of settings. */
function shapeProblems(shape: ParameterSpec["shape"], value: Json): readonly string[] {
  if (shape === undefined) return [];
  const found = shape === "csv" ? readCsvSettings(value) : readFileSettings(value);
  return found.ok ? [] : found.problems;
}

function checkValue(operator: OperatorDefinition, spec: ParameterSpec, value: Json): readonly ParameterProblem[] {
  if (hasReference(value)) return [];
  const of = `Parameter "${spec.name}" of "${operatorName(operator)}"`;
  if (!fitsType(spec.type, value)) {
    return [
      {
        parameter: spec.name,
        at: "value",
        code: "parameter/wrong-type",
        summary: "Wrong type of a parameter",
        detail: `${of} must be ${typeWords[spec.type]}, but ${typeof value === "object" ? "this value" : `"${String(value)}"`} is not. ${isRightWithoutQuotes(spec.type, value) ? `Write ${String(value)} without quotes.` : "Change the value."}`,
      },
    ];
  }
  if (spec.chooses === true && Array.isArray(value) && value.length === 0) {
    return [
      {
        parameter: spec.name,
        at: "value",
        code: "parameter/empty-list",
        summary: "Empty list",
        detail: `${of} is an empty list, which chooses nothing. Leave it out to take all, or name what to take.`,
      },
    ];
  }
  const wrong = shapeProblems(spec.shape, value);
  if (wrong.length > 0) {
    return [
      {
        parameter: spec.name,
        at: "value",
        code: "parameter/invalid-setting",
        summary: "Invalid setting",
        detail: `${of} can't be read: ${wrong.join("; ")}. Change it.`,
      },
    ];
  }
  if (spec.values !== undefined && !spec.values.includes(String(value))) {
    const allowed = spec.values.map((known) => `"${known}"`).join(", ");
    return [
      {
        parameter: spec.name,
        at: "value",
        code: "parameter/not-allowed",
        summary: "Value not allowed",
        detail: `${of} must be one of ${allowed}, not "${String(value)}". Choose one of these.${didYouMean(String(value), spec.values)}`,
      },
    ];
  }
  if (spec.least !== undefined && Number(value) < spec.least) {
    return [
      {
        parameter: spec.name,
        at: "value",
        code: "parameter/too-small",
        summary: "Value too small",
        detail: `${of} must be at least ${spec.least}, not ${String(value)}. Change the value.`,
      },
    ];
  }
  return [];
}

/** True for a text that YAML takes for a value of the type when it has no quotes. */
const isRightWithoutQuotes = (type: ParameterType, value: Json): boolean =>
  (type === "boolean" || type === "integer" || type === "number" || type === "size") &&
  typeof value === "string" &&
  fitsType(type, fromText(type, value));

const typeWords: Readonly<Record<ParameterType, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  date: "a date like 2026-01-31",
  timestamp: "an instant like 2026-01-31T02:00:00Z, with at most six digits of a second",
  list: "a list",
  map: "a mapping",
  size: 'a whole number or "all"',
  table: 'a table name like "sales.orders"',
  column: "the name of a column",
  path: "a path",
  sql: "SQL",
};

/** True when a value (without references) is of the type. */
export function fitsType(type: ParameterType, value: Json): boolean {
  switch (type) {
    case "integer":
      return isWhole(value);
    case "number":
      return Number.isFinite(value) || isLargeWhole(value) || isLongDecimal(value);
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "map":
      return isObject(value);
    case "size":
      return value === "all" || (Number.isInteger(value) && Number(value) > 0);
    case "date":
      return typeof value === "string" && isDate(value);
    case "timestamp":
      if (typeof value !== "string") return false;
      return hasTimestampForm(value) ? sqlTimestamp(value) !== null : !Number.isNaN(Date.parse(value));
    case "string":
      // YAML reads some unquoted words as numbers or truth values.
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    default:
      return typeof value === "string" && value !== "";
  }
}

/** Reads text from the command line (`-p`) as the type of its parameter; text that does not fit stays for the check to report. */
export function fromText(type: ParameterType, text: string): Json {
  switch (type) {
    case "number":
      return isLongDecimal(text.trim()) ? text.trim() : fromText("integer", text);
    case "integer":
    case "size":
      return wholeNumber(text) ?? (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "list":
    case "map":
      return parsed(text, type);
    default:
      return text;
  }
}

/** Parses JSON, or words between commas; in a map each word is `name=value`. A list may have brackets, like in YAML. */
function parsed(text: string, type: "list" | "map"): Json {
  try {
    return parseJsonExactly(text);
  } catch {
    const inside = type === "list" ? /^\s*\[([^[\]{}"']*)\]\s*$/s.exec(text)?.[1] : undefined;
    if (inside === undefined && /^\s*[[{]/.test(text)) return text;
    const words = (inside ?? text).split(",").map((word) => word.trim());
    if (type === "list") return words;
    const pairs = words.map(
      (word) =>
        /^([^=]+)=(.*)$/s
          .exec(word)
          ?.slice(1)
          .map((part) => part.trim()) ?? [],
    );
    return pairs.every((pair) => pair.length === 2) ? (Object.fromEntries(pairs) as Json) : text;
  }
}

/** True for an old name whose setting is given by its new name, so that no default applies. */
const isReplaced = ({ oldNameOf }: ParameterSpec, { csv }: Readonly<Record<string, Json>>): boolean =>
  oldNameOf !== undefined && isObject(csv) && csv[oldNameOf] !== undefined;

/** Values with defaults filled in; values of string parameters become text. */
export function withDefaults(
  operator: OperatorDefinition,
  values: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const filled: Record<string, Json> = {};
  for (const spec of allParameters(operator)) {
    const value = values[spec.name] ?? (isReplaced(spec, values) ? undefined : spec.default);
    if (value === undefined || value === null) continue;
    filled[spec.name] =
      spec.type === "string" && typeof value !== "string" && typeof value !== "object" ? String(value) : value;
  }
  return filled;
}
