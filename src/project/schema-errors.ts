/** Turns findings of the JSON Schema validator into diagnostics: one for each mistake, at the wrong key or value. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean, nearest } from "../diagnostic/did-you-mean.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Origin } from "./resource.ts";
import type { SchemaError } from "./schemas/validator.ts";

type Path = readonly (string | number)[];

/** Diagnostics for a document of `kind` that fails its schema. */
export function schemaDiagnostics(
  kind: string,
  document: Json,
  schema: JsonObject,
  errors: readonly SchemaError[],
  origin: Origin,
): readonly Diagnostic[] {
  const seen = new Set<string>();
  const found: Diagnostic[] = [];
  for (const problem of withoutAlternatives(errors)) {
    const diagnostic = one(kind, document, schema, problem, origin);
    const key = JSON.stringify([diagnostic.code, diagnostic.place, diagnostic.detail]);
    if (!seen.has(key)) found.push(diagnostic);
    seen.add(key);
  }
  return found;
}

/** Keeps only the summary of a failed `anyOf`; for an object, keeps the errors of the object alternative instead. */
function withoutAlternatives(errors: readonly SchemaError[]): readonly SchemaError[] {
  const failed = errors.filter((problem) => problem.keyword === "anyOf");
  return errors.filter((problem) => {
    const parent = failed.find(
      (whole) => problem !== whole && problem.schemaPath.startsWith(whole.schemaPath.replace(/anyOf$/, "anyOf/")),
    );
    if (parent !== undefined)
      return problem.instancePath !== parent.instancePath || !["type", "pattern"].includes(problem.keyword);
    if (problem.keyword !== "anyOf") return true;
    return !errors.some(
      (other) =>
        other.instancePath.startsWith(`${problem.instancePath}/`) ||
        (other.instancePath === problem.instancePath && ["required", "additionalProperties"].includes(other.keyword)),
    );
  });
}

function one(kind: string, document: Json, schema: JsonObject, problem: SchemaError, origin: Origin): Diagnostic {
  const path = pathOf(problem.instancePath, document);
  const at = (extra: Path, side: "key" | "value") => ({ ...origin, path: [...path, ...extra], at: side });
  const owner = path.length === 0 ? `A ${kind}` : `"${path.join(".")}"`;
  switch (problem.keyword) {
    case "additionalProperties": {
      const field = String(problem.params.additionalProperty);
      const known = knownFields(schema, path);
      const near = nearest(field, known);
      const advice =
        near === null && known.length > 0 ? ` Known fields: ${known.join(", ")}.` : didYouMean(field, known);
      return error({
        code: "document/unknown-field",
        summary: "Unknown field",
        detail: `${owner} has no field "${field}". Remove or rename it.${advice}`,
        place: at([field], "key"),
      });
    }
    case "required": {
      const field = String(problem.params.missingProperty);
      return error({
        code: "document/missing-field",
        summary: "Missing field",
        detail: `${owner} needs the field "${field}". Add it.`,
        place: at([], "key"),
      });
    }
    default:
      return error({
        code: "document/invalid-value",
        summary: "Invalid value",
        detail: `${owner} ${wrong(problem, valueAt(document, path))}`,
        place: at([], "value"),
      });
  }
}

const valueAt = (document: Json, path: Path): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, key) => (typeof value === "object" && value !== null ? (value as JsonObject)[key] : undefined),
    document,
  );

/** Texts in quotes, and other values without. The text "null" and a YAML null are one to a reader. */
function allowed(values: readonly Json[]): string {
  const hasNull = values.includes("null");
  const shown = values.filter((value) => value !== null || !hasNull);
  return shown.map((value) => (typeof value === "string" ? `"${value}"` : String(value))).join(", ");
}

/** What to do about a text in quotes that would be right without them. */
const unquoted = (value: Json | undefined, isRight: boolean): string | null =>
  isRight ? `Write ${String(value)} without quotes.` : null;

/** True for a text that YAML takes for a value of a type when it has no quotes. */
const isTextOf = (type: Json | undefined, value: Json | undefined): boolean =>
  typeof value === "string" &&
  String(type)
    .split(",")
    .some(
      (word) => (word === "boolean" && /^(true|false)$/.test(value)) || (word === "integer" && /^-?\d+$/.test(value)),
    );

function wrong(problem: SchemaError, value: Json | undefined): string {
  const { params } = problem;
  switch (problem.keyword) {
    case "type":
      return `must be ${typeWords(params.type)}. ${unquoted(value, isTextOf(params.type, value)) ?? "Change the value."}`;
    case "enum": {
      const values = params.allowedValues as readonly Json[];
      const isText =
        typeof value === "string" && values.some((one) => typeof one !== "string" && String(one) === value);
      return `must be one of ${allowed(values)}. ${unquoted(value, isText) ?? "Choose one of these."}`;
    }
    case "pattern":
      return String(params.pattern).includes(":") && !String(params.pattern).startsWith("^(meta")
        ? 'must have the form "namespace:command", of letters, digits, "_", "-" and ".". Change the value.'
        : String(params.pattern).startsWith("^(meta")
          ? 'must name an engine and a verb, like "metastore.getTable". Change the value.'
          : 'must start with a letter, a digit or "_" and contain only these, "-" and ".". Choose another name.';
    case "anyOf":
      return "must be a name, or an object with a name and a type. Change the value.";
    case "minItems":
      return "must not be empty. Add at least one entry.";
    case "minProperties":
    case "maxProperties":
      return 'must hold exactly one of "table" and "path". Change the value.';
    case "minimum":
    case "maximum":
      return `must be ${String(params.comparison)} ${String(params.limit)}. Change the value.`;
    default:
      return `${problem.message ?? "is not valid"}. Change the value.`;
  }
}

const typeWords = (type: Json | undefined): string =>
  (Array.isArray(type) ? type : String(type).split(","))
    .map(
      (word) =>
        ({
          object: "a mapping",
          array: "a list",
          string: "text",
          integer: "a whole number",
          number: "a number",
          boolean: "true or false",
        })[String(word)] ?? String(word),
    )
    .join(" or ");

/** `/dag/0/id` -> `["dag", 0, "id"]`; numbers where the value is a list. */
function pathOf(pointer: string, document: Json): Path {
  let current: Json | undefined = document;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const inList = Array.isArray(current);
      current = inList ? (current as readonly Json[])[Number(key)] : isObject(current) ? current[key] : undefined;
      return inList ? Number(key) : key;
    });
}

/** The fields that the schema declares at a path. */
function knownFields(schema: JsonObject, path: Path): readonly string[] {
  let current: JsonObject | undefined = schema;
  for (const part of path) {
    const properties: JsonObject = isObject(current?.properties) ? current.properties : {};
    const next: Json | undefined =
      typeof part === "number" ? current?.items : (properties[part] ?? current?.additionalProperties);
    current = isObject(next) ? next : undefined;
    const alternatives: Json | undefined = current?.anyOf;
    if (Array.isArray(alternatives))
      current = alternatives.find((entry) => isObject(entry) && entry.type === "object") as JsonObject | undefined;
  }
  return isObject(current?.properties) ? Object.keys(current.properties) : [];
}
