/**
 * Variables of a project (`${var.region}`) and references to the environment (`{{NAME}}`). A variable may appear in any value of
 * any resource and is filled in before the document is checked. A sensitive one, like `{{NAME}}`, may appear only in settings of
 * clients, where it stays as written until an engine is created.
 */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { QuoteError } from "../sql/quote.ts";
import type { Origin } from "./resource.ts";
import { fillSqlVariables } from "./sql-variables.ts";

/** A declared variable with its effective value; `value` is absent when there is none. */
export interface Variable {
  readonly name: string;
  readonly value?: Json;
  readonly sensitive: boolean;
}

export type Variables = ReadonlyMap<string, Variable>;

const anyVariable = /\$?\$\{var\.([^}]*)\}/g;
const onlyVariable = /^\$\{var\.([^}]*)\}$/;
const environmentReference = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/;

/** The name of a value that is `{{NAME}}` and nothing else, or `null`. */
export function environmentName(value: Json | undefined): string | null {
  const match = typeof value === "string" ? /^\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}$/.exec(value.trim()) : null;
  return match?.[1] ?? null;
}

/** The name of a value that is `${var.name}` and nothing else, or `null`. */
export const variableName = (value: Json | undefined): string | null =>
  (typeof value === "string" ? onlyVariable.exec(value)?.[1] : undefined) ?? null;

/** True for the path of a value that is SQL. */
export type IsSql = (document: JsonObject, path: readonly (string | number)[]) => boolean;

/**
 * Fills the variables of a document. A string that is a single variable takes its type; a longer string takes its text. In SQL, no value
 * changes what stands around it.
 */
export function fillVariables(
  document: JsonObject,
  origin: Origin,
  variables: Variables,
  isSql: IsSql = () => false,
): { readonly value: JsonObject; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const problem = (path: readonly (string | number)[], code: string, summary: string, detail: string) =>
    diagnostics.push(error({ code, summary, detail, place: { ...origin, path, at: "value" } }));

  const visitText = (text: string, path: readonly (string | number)[]): Json => {
    const secretsAllowed = document.type === "config" && path[0] === "clients" && path[2] === "configuration";
    const named = environmentReference.exec(text);
    if (named !== null && !secretsAllowed) {
      problem(
        path,
        "environment/not-here",
        "Environment reference not allowed here",
        `"{{${named[1]}}}" may appear only in the settings of a client. Use a variable, "\${var.name}", and set it with MASON_VAR_name or --var.`,
      );
    } else if (named !== null && environmentName(text) === null) {
      problem(
        path,
        "environment/partial",
        "Environment reference inside text",
        `"{{${named[1]}}}" must be the whole value. Put the whole value into the environment variable "${named[1]}".`,
      );
    }
    if (!text.includes("${var.")) return text;
    const fill = (name: string): Json | undefined => {
      const variable = variables.get(name);
      if (variable === undefined) {
        problem(
          path,
          "variable/unknown",
          "Unknown variable",
          `Variable "${name}" is not declared in mason.yaml. Declare it under "variables".${didYouMean(name, variables.keys())}`,
        );
      } else if (variable.sensitive) {
        if (!secretsAllowed)
          problem(
            path,
            "variable/sensitive-here",
            "Sensitive variable not allowed here",
            `Variable "${name}" is sensitive and may appear only in the settings of a client. Use another variable here.`,
          );
      } else if (variable.value === undefined) {
        problem(
          path,
          "variable/no-value",
          "Variable without a value",
          `Variable "${name}" has no default and no value. Set MASON_VAR_${name} or pass --var ${name}=VALUE.`,
        );
      } else return variable.value;
      return undefined;
    };
    const whole = onlyVariable.exec(text);
    if (whole !== null) return fill(whole[1] ?? "") ?? text;
    if (isSql(document, path)) {
      try {
        return fillSqlVariables(text, fill);
      } catch (thrown) {
        if (!(thrown instanceof QuoteError)) throw thrown;
        problem(path, "variable/changes-sql", "Variable changes the SQL around it", thrown.message);
        return text;
      }
    }
    return text.replace(anyVariable, (match, name: string) => {
      if (match.startsWith("$$")) return match;
      const value = fill(name);
      return value === undefined ? match : typeof value === "object" ? JSON.stringify(value) : String(value);
    });
  };
  const visit = (value: Json, path: readonly (string | number)[]): Json => {
    if (typeof value === "string") return visitText(value, path);
    if (Array.isArray(value)) return value.map((item, index) => visit(item as Json, [...path, index]));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, item === undefined ? undefined : visit(item, [...path, key])]),
    ) as JsonObject;
  };
  return { value: visit(document, []) as JsonObject, diagnostics };
}

/** True when a text may contain something for {@link fillVariables}; a fast test of a whole file. */
export const mayHoldVariables = (text: string): boolean => text.includes("${var.") || text.includes("{{");
