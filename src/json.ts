/**
 * JSON values: the type, one canonical text for a value, and the digest of that text. Everything that two machines
 * must agree on (a digest, the lockfile, a plan file) goes through here, so key order and spacing never matter.
 */
import { createHash } from "node:crypto";

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; a key whose value is `undefined` counts as absent. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The canonical text of a value: keys sorted by code unit, no spaces, absent keys left out. */
export function canonical(value: Json): string {
  // When keys are sorted, JSON.stringify writes the same text at a third of the cost.
  return isSorted(value) ? JSON.stringify(value) : written(value);
}

function written(value: Json): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "object":
      return value === null
        ? "null"
        : Array.isArray(value)
          ? canonicalList(value)
          : canonicalObject(value as JsonObject);
    default:
      return JSON.stringify(value);
  }
}

/** Most texts need no escape, and JSON.stringify costs more than the look. */
const quoted = (text: string): string => (/^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text));

function canonicalList(items: readonly Json[]): string {
  let text = "[";
  for (let at = 0; at < items.length; at++) text += (at === 0 ? "" : ",") + canonical(items[at] ?? null);
  return `${text}]`;
}

function canonicalObject(object: JsonObject): string {
  let text = "";
  for (const key of sortedKeys(object)) {
    const item = object[key];
    if (item !== undefined) text += `${text === "" ? "" : ","}${quoted(key)}:${canonical(item)}`;
  }
  return `{${text}}`;
}

function sortedKeys(object: JsonObject): readonly string[] {
  const keys = Object.keys(object);
  return areSorted(keys) ? keys : keys.sort();
}

function areSorted(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at++) if ((keys[at - 1] ?? "") > (keys[at] ?? "")) return false;
  return true;
}

/** The SHA-256 of a text or of bytes, as 64 lower-case hex digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The digest of a JSON value: the SHA-256 of its canonical text. */
export function digest(value: Json): string {
  return sha256(canonical(value));
}

/** True when two JSON values are equal; key order does not matter. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  // In JavaScript, YAML's `.nan` does not equal itself.
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameList(a, b);
  return !Array.isArray(b) && sameObject(a as JsonObject, b as JsonObject);
}

function sameList(a: readonly Json[], b: readonly Json[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!sameJson(a[at] ?? null, b[at] ?? null)) return false;
  return true;
}

function sameObject(a: JsonObject, b: JsonObject): boolean {
  let more = 0;
  for (const key of Object.keys(b)) if (b[key] !== undefined) more++;
  for (const key of Object.keys(a)) {
    const item = a[key];
    if (item === undefined) continue;
    if (!Object.hasOwn(b, key) || !sameJson(item, b[key])) return false;
    more--;
  }
  return more === 0;
}

/** Parses JSON text; a whole number that JavaScript can't hold exactly becomes the text of its digits. Throws a SyntaxError. */
export function parseJsonExactly(text: string): Json {
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
  return JSON.parse(exact) as Json;
}

/** Pretty text for files that people review: sorted keys, one key a line, a newline at the end. */
export function prettyJson(value: Json): string {
  return `${JSON.stringify(sortKeys(value), null, 2)}\n`;
}

/** Returns the value itself when its keys are sorted already, as in most of a state that was read from such text. */
function sortKeys(value: Json): Json {
  if (isSorted(value)) return value;
  if (Array.isArray(value)) return value.map((item) => sortKeys(item as Json));
  const object = value as JsonObject;
  const entries = sortedKeys(object).flatMap((key): [string, Json][] => {
    const item = object[key];
    return item === undefined ? [] : [[key, sortKeys(item)]];
  });
  // Assignment would lose a key named __proto__.
  return Object.fromEntries(entries);
}

function isSorted(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  const object = value as JsonObject;
  const keys = Object.keys(object);
  return areSorted(keys) && keys.every((key) => isSorted(object[key]));
}
