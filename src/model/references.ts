/**
 * References inside parameter values: `<<PULLED FROM step_1>>`, `${step_1.job_id}`, `${table.sales.orders.location}`, `${run.date}`.
 * `$${` is a literal `${`. A reference that is the whole value keeps the type of its target; inside text it becomes text.
 */
import { type Address, resourceKinds } from "../address.ts";
import { isObject, type Json } from "../json.ts";

/** A parsed reference. */
export type Reference =
  /** The output of `step` that has the parameter's own name (`name`). */
  | { readonly kind: "pull"; readonly step: string; readonly name: string; readonly text: string }
  | { readonly kind: "output"; readonly step: string; readonly name: string; readonly text: string }
  | { readonly kind: "resource"; readonly path: string; readonly text: string }
  | { readonly kind: "run"; readonly field: string; readonly text: string };

/** Fields of a run, known when the run starts. */
export const runFields = ["at", "date", "start", "end", "key"] as const;

const pattern = /\$\$\{|\$\{([^}]*)\}|<<PULLED FROM ([^>]+)>>/g;

/** True when a text contains a reference. */
export const hasReference = (value: Json): boolean =>
  typeof value === "string" && (value.includes("${") || value.includes("<<PULLED FROM "));

/** All references of a value, nested ones included. `parameter` is the name of the parameter that holds it. */
export function referencesIn(value: Json, parameter: string): readonly Reference[] {
  if (typeof value === "string") {
    if (!hasReference(value)) return [];
    return [...value.matchAll(pattern)].flatMap((match) => (match[0] === "$${" ? [] : [toReference(match, parameter)]));
  }
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item as Json, parameter));
  if (isObject(value))
    return Object.entries(value).flatMap(([, item]) => (item === undefined ? [] : referencesIn(item, parameter)));
  return [];
}

/** A text as its literal parts and its references, in order. */
export function splitReferences(text: string): readonly (string | Reference)[] {
  const parts: (string | Reference)[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(end, match.index), match[0] === "$${" ? "${" : toReference(match, ""));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)].filter((part) => part !== "");
}

/** True for a text whose references, if it has any, are all fields of the run: they mean the same in every step. */
export const hasOnlyRunHoles = (text: string): boolean =>
  splitReferences(text).every((part) => typeof part === "string" || part.kind === "run");

/** The text with each reference blanked out; all places stay the same. */
export const withoutReferences = (text: string): string => text.replace(pattern, (match) => " ".repeat(match.length));

function toReference(match: RegExpMatchArray | RegExpExecArray, parameter: string): Reference {
  const text = match[0];
  if (match[2] !== undefined) return { kind: "pull", step: match[2].trim(), name: parameter, text };
  const inner = (match[1] ?? "").trim();
  const dot = inner.lastIndexOf(".");
  const head = dot < 0 ? inner : inner.slice(0, dot);
  const tail = dot < 0 ? "" : inner.slice(dot + 1);
  if (head === "run") return { kind: "run", field: tail, text };
  if (resourceKinds.some((kind) => inner.startsWith(`${kind}.`))) return { kind: "resource", path: inner, text };
  return { kind: "output", step: head, name: tail, text };
}

/** Returns the value of a reference, or `undefined` to leave the reference in place. */
export type Lookup = (reference: Reference) => Json | undefined;

/** Writes a value inside a longer text: as plain text, unless the text is SQL. */
export type Inline = (value: Json) => string;

const plainInline: Inline = (value) =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

/** Fills the references of a value. `literals` turns `$${` into `${`; set it once, with the last references. */
export function fillReferences(
  value: Json,
  parameter: string,
  lookup: Lookup,
  options: { readonly inline?: Inline; readonly literals: boolean },
): Json {
  if (typeof value === "string") return hasReference(value) ? fillText(value, parameter, lookup, options) : value;
  if (Array.isArray(value)) return value.map((item) => fillReferences(item as Json, parameter, lookup, options));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, fillReferences(item, parameter, lookup, options)]],
    ),
  );
}

function fillText(
  text: string,
  parameter: string,
  lookup: Lookup,
  options: { readonly inline?: Inline; readonly literals: boolean },
): Json {
  const matches = [...text.matchAll(pattern)];
  const only = matches[0];
  if (only !== undefined && only[0] === text && only[0] !== "$${") return lookup(toReference(only, parameter)) ?? text;
  return text.replace(pattern, (...args) => {
    const match = [args[0], args[1], args[2]] as unknown as RegExpExecArray;
    if (match[0] === "$${") return options.literals ? "${" : match[0];
    const value = lookup(toReference(match, parameter));
    return value === undefined ? match[0] : (options.inline ?? plainInline)(value);
  });
}

/** Splits `table.sales.orders.location` into address and attribute by the known addresses; `null` when none fits. */
export function splitResourcePath(
  path: string,
  has: (address: Address) => boolean,
): { readonly address: Address; readonly attribute: string } | null {
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const address = path.slice(0, dot);
    if (has(address)) return { address, attribute: path.slice(dot + 1) };
  }
  return null;
}
