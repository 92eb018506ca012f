/** Reads what a module of the project returned or threw: it may be anything. */
import type { BundleStep } from "../bundle/bundle.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { operatorName } from "../operator/definition.ts";
import { type OperatorResult, result } from "../operator/operator.ts";
import { ProviderError } from "../provider/error.ts";

/** The result of an operator's module. Throws ProviderError if it is no JSON, or has another form. */
export function moduleResult(step: BundleStep, given: unknown): OperatorResult {
  const operator = `Operator "${operatorName(step.operator)}"`;
  if (given === undefined || given === null) return result({});
  const read = (name: "outputs" | "data" | "info"): Json | undefined => {
    const text = jsonText(() => (given as Readonly<Record<string, unknown>>)[name]);
    if (typeof text === "object")
      throw new ProviderError("invalid", `${operator} returned "${name}" that is no JSON: ${text.reason}`);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  };
  const outputs = read("outputs") ?? {};
  const data = read("data") ?? [];
  const info = read("info") ?? [];
  if (!Array.isArray(data)) throw new ProviderError("invalid", `${operator} returned "data" that is no list of rows.`);
  if (!Array.isArray(info) || info.some((line) => typeof line !== "string"))
    throw new ProviderError("invalid", `${operator} returned "info" that is no list of texts.`);
  const all: JsonObject = isObject(outputs) ? outputs : {};
  const declared = new Set(step.operator.outputs.map((output) => output.name));
  const undeclared = Object.keys(all).filter((name) => !declared.has(name));
  const kept = Object.entries(all).filter((entry): entry is [string, Json] => declared.has(entry[0]));
  return result({
    outputs: Object.fromEntries(kept),
    data,
    info: info.map(String),
    warnings: undeclared.map(
      (name) =>
        `The output "${name}" is not declared, so it was dropped. Add it to "outputs" of "${operatorName(step.operator)}".`,
    ),
  });
}

/** A value as JSON text, or why it is none. `undefined` where JSON has no value. */
export function jsonText(value: () => unknown): string | undefined | { readonly reason: string } {
  try {
    return JSON.stringify(value());
  } catch (thrown) {
    // A list or object that holds itself: the message goes on with a drawing of the circle.
    return { reason: `${thrownText(thrown).split("\n")[0]?.replace(/\.$/, "")}. Return plain values.` };
  }
}

/** The message of whatever was thrown. */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return "a value without a text";
  }
}
